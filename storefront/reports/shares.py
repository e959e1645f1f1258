"""An order's money among the posts that its lines came from: every entry of the books divided to the minor unit.

Knows arithmetic on what the books say; refuses to read anything, and to know when it happened.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storefront.money import Money, allocate
from storefront.orders.books import EntryKind

# What came from no post; and what sold gift cards, which is owed and nobody's.
DIRECT, CARDS = 0, -1

Share = dict[int, int]
# What gives money back that an earlier entry of the same id took away.
_CAME_IN = frozenset({EntryKind.CAPTURE, EntryKind.CREDIT_SPENT})
_WENT_BACK = frozenset({EntryKind.REFUND, EntryKind.CREDIT_GIVEN})
_TAKES_BACK = {EntryKind.REFUND_RETURNED: EntryKind.REFUND, EntryKind.DISPUTE_WON: EntryKind.DISPUTE}


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry of the books."""

    id: int
    kind: EntryKind
    minor: int
    stripe_id: str


def shares(
    worth: Mapping[int, int], moved: Sequence[Moved], for_lines: Mapping[str, Mapping[int, int]]
) -> dict[int, Share]:
    """By entry what of it is whose: minor units by post, DIRECT for no post, CARDS for what sold gift cards; each
    adds up to its entry.

    `worth` is what the lines of each post came to; `moved` all entries of the order in the order of their ids;
    `for_lines`, by the id under which a refund was entered, what of it paid for lines of each post.

    What came in pays the gift cards first, whole, since credit pays for none. The rest, shipping included, is divided
    like the goods, by largest remainder. What goes back for a line is its
    post's, as far as that has so much left; the rest of it, shipping or an amount, and what a bank takes, is divided
    like the goods too, or where somebody has not so much left, like what each has left. What comes back again goes to
    whom it was taken from. So nobody loses more than they had, unless a bank takes what was refunded before; and what
    went back whole leaves nothing.
    """
    owners = sorted(worth)
    left: Counter[int] = Counter()
    found: dict[int, Share] = {}
    before: dict[tuple[EntryKind, str], Share] = {}
    for entry in moved:
        if entry.kind in _CAME_IN:
            share = _came_in(entry, {owner: worth[owner] for owner in owners}, left[CARDS])
        elif entry.kind in _TAKES_BACK:
            share = _returned(entry.minor, before.get((_TAKES_BACK[entry.kind], entry.stripe_id)) or worth)
        else:
            named = for_lines.get(entry.stripe_id, {}) if entry.kind in _WENT_BACK else {}
            share = _taken(-entry.minor, named, {owner: left[owner] for owner in owners}, _of_goods(worth))
        left.update(share)
        before[entry.kind, entry.stripe_id] = found[entry.id] = share
    return found


def _of_goods(worth: Mapping[int, int]) -> dict[int, int]:
    """What shipping and amounts are divided by: gift cards bear none of them, unless there is nothing else."""
    return {owner: 0 if owner == CARDS and len(worth) > 1 else minor for owner, minor in worth.items()}


def _came_in(entry: Moved, worth: Mapping[int, int], paid: int) -> Share:
    if CARDS not in worth or len(worth) == 1:
        return _divided(entry.minor, worth)
    cards = min(entry.minor, worth[CARDS] - paid) if entry.kind == EntryKind.CAPTURE else 0
    share = _divided(entry.minor - cards, _of_goods(worth))
    return {**share, CARDS: share[CARDS] + cards}


def _divided(minor: int, weights: Mapping[int, int]) -> Share:
    # Which currency it is makes no difference to whole minor units.
    parts = allocate(Money(minor, "EUR"), list(weights.values()))
    return {owner: part.minor for owner, part in zip(weights, parts, strict=True)}


def _returned(minor: int, taken: Mapping[int, int]) -> Share:
    return _divided(minor, {owner: abs(part) for owner, part in taken.items()})


def _taken(
    minor: int, for_lines: Mapping[int, int], left: Mapping[int, int], worth: Mapping[int, int]
) -> Share:
    """What of `minor`, which leaves the shop, is taken from whom; below zero."""
    named = {owner: min(for_lines.get(owner, 0), max(part, 0)) for owner, part in left.items()}
    rest = {owner: max(part, 0) - named[owner] for owner, part in left.items()}
    unnamed = minor - sum(named.values())
    if unnamed < 0:
        named, rest, unnamed = _divided(minor, named), {}, 0
    more = _divided(unnamed, {owner: worth[owner] for owner in left})
    if any(more[owner] > part for owner, part in rest.items()) and any(rest.values()):
        more = _divided(unnamed, rest)
    return {owner: -named[owner] - more[owner] for owner in left}
