"""However many want the last pieces at once, no more are sold than there are; without the guard, more would be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue import stock
from storefront.catalogue.models import Variant
from storefront.database import transaction
from tests.builders.catalogue import (
    a_product,
    a_variant,
    moved,
    on_hand,
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

    def write_what_was_seen_less_the_pieces(session: Any, _variant_id: int, pieces: int) -> int:
        session.execute(sa.update(Variant).where(Variant.id == variant_id).values(on_hand=seen - pieces))
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
