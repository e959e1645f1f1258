"""How much of a refund is tax, by rate.

Knows what a refund was for; refuses to look anything up.
"""

from collections.abc import Iterable, Mapping

from storefront.money import Money, allocate
from storefront.pricing.tax import TaxSplit, split_included


def given_back_by_rate(
    amount: Money,
    *,
    lines: Iterable[tuple[Money, int]],
    shipping: tuple[Money, int],
    weights: Mapping[int, int],
) -> dict[int, TaxSplit]:
    """A refund of `amount` by rate of tax in basis points; the parts add up to it.

    `lines` and `shipping` are what of it went back for goods and for shipping, each with its rate. What is left is
    shared among the rates as the order was: `weights` are what its goods and shipping came to, in minor units.
    """
    by_rate: dict[int, TaxSplit] = {}
    rest = amount
    for worth, rate in (*lines, shipping):
        if worth:
            _add(by_rate, rate, worth)
            rest -= worth
    if rest:
        rates = sorted(weights)
        for rate, part in zip(rates, allocate(rest, [weights[rate] for rate in rates]), strict=True):
            _add(by_rate, rate, part)
    return by_rate


def _add(by_rate: dict[int, TaxSplit], rate: int, worth: Money) -> None:
    split = split_included(worth, rate)
    by_rate[rate] = by_rate[rate] + split if rate in by_rate else split
