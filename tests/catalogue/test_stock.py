"""Stock comes and goes by movements alone, and what is on hand is always their sum."""

import pytest
import sqlalchemy as sa

from storefront.catalogue import actions, stock
from storefront.catalogue.models import Cause, ProductState, StockMovement
from storefront.database import Misuse, session, transaction
from storefront.errors import NotFound, Refused
from tests.builders.catalogue import (
    a_product,
    a_variant,
    moved,
    on_hand,
    the_product,
    the_variants,
    variant_facts,
)

pytestmark = pytest.mark.usefixtures("inside")


def take(quantities: dict[int, int], *, reference: str = "order:1") -> None:
    with transaction():
        stock.take(quantities, reference=reference)


def give_back(
    quantities: dict[int, int], *, reference: str = "order:1", cause: Cause = Cause.RELEASE
) -> None:
    with transaction():
        stock.give_back(quantities, reference=reference, cause=cause)


def test_taking_leaves_the_rest_and_a_movement() -> None:
    variant = a_variant(on_hand=5)

    take({variant.id: 2}, reference="order:7")

    last = session().scalars(sa.select(StockMovement).order_by(StockMovement.id.desc()).limit(1)).one()
    assert (on_hand(variant.id), moved(variant.id)) == (3, 3)
    assert (last.delta, last.cause, last.reference) == (-2, Cause.ORDER, "order:7")


def test_the_last_piece_can_be_taken_and_no_more() -> None:
    variant = a_variant(on_hand=1, title="Mister")
    take({variant.id: 1})

    with pytest.raises(stock.SoldOut) as refusal:
        take({variant.id: 1}, reference="order:2")

    assert refusal.value.message == "“Mister” is sold out."
    assert (refusal.value.variant_id, refusal.value.left) == (variant.id, 0)
    assert (on_hand(variant.id), moved(variant.id)) == (0, 0)


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (1, "Only 1 of “Lion’s mane kit, 1.5 kg” is left."),
        (3, "Only 3 of “Lion’s mane kit, 1.5 kg” are left."),
        (0, "“Lion’s mane kit, 1.5 kg” is sold out."),
    ],
)
def test_who_asks_for_too_many_is_told_how_many_are_left(left: int, sentence: str) -> None:
    a_product("kit", variant_facts("1.5 kg", on_hand=left), options=("Size",))
    (variant,) = the_variants("kit")

    with pytest.raises(stock.SoldOut) as refusal:
        take({variant.id: left + 1})

    assert refusal.value.message == sentence
    assert refusal.value.left == left


def test_an_order_takes_all_its_goods_or_none() -> None:
    plenty, scarce = a_variant(on_hand=9), a_variant(on_hand=1)

    with pytest.raises(stock.SoldOut):
        take({plenty.id: 2, scarce.id: 2})

    assert (on_hand(plenty.id), on_hand(scarce.id)) == (9, 1)


def test_what_is_never_counted_can_always_be_taken_and_leaves_no_movement() -> None:
    variant = a_variant(on_hand=None)

    take({variant.id: 1_000})

    assert (on_hand(variant.id), moved(variant.id)) == (None, 0)


@pytest.mark.parametrize("pieces", [10**9, 2**31, 2**63, 10**30])
def test_absurd_numbers_are_sold_out_not_a_fault(pieces: int) -> None:
    variant = a_variant(on_hand=3)

    with pytest.raises(stock.SoldOut):
        take({variant.id: pieces})

    assert on_hand(variant.id) == 3


@pytest.mark.parametrize("pieces", [0, -1])
def test_nothing_and_less_than_nothing_cannot_be_taken_or_given_back(pieces: int) -> None:
    variant = a_variant(on_hand=3)

    for act in (take, give_back):
        with pytest.raises(ValueError, match="from 1"):
            act({variant.id: pieces})

    assert on_hand(variant.id) == 3


@pytest.mark.parametrize("variant_id", [0, -1, 4711, 2**31, 2**63])
def test_an_unknown_variant_is_not_sold(variant_id: int) -> None:
    a_variant()

    with pytest.raises(stock.NotSold):
        take({variant_id: 1})


