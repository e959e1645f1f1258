"""An order's money among the posts that its lines came from: every entry of the books divided to the minor unit.

Knows arithmetic on what the books say; refuses to read anything, and to know when it happened.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storefront.money import Money, allocate
from storefront.orders.models import EntryKind

# What came from no post.
DIRECT = 0

Share = dict[int, int]
# What gives money back that an earlier entry of the same id took away.
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
    """By entry what of it is whose: minor units by post, DIRECT for no post; each adds up to its entry.

    `worth` is what the lines of each post came to; `moved` all entries of the order in the order of their ids;
    `for_lines`, by Stripe's id of a refund, what of it paid for lines of each post.

    What came in, shipping included, is divided like the goods, by largest remainder. What goes back for a line is its
    post's, as far as that has so much left; the rest of it, shipping or an amount, and what a bank takes, is divided
    like the goods too, or where somebody has not so much left, like what each has left. What comes back again goes to
    whom it was taken from. So nobody loses more than they had, and what went back whole leaves nothing.
    """
    owners = sorted(worth)
    left: Counter[int] = Counter()
    found: dict[int, Share] = {}
    before: dict[tuple[EntryKind, str], Share] = {}
    for entry in moved:
        if entry.kind == EntryKind.CAPTURE:
            share = _divided(entry.minor, {owner: worth[owner] for owner in owners})
        elif entry.kind in _TAKES_BACK:
            share = _returned(entry.minor, before.get((_TAKES_BACK[entry.kind], entry.stripe_id)) or worth)
        else:
            named = for_lines.get(entry.stripe_id, {}) if entry.kind == EntryKind.REFUND else {}
            share = _taken(-entry.minor, named, {owner: left[owner] for owner in owners}, worth)
        left.update(share)
        before[entry.kind, entry.stripe_id] = found[entry.id] = share
    return found


def _divided(minor: int, weights: Mapping[int, int]) -> Share:
    # Which currency it is makes no difference to whole minor units.
    parts = allocate(Money(minor, "XXX"), list(weights.values()))
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
