"""What of an order credit pays, and what is left to pay by card.

Knows arithmetic on the balances it is handed; refuses to look anything up. The rules in words: docs/promises.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storefront import money
from storefront.credit.models import CreditKind
from storefront.credit.steps import Part
from storefront.money import Money, exponent


@dataclass(frozen=True, slots=True)
class Funds:
    """An account as an order meets it: `balance` is what that order may have of it, whoever holds it now; `code_end`
    is "" for store credit."""

    account_id: str
    kind: CreditKind
    code_end: str
    balance: Money
    is_closed: bool = False

    @property
    def is_card(self) -> bool:
        """Whether it is a gift card."""
        return self.kind == CreditKind.GIFT_CARD


@dataclass(frozen=True, slots=True)
class Tender:
    """How a total is paid: `parts` by credit, the first spent first, and the `rest` by card; `funds` are all the
    accounts that were looked at, whether they pay or not."""

    parts: tuple[Part, ...]
    rest: Money
    funds: tuple[Funds, ...] = ()

    @property
    def paid(self) -> Money:
        """What credit pays."""
        return money.total((part.amount for part in self.parts), self.rest.currency)

    def paid_by(self, account_id: str) -> Money:
        """What one account pays; zero where it pays nothing."""
        mine = (part.amount for part in self.parts if part.account_id == account_id)
        return next(mine, Money.zero(self.rest.currency))


def shares(total: Money, unpayable: Money, funds: Sequence[Funds], *, least: Money) -> Tender:
    """What each account pays of `total`, one after the other; `unpayable` is what of it credit may not pay.

    The rest is nothing, or at least `least`, which is what a card is charged with at the least, in steps that can be
    charged: credit pays less where it has to.
    """
    usable = [each for each in funds if not each.is_closed and each.balance.currency == total.currency]
    most = min(total - unpayable, money.total((each.balance for each in usable), total.currency))
    whole = _payable(total, most, least=least)
    return Tender(tuple(_parts(whole, usable)), total - whole, tuple(funds))


def _payable(total: Money, most: Money, *, least: Money) -> Money:
    """The most that credit may pay, no more than `most`, so that the rest can be charged."""
    if most == total or most.minor <= 0:
        return max(most, Money.zero(total.currency))
    rest = max((total - most).minor, least.minor)
    step = step_of(total.currency)
    rest += -rest % step
    return Money(max(total.minor - rest, 0), total.currency)


def _parts(whole: Money, usable: Sequence[Funds]) -> Iterator[Part]:
    left = whole
    for each in usable:
        taken = min(left, each.balance)
        if taken:
            yield Part(each.account_id, taken)
            left -= taken


def step_of(currency: str) -> int:
    """The smallest part that a card can be charged, in minor units: https://docs.stripe.com/currencies"""
    return 10 if exponent(currency) == 3 else 1