@pytest.mark.parametrize("state", [ProductState.DRAFT, ProductState.WITHDRAWN])
def test_goods_that_are_not_published_are_not_sold(state: ProductState) -> None:
    product = a_product("kit", state=ProductState.DRAFT)
    if state is ProductState.WITHDRAWN:
        actions.publish(product.id, by=("staff", 1))
        actions.withdraw(product.id, by=("staff", 1))
    (variant,) = the_variants("kit")

    with pytest.raises(stock.NotSold) as refusal:
        take({variant.id: 1})

    assert refusal.value.message == "“Lion’s mane kit” is no longer sold."
    assert on_hand(variant.id) == 3


def test_a_variant_that_left_the_range_is_not_sold() -> None:
    a_product("kit", variant_facts("S"), variant_facts("M"), options=("Size",))
    a_product("kit", variant_facts("S"), options=("Size",))
    _small, medium = the_variants("kit")

    with pytest.raises(stock.NotSold):
        take({medium.id: 1})


def test_a_release_returns_what_was_taken_once() -> None:
    variant = a_variant(on_hand=5)
    take({variant.id: 2})

    give_back({variant.id: 2})
    give_back({variant.id: 2})

    assert (on_hand(variant.id), moved(variant.id)) == (5, 5)


def test_what_was_taken_again_after_a_release_can_be_released_again() -> None:
    variant = a_variant(on_hand=5)

    for _again in range(2):
        take({variant.id: 2})
        give_back({variant.id: 2})

    assert (on_hand(variant.id), moved(variant.id)) == (5, 5)


def test_goods_first_counted_after_they_were_ordered_do_not_grow_when_the_order_is_released() -> None:
    variant = a_variant(on_hand=None)
    take({variant.id: 2})
    actions.count_stock(variant.id, 10, by=("staff", 1))

    give_back({variant.id: 2})

    assert (on_hand(variant.id), moved(variant.id)) == (10, 10)


def test_goods_that_came_back_are_put_on_the_shelf() -> None:
    variant = a_variant(on_hand=1)
    take({variant.id: 1})

    give_back({variant.id: 1}, reference="refund:9", cause=Cause.RESTOCK)

    assert (on_hand(variant.id), moved(variant.id)) == (1, 1)


def test_moving_never_ends_below_zero() -> None:
    variant = a_variant(on_hand=3)

    with transaction():
        stock.move(variant.id, -3, cause=Cause.ADJUSTMENT, reference="staff:1")
    with pytest.raises(Refused), transaction():
        stock.move(variant.id, -1, cause=Cause.ADJUSTMENT, reference="staff:1")

    assert (on_hand(variant.id), moved(variant.id)) == (0, 0)


def test_what_does_not_exist_is_neither_moved_nor_counted() -> None:
    with pytest.raises(NotFound), transaction():
        stock.move(4711, 1, cause=Cause.ADJUSTMENT, reference="staff:1")
    with pytest.raises(NotFound):
        actions.count_stock(4711, 1, by=("staff", 1))


def test_uncounted_goods_are_not_moved() -> None:
    variant = a_variant(on_hand=None)

    with pytest.raises(Refused), transaction():
        stock.move(variant.id, 1, cause=Cause.ADJUSTMENT, reference="staff:1")

    assert on_hand(variant.id) is None


@pytest.mark.parametrize("counts", [(0,), (7, 3), (None, 4), (4, None, 4)])
def test_counting_sets_what_is_on_hand_to_the_sum_of_its_movements(counts: tuple[int | None, ...]) -> None:
    variant = a_variant(on_hand=3)

    for count in counts:
        actions.count_stock(variant.id, count, by=("staff", 1))

    assert on_hand(variant.id) == counts[-1]
    assert moved(variant.id) == (counts[-1] or 0)


def test_a_product_is_available_as_long_as_one_of_its_variants_is() -> None:
    a_product("kit", variant_facts("S", on_hand=1), variant_facts("M", on_hand=1), options=("Size",))
    small, medium = the_variants("kit")
    seen = []

    for act in (
        lambda: take({small.id: 1}),
        lambda: take({medium.id: 1}, reference="order:2"),
        lambda: give_back({small.id: 1}),
        lambda: actions.count_stock(small.id, 0, by=("staff", 1)),
        lambda: actions.count_stock(small.id, None, by=("staff", 1)),
    ):
        act()
        seen.append(the_product("kit").is_available)

    assert seen == [True, False, True, False, True]


def test_stock_moves_inside_a_transaction_only() -> None:
    variant = a_variant()

    with pytest.raises(Misuse):
        stock.take({variant.id: 1}, reference="order:1")

    assert on_hand(variant.id) == 3
