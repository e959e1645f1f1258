"""What a refund comes to: shares of lines that end exactly at the total, and amounts by hand."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storefront.errors import Refused
from storefront.money import Money, total
from storefront.refunds.reckoning import LineLeft, Refundable, Wanted, reckon, share_of, step_of

CURRENCIES = ("JPY", "EUR", "KWD")


@st.composite
def split_lines(draw: st.DrawFn) -> tuple[Money, list[int]]:
    """A line's total in a currency of 0, 2 or 3 decimals, and its pieces in any splitting and order."""
    currency = draw(st.sampled_from(CURRENCIES))
    minor = draw(st.integers(0, 10**7)) * step_of(currency)
    pieces = draw(st.lists(st.integers(1, 60), min_size=1, max_size=12))
    return Money(minor, currency), pieces


@given(split_lines())
@example((Money(1000, "EUR"), [1, 1, 1]))
@example((Money(10, "KWD"), [1, 1, 1]))
@example((Money(1, "JPY"), [1] * 7))
def test_any_split_of_a_line_ends_exactly_at_its_total(line: tuple[Money, list[int]]) -> None:
    amount, splits = line
    gone, shares = 0, []

    for pieces in splits:
        shares.append(share_of(amount, of=sum(splits), before=gone, now=pieces))
        gone += pieces

    assert total(shares, amount.currency) == amount
    assert all(share.minor >= 0 and share.minor % step_of(amount.currency) == 0 for share in shares)


@given(split_lines())
def test_a_share_is_the_design_s_rounding_less_what_went_before(line: tuple[Money, list[int]]) -> None:
    amount, splits = line
    step, of, gone, back = step_of(amount.currency), sum(splits), 0, 0

    for pieces in splits:
        share = share_of(amount, of=of, before=gone, now=pieces).minor
        gone += pieces
        # round_half_up(total × k / n) − already refunded, in whole steps
        expected = (2 * (amount.minor // step) * gone + of) // (2 * of) * step - back
        back += share

        assert share == expected


def a_refundable(*lines: tuple[int, int], shipping: int = 0, left: int | None = None) -> Refundable:
    """Lines of (total, pieces) of which nothing went back, in euros."""
    made = tuple(
        LineLeft(number, number, f"Good {number}", "", pieces, Money(minor, "EUR"), 0, pieces)
        for number, (minor, pieces) in enumerate(lines, start=1)
    )
    captured = sum(minor for minor, _pieces in lines) + shipping
    kept = captured if left is None else left
    return Refundable(
        order_id=1,
        attempt_id="att_1",
        captured=Money(captured, "EUR"),
        left=Money(kept, "EUR"),
        at_stripe=Money(kept, "EUR"),
        shipping_left=Money(shipping, "EUR"),
        lines=made,
        alone=Money.zero("EUR"),
        problem=None,
    )


@st.composite
def wanted_of_any_kind(draw: st.DrawFn) -> tuple[Refundable, Wanted]:
    lines = draw(st.lists(st.tuples(st.integers(0, 9999), st.integers(1, 9)), min_size=1, max_size=4))
    of = a_refundable(*lines, shipping=draw(st.integers(0, 900)))
    pieces = {line.id: draw(st.integers(-1, line.quantity + 1)) for line in of.lines}
    amount = draw(st.none() | st.integers(-1, of.captured.minor + 1).map(lambda minor: Money(minor, "EUR")))
    shipping = Money(draw(st.integers(-1, of.shipping_left.minor + 1)), "EUR")
    return of, Wanted(pieces, shipping, amount, frozenset(pieces))


@given(wanted_of_any_kind())
def test_whatever_is_wanted_is_refused_or_within_what_is_left(case: tuple[Refundable, Wanted]) -> None:
    of, wanted = case
    try:
        reckoned = reckon(of, wanted)
    except Refused:
        return

    assert 0 < reckoned.amount.minor <= of.left.minor
    assert reckoned.left_after + reckoned.amount == of.left
    assert reckoned.by_hand.minor >= 0
    assert all(part.amount.minor >= 0 and 0 <= part.restocked <= part.pieces for part in reckoned.parts)


def test_less_than_the_pieces_come_to_is_spread_over_them() -> None:
    of = a_refundable((1000, 1), (500, 1), shipping=500)

    reckoned = reckon(of, Wanted({1: 1, 2: 1}, Money(500, "EUR"), Money(1001, "EUR")))

    assert [part.amount.minor for part in reckoned.parts] == [501, 250]
    assert (reckoned.shipping.minor, reckoned.by_hand.minor) == (250, 0)


def test_more_than_the_pieces_come_to_is_by_hand() -> None:
    reckoned = reckon(a_refundable((1000, 2)), Wanted({1: 1}, None, Money(600, "EUR")))

    assert (reckoned.amount.minor, reckoned.by_hand.minor, reckoned.left_after.minor) == (600, 100, 400)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted({1: -1}), "pieces-1"),
        (Wanted({1: 3}), "pieces-1"),
        (Wanted({9: 1}), None),
        (Wanted({1: 1}, restock=frozenset({9})), None),
        (Wanted({1: 0}), "amount"),
        (Wanted(amount=Money(0, "EUR")), "amount"),
        (Wanted(amount=Money(-1, "EUR")), "amount"),
        (Wanted(amount=Money(1501, "EUR")), "amount"),
        (Wanted(amount=Money(100, "USD")), "amount"),
        (Wanted(shipping=Money(501, "EUR")), "shipping"),
        (Wanted(shipping=Money(-1, "EUR")), "shipping"),
    ],
)
def test_what_cannot_go_back_is_refused_at_its_field(wanted: Wanted, field: str | None) -> None:
    with pytest.raises(Refused) as refused:
        reckon(a_refundable((1000, 2), shipping=500), wanted)

    assert refused.value.field == field
