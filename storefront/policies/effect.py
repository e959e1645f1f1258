"""What a document would change for shoppers, before it is published: sentences that come and go, and baskets.

Knows what the rules answer for both documents; refuses to decide whether it may be published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from storefront.money import Money
from storefront.policies import words
from storefront.policies.badges import badges
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import Zone
from storefront.policies.rules import BasketFacts, LineFacts, shipping_options
from storefront.policies.terms import terms

# Those asked for the rest of the world, the first that no zone names.
_ELSEWHERE = ("US", "JP", "BR", "GB", "CH", "ZA", "AU")
_MOST_COUNTRIES = 8
_MOST_BASKETS = 6
_NO_THRESHOLD_MINOR = 2000


@dataclass(frozen=True, slots=True)
class Basket:
    """What shipping a basket to a country would cost, by each document, in words."""

    place: str
    subtotal: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether the two documents differ for it."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Effect:
    """What shoppers no longer read, what they read from then on, and example baskets."""

    gone: tuple[str, ...]
    new: tuple[str, ...]
    baskets: tuple[Basket, ...]


def effect(before: PolicyDocument, after: PolicyDocument, *, zone: ZoneInfo) -> Effect:
    """What publishing `after` in the place of `before` changes."""
    countries = _countries(before, after)
    then, now = (_sentences(document, countries, zone=zone) for document in (before, after))
    return Effect(
        gone=tuple(each for each in then if each not in now),
        new=tuple(each for each in now if each not in then),
        baskets=tuple(basket for country in countries for basket in _baskets(country, before, after)),
    )


def _countries(before: PolicyDocument, after: PolicyDocument) -> list[str]:
    """A country of each zone of both documents, and one that either does not serve."""
    zones = chain(after.zones, before.zones)
    found = [*(_country_of(each, before, after) for each in zones), *after.not_served[:1]]
    return [code for code in dict.fromkeys(found) if code][:_MOST_COUNTRIES]


def _country_of(zone: Zone, *documents: PolicyDocument) -> str:
    if not zone.is_rest:
        return zone.countries[0]
    named = {code for document in documents for each in document.zones for code in each.countries}
    refused = {code for document in documents for code in document.not_served}
    return next((code for code in _ELSEWHERE if code not in named | refused), "")


def _sentences(document: PolicyDocument, countries: list[str], *, zone: ZoneInfo) -> dict[str, None]:
    """Badges, and the terms of an order to each of the countries by the usual method, each sentence once."""
    printed = [f"{each.title}. {each.text}".strip() for each in badges(document)]
    for country in countries:
        found = document.zone_for(country)
        method = found.methods[0].code if found else None
        printed += terms(document, country=country, zone=zone, method=method)
    return dict.fromkeys(printed)


def _baskets(country: str, before: PolicyDocument, after: PolicyDocument) -> Iterator[Basket]:
    for minor in _subtotals(country, before, after):
        subtotal = Money(minor, after.currency)
        yield Basket(
            place=words.country(country),
            subtotal=words.amount(subtotal),
            before=_shipping(before, country, subtotal),
            after=_shipping(after, country, subtotal),
        )


def _subtotals(country: str, *documents: PolicyDocument) -> list[int]:
    """Both sides of each threshold that counts for the country."""
    zones = (document.zone_for(country) for document in documents)
    edges = {method.threshold_minor for zone in zones if zone for method in zone.methods} - {None, 0}
    sizes = sorted({size for edge in edges if edge for size in (edge - 1, edge)})
    return sizes[:_MOST_BASKETS] or [_NO_THRESHOLD_MINOR]


def _shipping(document: PolicyDocument, country: str, subtotal: Money) -> str:
    facts = BasketFacts(document.currency, (LineFacts(subtotal, subtotal),))
    options = shipping_options(document, country=country, facts=facts)
    costs = (f"{each.name} {_('free') if each.free else words.amount(each.price)}" for each in options)
    return ", ".join(costs) or _("not served")
