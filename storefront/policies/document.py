"""The policy document: everything the shop promises, as one immutable value.

Knows how it is read, written and checked; refuses to know what a basket or an order gets from it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain

from babel.numbers import list_currencies
from flask_babel import gettext as _

from storefront.errors import Refused
from storefront.policies.parts import (
    REST,
    Basis,
    Condition,
    MoneyBack,
    Payer,
    Quality,
    ShippingMethod,
    Start,
    Support,
    Zone,
    known_countries,
)
from storefront.policies.reading import read
from storefront.policies.statutory import Withdrawal

LONGEST_JSON = 200_000
NO_SUPPORT = Support()
THE_RIGHT = Withdrawal()


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """All promises; every amount is in minor units of `currency`, zones are looked at in their order."""

    currency: str
    zones: tuple[Zone, ...]
    not_served: tuple[str, ...]
    money_back: MoneyBack
    support: Support = NO_SUPPORT
    quality: tuple[Quality, ...] = ()
    withdrawal: Withdrawal = THE_RIGHT

    @classmethod
    def from_json(cls, text: str) -> "PolicyDocument":
        """Read a document; raises Refused with every problem, one sentence per line."""
        problems: list[str] = []
        document = read(cls, _parsed(text), where="", problems=problems)
        if document is None:
            raise Refused("\n".join(problems))
        document.check()
        checked: PolicyDocument = document
        return checked

    def to_json(self) -> str:
        """The document as text that `from_json` reads back; equal documents give equal texts."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def check(self) -> None:
        """Raise Refused, listing all problems, unless every part makes sense, alone and beside the others."""
        if self.currency not in list_currencies():
            raise Refused(_("“%(code)s” is not a currency such as EUR.", code=self.currency[:20]))
        if problems := list(self._problems()):
            raise Refused("\n".join(problems))

    def zone_for(self, country: str) -> Zone | None:
        """The zone of an ISO 3166 country: that which names it, else the rest; None where nothing is sent."""
        if country in self.not_served or country not in known_countries():
            return None
        naming = (zone for zone in self.zones if country in zone.countries)
        rest = (zone for zone in self.zones if zone.is_rest)
        return next(chain(naming, rest), None)

    @property
    def serves_everywhere(self) -> bool:
        """Whether no country is refused."""
        return not self.not_served and any(zone.is_rest for zone in self.zones)

    def _problems(self) -> Iterator[str]:
        if not self.zones:
            yield _("Name at least one zone that is shipped to.")
        for zone in self.zones:
            yield from zone.problems(currency=self.currency)
        places = Counter(chain(self.not_served, *(zone.countries for zone in self.zones)))
        for code in sorted(code for code, times in places.items() if times > 1):
            yield _("%(code)s is named more than once in zones and places not served.", code=code[:20])
        for code in sorted(set(self.not_served) - known_countries()):
            yield _("Not served: %(code)s is not a country we know.", code=code[:20])
        yield from self.money_back.problems()
        yield from self.withdrawal.problems()
        yield from self.support.problems()
        for quality in self.quality:
            yield from quality.problems()


def _parsed(text: str) -> object:
    if len(text) > LONGEST_JSON:
        raise Refused(_("The policy document is too long."))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(_("The policy document is not JSON: %(error)s", error=str(error)[:200])) from error


def default_document(currency: str) -> PolicyDocument:
    """Free shipping on all orders without a minimum, 60 days money back from delivery for any reason, and withdrawal
    in the European Union within 14 days."""
    standard = ShippingMethod(
        code="standard",
        name=_("Standard"),
        price_minor=0,
        free_from_minor=0,
        basis=Basis.AFTER_DISCOUNTS,
        days_min=2,
        days_max=5,
    )
    money_back = MoneyBack(
        window_days=60,
        starts=Start.DELIVERED,
        conditions=(Condition.ANY_REASON,),
        return_postage=Payer.CUSTOMER,
        goods_first=True,
        excluded_products=(),
        excluded_collections=(),
        automatic_up_to_minor=10_000,
    )
    everywhere = Zone(name=_("Everywhere"), countries=(REST,), methods=(standard,))
    return PolicyDocument(currency=currency, zones=(everywhere,), not_served=(), money_back=money_back)
