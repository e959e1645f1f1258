"""How much of a refund is tax, by rate.

Knows what a refund was for; refuses to look anything up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storefront.money import Money, allocate
from storefront.pricing.tax import TaxSplit, split_included


@dataclass(frozen=True, slots=True)
class Worth:
    """What of a refund goes back for a line, or for shipping: `now`, after `before` was credited of the `whole`,
    which was invoiced with its `tax` at a rate in basis points."""

    now: Money
    before: Money
    whole: Money
    tax: Money
    rate_bp: int

    @property
    def split(self) -> TaxSplit:
        """The tax of all that is credited by now, rounded half up, less what was credited before: however a line goes
        back, its credit notes end at the tax of its invoice."""
        tax = self._tax_of(self.before + self.now) - self._tax_of(self.before)
        return TaxSplit(net=self.now - tax, tax=tax, total=self.now)

    def _tax_of(self, part: Money) -> Money:
        return self.tax.share(part.minor, self.whole.minor) if self.whole else Money.zero(part.currency)


def given_back_by_rate(
    amount: Money, *, parts: Iterable[Worth], weights: Mapping[int, int]
) -> dict[int, TaxSplit]:
    """A refund of `amount` by rate of tax in basis points; what it comes to by rate adds up to it.

    `parts` are what of it went back for goods and for shipping. What is left is shared among the rates as the order
    was: `weights` are what its goods and shipping came to, in minor units.
    """
    by_rate: dict[int, TaxSplit] = {}
    rest = amount
    for part in parts:
        if part.now:
            _add(by_rate, part.rate_bp, part.split)
            rest -= part.now
    if rest:
        rates = sorted(weights)
        for rate, share in zip(rates, allocate(rest, [weights[rate] for rate in rates]), strict=True):
            _add(by_rate, rate, split_included(share, rate))
    return by_rate


def _add(by_rate: dict[int, TaxSplit], rate: int, split: TaxSplit) -> None:
    by_rate[rate] = by_rate[rate] + split if rate in by_rate else split
