"""However many want the last pieces at once, no more are sold than there are; without the guard, more would be."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue import actions, steps, stock
from storefront.catalogue.facts import VariantFacts
from storefront.catalogue.models import Product, Variant
from storefront.database import session, transaction
from storefront.money import Money
from tests.builders.catalogue import (
    a_product,
    a_variant,
    moved,
    on_hand,
    product_facts,
    the_product,
    the_variants,
    variant_facts,
)

BUYERS, PIECES = 16, 5


def buy_at_once(app: Flask, carts: list[dict[int, int]]) -> list[bool]:
    """Every cart in a thread of its own, all let go together; who got their goods."""
    gate = threading.Barrier(len(carts))

    def buy(number: int) -> bool:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    stock.take(carts[number], reference=f"order:{number}")
            except stock.SoldOut:
                return False
            return True

    with ThreadPoolExecutor(len(carts)) as pool:
        return list(pool.map(buy, range(len(carts))))


def test_sixteen_who_want_the_last_five_pieces_get_five(app: Flask) -> None:
    with app.app_context():
        variant_id = a_variant(on_hand=PIECES).id

    got = buy_at_once(app, [{variant_id: 1}] * BUYERS)

    with app.app_context():
        assert sum(got) == PIECES
        assert (on_hand(variant_id), moved(variant_id)) == (0, 0)


def test_without_the_guard_more_than_five_would_be_sold(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        variant_id = a_variant(on_hand=PIECES).id
        seen = on_hand(variant_id) or 0

    def write_what_was_seen_less_the_pieces(_variant_id: int, pieces: int) -> int:
        session().execute(sa.update(Variant).where(Variant.id == variant_id).values(on_hand=seen - pieces))
        return seen - pieces

    monkeypatch.setattr(stock, "take_pieces", write_what_was_seen_less_the_pieces)

    got = buy_at_once(app, [{variant_id: 1}] * BUYERS)

    assert sum(got) > PIECES


def test_carts_that_name_the_same_goods_in_opposite_order_all_go_through(app: Flask) -> None:
    with app.app_context():
        first, second = a_variant(on_hand=BUYERS).id, a_variant(on_hand=BUYERS).id

    got = buy_at_once(app, [{first: 1, second: 1}, {second: 1, first: 1}] * (BUYERS // 2))

    with app.app_context():
        assert all(got)
        assert (on_hand(first), on_hand(second)) == (0, 0)


def test_the_last_pieces_of_two_variants_sold_at_once_leave_the_product_sold_out(app: Flask) -> None:
    with app.app_context():
        a_product("kit", variant_facts("S", on_hand=1), variant_facts("M", on_hand=1), options=("Size",))
        ids = [variant.id for variant in the_variants("kit")]

    got = buy_at_once(app, [{ids[0]: 1}, {ids[1]: 1}])

    with app.app_context():
        assert got == [True, True]
        assert not the_product("kit").is_available


def test_goods_that_are_saved_while_they_are_bought_keep_their_count(app: Flask) -> None:
    with app.app_context():
        ids = [a_variant(on_hand=None).id for _each in range(3)]
        slugs = [slug_of(variant_id) for variant_id in ids]
        for variant_id in ids:
            actions.count_stock(variant_id, BUYERS, by=("staff", 1))
    gate = threading.Barrier(2)

    def save_again_and_again() -> None:
        with app.app_context():
            gate.wait()
            for round_ in range(8):
                # Against the order of the ids, as a file may have them.
                facts = [product_facts(slug, price(1000 + round_)) for slug in reversed(slugs)]
                with transaction():
                    steps.save_products(facts, reference="import:test")

    with ThreadPoolExecutor(1) as pool:
        saving = pool.submit(save_again_and_again)
        gate.wait()
        got = buy_at_once(app, [dict.fromkeys(ids, 1), dict.fromkeys(reversed(ids), 1)] * (BUYERS // 2))
        saving.result()

    with app.app_context():
        assert all(got)
        assert [(on_hand(each), moved(each)) for each in ids] == [(0, 0)] * 3
        assert [the_product(slug).lowest_price_minor for slug in slugs] == [1007] * 3


def price(minor: int) -> VariantFacts:
    """A variant of which only the price is said."""
    return VariantFacts(Money(minor, "EUR"))


def slug_of(variant_id: int) -> str:
    select = sa.select(Product.slug).join(Variant, Variant.product_id == Product.id)
    return session().scalars(select.where(Variant.id == variant_id)).one()


def test_without_the_lock_a_product_whose_last_pieces_go_at_once_stays_on_the_shelf(
    app: Flask, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has one writer at a time: there is no such moment")
    with app.app_context():
        a_product("kit", variant_facts("S", on_hand=1), variant_facts("M", on_hand=1), options=("Size",))
        ids = [variant.id for variant in the_variants("kit")]
    both_took = threading.Barrier(2)

    def look_without_locking(product_ids: set[int]) -> None:
        both_took.wait(timeout=10)
        left = sa.select(sa.func.sum(Variant.on_hand)).where(Variant.product_id.in_(product_ids))
        if session().scalar(left) == 0:
            session().execute(sa.update(Product).values(is_available=False))
        both_took.wait(timeout=10)

    monkeypatch.setattr(stock, "keep_availability", look_without_locking)

    got = buy_at_once(app, [{ids[0]: 1}, {ids[1]: 1}])

    with app.app_context():
        assert got == [True, True]
        assert the_product("kit").is_available
