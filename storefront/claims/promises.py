"""Promises about shipping, money back and answers, and whether the shop keeps them now.

Knows what may be promised; refuses to know the policy: what is true comes as `Held`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum

REST = "*"
EU = "EU"


class Promise(StrEnum):
    """What may be promised in a text."""

    MONEY_BACK = "money_back"
    ANY_REASON = "any_reason"
    NO_RESTOCKING = "no_restocking"
    FREE_RETURNS = "free_returns"
    FREE_SHIPPING = "free_shipping"
    WITHDRAWAL = "withdrawal"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Held:
    """What the policy in force keeps. `free_from_minor` tells by country, and `*` for all that it does not name, from
    which total some way of shipping costs nothing (None: never)."""

    money_back_days: int
    is_for_all_goods: bool
    excluded_products: tuple[str, ...]
    any_reason: bool
    restocking_percent: int
    free_returns: bool
    withdrawal_days: int
    answer_hours: int | None
    exponent: int
    is_all_free: bool
    serves_everywhere: bool
    union: tuple[str, ...]
    not_served: tuple[str, ...]
    free_from_minor: Mapping[str, int | None]

    def to_json(self) -> str:
        """As text that `from_json` reads back."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Held":
        """Read what `to_json` wrote, in another version too: what is not said there is not kept."""
        known = {each.name for each in fields(cls)}
        found = {name: value for name, value in json.loads(text).items() if name in known}
        lists = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
        return replace(NOTHING_HELD, **found | lists)

    def free_from(self, country: str) -> int | None:
        """From which total shipping to a country can cost nothing; None for never."""
        if country in self.not_served:
            return None
        return self.free_from_minor.get(country, self.free_from_minor.get(REST))


NOTHING_HELD = Held(
    money_back_days=0,
    is_for_all_goods=False,
    excluded_products=(),
    any_reason=False,
    restocking_percent=100,
    free_returns=False,
    withdrawal_days=0,
    answer_hours=None,
    exponent=0,
    is_all_free=False,
    serves_everywhere=False,
    union=(),
    not_served=(),
    free_from_minor={},
)


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise as it stands in a part of a text; `number` are days, hours or thousandths of the currency, `places`
    countries."""

    field: str
    start: int
    promise: Promise
    number: int | None
    is_general: bool
    is_everywhere: bool
    places: tuple[str, ...]
    words: str
    sentence: str


def is_kept(stated: Promised, held: Held, *, product: str = "") -> bool:
    """Whether the shop keeps what is stated; `product` is the address of the goods that the text describes."""
    number = stated.number
    match stated.promise:
        case Promise.MONEY_BACK:
            is_covered = product not in held.excluded_products and (
                not stated.is_general or held.is_for_all_goods
            )
            return is_covered and held.money_back_days >= (number or 1)
        case Promise.ANY_REASON:
            return held.any_reason
        case Promise.NO_RESTOCKING:
            return held.restocking_percent == 0
        case Promise.FREE_RETURNS:
            return held.free_returns
        case Promise.WITHDRAWAL:
            return held.withdrawal_days >= (number or 1)
        case Promise.ANSWER:
            return held.answer_hours is not None and held.answer_hours <= (number or 0)
        case Promise.FREE_SHIPPING:
            return _ships_free(stated, held)


def _ships_free(stated: Promised, held: Held) -> bool:
    if stated.is_everywhere and not held.serves_everywhere:
        return False
    places = [each for place in stated.places for each in (held.union if place == EU else (place,))]
    if not places and stated.is_general and stated.number is None:
        return held.is_all_free
    edges = [held.free_from(place) for place in places] or list(held.free_from_minor.values())
    # What says neither from when nor for which orders holds if it can be true for somebody.
    is_loose = stated.number is None and not stated.is_general and not stated.is_everywhere
    if is_loose:
        return any(edge is not None for edge in edges) if not places else None not in edges
    in_thousandths = 10 ** (3 - held.exponent)
    return all(edge is not None and edge * in_thousandths <= (stated.number or 0) for edge in edges)
