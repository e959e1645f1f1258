"""Badges: the strongest claim about each promise that is true for everyone who reads it.

Knows how to weaken a claim until it holds; refuses to claim what one basket could disprove.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Literal

from flask_babel import gettext as _

from storefront.money import Money
from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import Basis, MoneyBack, ShippingMethod, Support, Zone
from storefront.policies.rules import is_excluded

# Above this a title names the zone instead of its countries.
MOST_COUNTRIES_IN_A_TITLE = 3


@dataclass(frozen=True, slots=True)
class Badge:
    """A promise in few words; `url_endpoint` is None where it has no page of its own."""

    icon: Literal["truck", "back", "letter"]
    title: str
    text: str
    url_endpoint: str | None
    link_text: str


class Reach(Enum):
    """How far a claim reaches: every country there is, every country served, or one zone."""

    EVERYWHERE = auto()
    SERVED = auto()
    ZONE = auto()


@dataclass(frozen=True, slots=True)
class ShippingClaim:
    """Baskets whose subtotal by `basis` reaches `free_from` go free, by every method or at least by one.

    It holds as far as `reach` says; `zone` is the one meant where that is a single zone.
    """

    free_from: Money
    basis: Basis
    every_method: bool
    reach: Reach
    zone: Zone

    @property
    def is_unconditional(self) -> bool:
        """Whether no basket anywhere can be charged for shipping, and no country is refused."""
        return self.reach is Reach.EVERYWHERE and self.every_method and not self.free_from


def badges(
    document: PolicyDocument,
    *,
    product: str | None = None,
    collections: Collection[str] = (),
    sells_gift_cards: bool = False,
) -> list[Badge]:
    """The badges that are true now: for the whole shop, or for one product (slugs, not ids). Where gift cards are
    sold, the guarantee's says that it leaves them out."""
    found = [
        _shipping_badge(document),
        _money_back_badge(
            document.money_back,
            product=product,
            collections=collections,
            exception=_("Gift cards are left out.") if sells_gift_cards else "",
        ),
        _support_badge(document.support),
    ]
    return [badge for badge in found if badge]


def shipping_claim(document: PolicyDocument) -> ShippingClaim | None:
    """The strongest true claim about free shipping: of all zones alike, else of the first that has one."""
    claims = [_zone_claim(zone, currency=document.currency) for zone in document.zones]
    found = [claim for claim in claims if claim]
    if not found:
        return None
    if len(found) < len(claims) or len({(each.free_from, each.basis) for each in found}) > 1:
        return _strongest(found)
    reach = Reach.EVERYWHERE if document.serves_everywhere else Reach.SERVED
    return replace(found[0], every_method=all(each.every_method for each in found), reach=reach)


def _strongest(claims: list[ShippingClaim]) -> ShippingClaim:
    # A zone without any charge beats a threshold; otherwise the order of the zones is the merchant's own.
    return next((claim for claim in claims if not claim.free_from), claims[0])


def _zone_claim(zone: Zone, *, currency: str) -> ShippingClaim | None:
    thresholds = [_threshold(method) for method in zone.methods]
    free = [threshold for threshold in thresholds if threshold is not None]
    if not free:
        return None
    lowest, basis = min(free, key=lambda threshold: threshold[0])
    return ShippingClaim(
        free_from=Money(lowest, currency),
        basis=basis,
        every_method=all(threshold == (lowest, basis) for threshold in thresholds),
        reach=Reach.ZONE,
        zone=zone,
    )


def _threshold(method: ShippingMethod) -> tuple[int, Basis] | None:
    if method.threshold_minor is None:
        return None
    # Always free is free by either subtotal, so that two such methods do not differ.
    return method.threshold_minor, method.basis if method.threshold_minor else Basis.AFTER_DISCOUNTS


def _shipping_badge(document: PolicyDocument) -> Badge | None:
    claim = shipping_claim(document)
    if claim is None:
        return None
    return Badge(
        icon="truck",
        title=_shipping_title(claim),
        text=_shipping_text(claim),
        url_endpoint="policies.shipping",
        link_text=_("Shipping terms"),
    )


def _shipping_title(claim: ShippingClaim) -> str:
    if claim.is_unconditional:
        return _("Free shipping on all orders, no minimum")
    place, over = _place(claim), words.amount(claim.free_from)
    if claim.free_from:
        return _("Free shipping over %(amount)s %(place)s", amount=over, place=place).strip()
    return _("Free shipping %(place)s, no minimum", place=place)


def _place(claim: ShippingClaim) -> str:
    """Where the claim holds, as the end of “free shipping …”; empty for everywhere with a threshold."""
    if claim.reach is Reach.EVERYWHERE:
        return "" if claim.free_from else _("everywhere")
    if claim.reach is Reach.SERVED:
        return _("wherever we ship")
    if claim.zone.is_rest or len(claim.zone.countries) > MOST_COUNTRIES_IN_A_TITLE:
        return f"({claim.zone.name})"
    return _("in %(countries)s", countries=words.countries(claim.zone.countries))


def _shipping_text(claim: ShippingClaim) -> str:
    return " ".join(_shipping_limits(claim)) or _("Whatever the order comes to.")


def _shipping_limits(claim: ShippingClaim) -> Iterator[str]:
    if claim.free_from and claim.basis is Basis.BEFORE_DISCOUNTS:
        yield _("Counted before discounts.")
    if claim.free_from and claim.basis is Basis.AFTER_DISCOUNTS:
        yield _("Counted after discounts.")
    if not claim.every_method:
        yield _("Other ways to ship may cost extra.")


def _money_back_badge(
    promise: MoneyBack, *, product: str | None, collections: Collection[str], exception: str
) -> Badge | None:
    if not promise.is_offered:
        return None
    if product is not None and is_excluded(promise, product=product, collections=collections):
        return None
    title = (
        _("%(days)s-day money-back guarantee on most goods", days=promise.window_days)
        if product is None and not promise.is_for_all_goods
        else _("%(days)s-day money-back guarantee", days=promise.window_days)
    )
    return Badge(
        icon="back",
        title=title,
        text=f"{_money_back_text(promise)} {exception}".strip(),
        url_endpoint="policies.money_back",
        link_text=_("Money-back terms"),
    )


def _money_back_text(promise: MoneyBack) -> str:
    sentences = (
        *words.conditions(promise),
        words.window(promise),
        words.postage(promise.return_postage),
        words.restocking(promise),
    )
    return " ".join(filter(None, sentences))


def _support_badge(support: Support) -> Badge | None:
    title = words.reply(support)
    if not title:
        return None
    return Badge(
        icon="letter",
        title=title,
        text=" ".join(part for part in (support.hours, support.email) if part),
        url_endpoint=None,
        link_text="",
    )
