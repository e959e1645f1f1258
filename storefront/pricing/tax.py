"""The tax in a price, or on top of it.

Knows one rate at a time, in basis points; refuses to know which rate applies: that is `rates`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from storefront.money import Money, exponent

# A rate of 19 % is 1900 basis points.
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class TaxSplit:
    """A total with what of it is tax: net + tax = total, always."""

    net: Money
    tax: Money
    total: Money

    def __add__(self, other: "TaxSplit") -> "TaxSplit":
        return TaxSplit(self.net + other.net, self.tax + other.tax, self.total + other.total)


def split_included(total: Money, rate_bp: int) -> TaxSplit:
    """Split a total that includes tax at `rate_bp` basis points: the tax rounded half up, the net the rest.

    Raises ValueError on a rate below 0 or above 100 %.
    """
    _require_rate(rate_bp)
    tax = total.share(rate_bp, WHOLE + rate_bp)
    return TaxSplit(net=total - tax, tax=tax, total=total)


def split_added(net: Money, rate_bp: int) -> TaxSplit:
    """Add tax at `rate_bp` basis points to what has none: the tax rounded half up, to a sum that can be charged.

    Raises ValueError on a rate below 0 or above 100 %.
    """
    _require_rate(rate_bp)
    step = step_of(net.currency)
    tax = net.share(rate_bp, WHOLE * step) * step
    return TaxSplit(net=net, tax=tax, total=net + tax)


def by_rate(parts: Iterable[tuple[int, TaxSplit]]) -> list[tuple[int, TaxSplit]]:
    """What each rate (basis points) amounts to, the lowest first."""
    sums: dict[int, TaxSplit] = {}
    for rate_bp, part in parts:
        sums[rate_bp] = sums[rate_bp] + part if rate_bp in sums else part
    return sorted(sums.items())


# Stripe charges three-decimal currencies (KWD, BHD, …) in steps of ten: https://docs.stripe.com/currencies
THREE_DECIMAL_STEP = 10


def step_of(currency: str) -> int:
    """The smallest difference between two amounts that can be charged, in minor units."""
    return THREE_DECIMAL_STEP if exponent(currency) == 3 else 1


def _require_rate(rate_bp: int) -> None:
    if not 0 <= rate_bp <= WHOLE:
        raise ValueError(f"{rate_bp} basis points are no tax rate")
