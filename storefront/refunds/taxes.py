"""How much of a credit note is tax, by rate.

Knows what credit notes took back and what was invoiced; refuses to look anything up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from storefront.money import Money, allocate
from storefront.pricing.tax import TaxSplit


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


@dataclass(frozen=True, slots=True)
class Note:
    """A credit note: its amount, and what of it went back for which goods and for shipping. The rest is an amount by
    hand."""

    amount: Money
    parts: tuple[Worth, ...] = ()


@dataclass(slots=True)
class _Credited:
    """What the notes before took back, in minor units by rate; `by_hand` is what of it was no line's."""

    total: Counter[int] = field(default_factory=Counter)
    tax: Counter[int] = field(default_factory=Counter)
    by_hand: Counter[int] = field(default_factory=Counter)


def credited_by_rate(
    notes: Iterable[Note], *, invoiced: Mapping[int, TaxSplit]
) -> Iterator[dict[int, TaxSplit]]:
    """All credit notes of an order in their order, each by rate of tax in basis points; what one comes to by rate
    adds up to it.

    An amount by hand is shared among the rates like what is left of them. Its tax is that of all such amounts by
    then, less that of those before. What is left of a rate's tax is never more than what is left of the rate: however
    an order goes back, no note takes back less than nothing, and all end at its invoice's net and tax.
    """
    before = _Credited()
    for note in notes:
        yield _by_rate(note, before, invoiced)


def _by_rate(note: Note, before: _Credited, invoiced: Mapping[int, TaxSplit]) -> dict[int, TaxSplit]:
    asked, taxes = _of_parts(note)
    left = {rate: max(0, invoiced[rate].total.minor - before.total[rate]) for rate in sorted(invoiced)}
    # A line may have more left than its rate, where an amount by hand went before: then its tax is less, too.
    totals = {rate: min(minor, left[rate]) for rate, minor in asked.items()}
    by_hand = _shared(note.amount.minor - sum(totals.values()), left, totals, invoiced)
    code, found = note.amount.currency, dict[int, TaxSplit]()
    for rate in sorted(totals.keys() | by_hand.keys()):
        of_goods, hand, whole = totals.get(rate, 0), by_hand.get(rate, 0), invoiced[rate]
        tax = _share(taxes[rate], of_goods, asked.get(rate, 0))
        tax += _tax(whole, before.by_hand[rate] + hand) - _tax(whole, before.by_hand[rate])
        now = of_goods + hand
        # Lines and amounts by hand are each rounded for themselves.
        tax_left = whole.tax.minor - before.tax[rate]
        tax = min(max(tax, tax_left - max(0, left[rate] - now)), now, tax_left)
        before.total[rate] += now
        before.by_hand[rate] += hand
        before.tax[rate] += tax
        if now:
            found[rate] = TaxSplit(Money(now - tax, code), Money(tax, code), Money(now, code))
    return found


def _of_parts(note: Note) -> tuple[dict[int, int], Counter[int]]:
    """By rate what goes back of goods and shipping, and its tax; no more than the note is for."""
    totals, taxes, rest = dict[int, int](), Counter[int](), note.amount
    for part in note.parts:
        now = min(part.now, rest)
        totals[part.rate_bp] = totals.get(part.rate_bp, 0) + now.minor
        taxes[part.rate_bp] += replace(part, now=now).split.tax.minor
        rest -= now
    return totals, taxes


def _shared(
    minor: int, left: Mapping[int, int], totals: Mapping[int, int], invoiced: Mapping[int, TaxSplit]
) -> dict[int, int]:
    if not minor:
        return {}
    room = {rate: most - totals.get(rate, 0) for rate, most in left.items()}
    if not any(room.values()):
        room = {rate: each.total.minor for rate, each in invoiced.items()}
    # Which currency it is makes no difference to whole minor units.
    parts = allocate(Money(minor, "EUR"), list(room.values()))
    return {rate: part.minor for rate, part in zip(room, parts, strict=True)}


def _tax(whole: TaxSplit, minor: int) -> int:
    return _share(whole.tax.minor, minor, whole.total.minor)


def _share(minor: int, part: int, whole: int) -> int:
    return Money(minor, "EUR").share(part, whole).minor if whole else 0
