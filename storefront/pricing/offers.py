"""What discounts take off a basket: which of them hold, how they combine, and what each line bears.

Knows arithmetic on the lines it is handed; refuses to look anything up. The rules in words: docs/promises.md.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from storefront import money
from storefront.money import Money, allocate
from storefront.pricing.lines import chargeable
from storefront.pricing.models import DiscountKind
from storefront.pricing.tax import WHOLE, step_of

LONGEST_CODE = 40

_NO_CODE_LETTER = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """A discount as a basket meets it. `products` are the ids in the basket that it applies to, None where it is all
    of them; `is_spent`: its uses are all held by other orders; `is_used`: this person
    has had those that each person has."""

    id: int
    version: int
    code: str | None
    title: str
    kind: DiscountKind
    basis_points: int
    amount_minor: int
    minimum: Money
    products: frozenset[int] | None = None
    is_spent: bool = False
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Worth:
    """A line before discounts; of credit nothing is taken off, and it counts towards no minimum."""

    product_id: int
    amount: Money
    is_credit: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What one discount takes off: of the goods, or of shipping."""

    id: int
    version: int
    code: str | None
    title: str
    kind: DiscountKind
    amount: Money


class Why(StrEnum):
    """Why a code takes nothing off."""

    UNKNOWN = "unknown"
    SPENT = "spent"
    USED = "used"
    NOT_THESE = "not_these"
    TOO_LITTLE = "too_little"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Reduced:
    """What the discounts of a basket come to: `of_lines` line by line, Σ = Σ of `given`.

    `free_shipping` makes the usual way free; `why` says why the code takes nothing off, `missing` what it lacks.
    """

    given: tuple[Given, ...]
    of_lines: tuple[Money, ...]
    free_shipping: Offer | None = None
    why: Why | None = None
    missing: Money | None = None


def code_key(typed: str) -> str:
    """A code as it is compared: capitals and digits alone, so that “spring-10” is “SPRING 10”."""
    return _NO_CODE_LETTER.sub("", typed.upper())[:LONGEST_CODE]


def reduce(lines: Sequence[Worth], offers: Sequence[Offer], *, code: str, currency: str) -> Reduced:
    """What holds for these lines: the best automatic discount, then what the code takes off the rest.

    An automatic offer of free shipping stands beside both; a code for it counts where there is none.
    """
    holding = [each for each in offers if each.code is None and _why(each, lines, currency) is None]
    nothing = tuple(Money.zero(currency) for _line in lines)
    best, of_best = None, nothing
    for offer in sorted(holding, key=lambda each: each.id):
        if offer.kind != DiscountKind.SHIPPING:
            taken = _taken(offer, lines, nothing)
            if money.total(taken, currency) > money.total(of_best, currency):
                best, of_best = offer, taken
    free = next(
        (each for each in sorted(holding, key=lambda each: each.id) if each.kind == DiscountKind.SHIPPING),
        None,
    )
    given = [_given(best, of_best, currency)] if best else []
    if not code:
        return Reduced(tuple(given), of_best, free)
    typed = next((each for each in offers if each.code == code), None)
    why = Why.UNKNOWN if typed is None else _why(typed, lines, currency)
    if typed is None or why is not None:
        return Reduced(tuple(given), of_best, free, why, _missing(typed, lines, currency, why))
    if typed.kind == DiscountKind.SHIPPING:
        return Reduced(tuple(given), of_best, free or typed, Why.NOT_NEEDED if free else None)
    of_code = _taken(typed, lines, of_best)
    if not any(of_code):
        return Reduced(tuple(given), of_best, free, Why.NOT_NEEDED)
    given.append(_given(typed, of_code, currency))
    return Reduced(tuple(given), tuple(a + b for a, b in zip(of_best, of_code, strict=True)), free)


def _given(offer: Offer, taken: Sequence[Money], currency: str) -> Given:
    return as_given(offer, money.total(taken, currency))


def as_given(offer: Offer, amount: Money) -> Given:
    """The offer as what it took off."""
    return Given(offer.id, offer.version, offer.code, offer.title, offer.kind, amount)


def _applies(offer: Offer, line: Worth) -> bool:
    products: Collection[int] | None = offer.products
    return not line.is_credit and (products is None or line.product_id in products)


def _eligible(offer: Offer, lines: Sequence[Worth], currency: str) -> Money:
    return money.total((each.amount for each in lines if _applies(offer, each)), currency)


def _why(offer: Offer, lines: Sequence[Worth], currency: str) -> Why | None:
    if offer.is_used:
        return Why.USED
    if offer.is_spent:
        return Why.SPENT
    if not any(_applies(offer, each) for each in lines):
        return Why.NOT_THESE
    return Why.TOO_LITTLE if _eligible(offer, lines, currency) < offer.minimum else None


def _missing(offer: Offer | None, lines: Sequence[Worth], currency: str, why: Why | None) -> Money | None:
    if offer is None or why != Why.TOO_LITTLE:
        return None
    return offer.minimum - _eligible(offer, lines, currency)


def _taken(offer: Offer, lines: Sequence[Worth], before: Sequence[Money]) -> tuple[Money, ...]:
    """What the offer takes off each line when `before` is off already: never more than is left of it.

    The whole is rounded once and shared among the lines by largest remainder, in steps that can be charged.
    """
    left = [
        (line.amount - off) if _applies(offer, line) else Money.zero(off.currency)
        for line, off in zip(lines, before, strict=True)
    ]
    currency = offer.minimum.currency
    base, step = money.total(left, currency), step_of(currency)
    wanted = (
        chargeable(base.share(offer.basis_points, WHOLE))
        if offer.kind == DiscountKind.PERCENT
        else chargeable(Money(offer.amount_minor, currency))
    )
    whole = min(wanted, base)
    if not whole:
        return tuple(Money.zero(currency) for _line in lines)
    shares = allocate(Money(whole.minor // step, currency), [each.minor // step for each in left])
    return tuple(share * step for share in shares)
