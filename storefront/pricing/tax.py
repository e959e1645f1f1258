"""The tax that is included in a price.

Knows one rate at a time, in basis points; refuses to know which rate applies.
"""

from dataclasses import dataclass

from storefront.money import Money

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
    if not 0 <= rate_bp <= WHOLE:
        raise ValueError(f"{rate_bp} basis points are no tax rate")
    tax = total.share(rate_bp, WHOLE + rate_bp)
    return TaxSplit(net=total - tax, tax=tax, total=total)
