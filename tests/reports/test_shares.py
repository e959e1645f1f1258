"""Whatever happens to an order, each movement of its money is divided whole, and nobody loses more than they had,
unless a bank takes what was refunded before."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storefront.orders.books import EntryKind
from storefront.reports.shares import DIRECT, Moved, shares


@dataclass(slots=True)
class History:
    """An order's lines by post, and what moved."""

    worth: dict[int, int]
    moved: list[Moved] = field(default_factory=list)
    for_lines: dict[str, dict[int, int]] = field(default_factory=dict)

    def enter(self, kind: EntryKind, minor: int, stripe_id: str) -> None:
        """Write one more entry."""
        self.moved.append(Moved(len(self.moved) + 1, kind, minor, stripe_id))

    def left(self) -> Counter[int]:
        """What each owner has after all that was entered."""
        sums: Counter[int] = Counter(dict.fromkeys(self.worth, 0))
        for share in shares(self.worth, self.moved, self.for_lines).values():
            sums.update(share)
        return sums


@st.composite
def histories(draw: Callable[..., Any]) -> History:
    """Captures, refunds by line, by amount and at Stripe, some that came back, within what is left; and disputes,
    which may take what is gone already, and come back in part."""
    owners = draw(st.lists(st.sampled_from([DIRECT, 3, 5, 8, 13]), min_size=1, max_size=5, unique=True))
    made = History({owner: draw(st.integers(0, 5000)) for owner in owners})
    made.enter(EntryKind.CAPTURE, draw(st.integers(1, 20_000)), "pi_0")
    for number in range(draw(st.integers(0, 7))):
        left, stripe_id = made.left(), f"x_{number}"
        what = draw(st.sampled_from(["lines", "amount", "whole", "dispute", "capture"]))
        if what == "capture":
            made.enter(EntryKind.CAPTURE, draw(st.integers(1, 9000)), stripe_id)
        if sum(left.values()) <= 0 or what == "capture":
            continue
        if what == "lines":
            made.for_lines[stripe_id] = {
                owner: draw(st.integers(0, 2 * part)) for owner, part in left.items()
            }
        named = sum(made.for_lines.get(stripe_id, {}).values())
        whole = sum(left.values())
        least = min(max(named, 1), whole)
        minor = whole if what == "whole" else draw(st.integers(least, whole))
        if what == "dispute" and draw(st.booleans()):
            minor += draw(st.integers(0, 5000))
        kind = EntryKind.DISPUTE if what == "dispute" else EntryKind.REFUND
        made.enter(kind, -minor, stripe_id)
        if draw(st.booleans()) and draw(st.booleans()):
            back = EntryKind.DISPUTE_WON if what == "dispute" else EntryKind.REFUND_RETURNED
            made.enter(back, draw(st.integers(1, minor)) if what == "dispute" else minor, stripe_id)
    return made


@given(history=histories())
def test_every_entry_is_divided_whole_and_nobody_loses_more_than_they_had(history: History) -> None:
    found = shares(history.worth, history.moved, history.for_lines)

    left: Counter[int] = Counter(dict.fromkeys(history.worth, 0))
    was_taken_twice = False
    for entry in history.moved:
        share = found[entry.id]
        if (
            entry.kind == EntryKind.REFUND
            and sum(history.for_lines.get(entry.stripe_id, {}).values()) <= -entry.minor
        ):
            for owner, part in history.for_lines.get(entry.stripe_id, {}).items():
                assert -share[owner] >= min(part, left[owner])
        assert sum(share.values()) == entry.minor
        assert share.keys() == history.worth.keys()
        assert all(part == 0 or (part > 0) == (entry.minor > 0) for part in share.values())
        was_taken_twice |= entry.kind == EntryKind.DISPUTE and -entry.minor > sum(left.values())
        left.update(share)
        if was_taken_twice:
            continue
        assert min(left.values()) >= 0
        if sum(left.values()) == 0:
            assert not any(left.values())


@given(history=histories())
def test_what_comes_in_is_divided_like_the_goods_to_less_than_a_minor_unit(history: History) -> None:
    found = shares(history.worth, history.moved, history.for_lines)

    whole = sum(history.worth.values())
    for entry in history.moved:
        if entry.kind == EntryKind.CAPTURE and whole:
            for owner, worth in history.worth.items():
                assert abs(found[entry.id][owner] - Fraction(entry.minor * worth, whole)) < 1


@given(history=histories())
def test_what_comes_back_goes_to_whom_it_was_taken_from(history: History) -> None:
    found = shares(history.worth, history.moved, history.for_lines)

    taken = {entry.stripe_id: found[entry.id] for entry in history.moved if entry.minor < 0}
    for entry in history.moved:
        if entry.kind in {EntryKind.REFUND_RETURNED, EntryKind.DISPUTE_WON}:
            gone = -sum(taken[entry.stripe_id].values())
            for owner, part in taken[entry.stripe_id].items():
                assert abs(found[entry.id][owner] - Fraction(-part * entry.minor, gone)) < 1


def test_a_refund_of_a_line_is_its_posts_and_shipping_is_everybodys() -> None:
    """30.00 from a post and 10.00 from none, 4.00 shipping; what came from the post goes back, then the shipping."""
    moved = [
        Moved(1, EntryKind.CAPTURE, 4400, "pi"),
        Moved(2, EntryKind.REFUND, -3000, "re_line"),
        Moved(3, EntryKind.REFUND, -400, "re_shipping"),
    ]

    found = shares({DIRECT: 1000, 7: 3000}, moved, {"re_line": {7: 3000}})

    assert found == {1: {DIRECT: 1100, 7: 3300}, 2: {DIRECT: 0, 7: -3000}, 3: {DIRECT: -100, 7: -300}}
