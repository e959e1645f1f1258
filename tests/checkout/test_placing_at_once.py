"""Many threads press “Order and pay” at once: one draft has one open order, and no piece is sold twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout import actions
from storefront.checkout.actions import Placed, cancel_unpaid
from storefront.database import session, transaction
from storefront.errors import Refused
from storefront.orders.models import Order, OrderState
from tests.books import on_hand
from tests.builders.cart import a_cart
from tests.builders.payments import Shopper, a_draft, a_shopper, open_page, place
from tests.servers.stripe import StripeStandIn

THREADS = 16


def at_once(app: Flask, presses: list[Callable[[], Placed]]) -> list[Placed | Refused]:
    """Every press in a thread of its own, all let go together; why, for who was refused."""
    gate = threading.Barrier(len(presses))

    def press(do: Callable[[], Placed]) -> Placed | Refused:
        with app.app_context():
            gate.wait()
            try:
                return do()
            except Refused as refusal:
                return refusal

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def refusals(answers: list[Placed | Refused]) -> list[Refused]:
    return [each for each in answers if isinstance(each, Refused)]


def orders(answers: list[Placed | Refused]) -> list[int]:
    return [each.order_id for each in answers if isinstance(each, Placed)]


def open_orders() -> int:
    count = sa.select(sa.func.count()).select_from(Order).where(Order.state == OrderState.AWAITING_PAYMENT)
    return session().scalar(count) or 0


def test_the_same_form_sixteen_times_at_once_makes_one_order(app: Flask) -> None:
    with app.app_context():
        shopper = a_shopper(on_hand=THREADS)

    placed = at_once(app, [lambda: place(shopper)] * THREADS)

    with app.app_context():
        assert refusals(placed) == []
        assert len(set(orders(placed))) == 1
        assert open_orders() == 1
        assert on_hand(shopper.variant_id) == THREADS - 1


def test_without_the_second_look_and_the_index_the_same_form_makes_many(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        shopper = a_shopper(on_hand=THREADS)
        with transaction() as current:
            current.execute(sa.text("DROP INDEX uq_orders_open_draft"))
    monkeypatch.setattr(actions, "_open_order", lambda _draft_id: None)

    at_once(app, [lambda: place(shopper)] * THREADS)

    with app.app_context():
        assert open_orders() > 1


def test_two_tabs_with_different_carts_leave_one_open_order(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        shopper = a_shopper(on_hand=100)
    tabs = [shopper.with_pieces(pieces) for pieces in range(1, 9)]

    placed = at_once(app, [lambda tab=tab: place(tab, shown_minor=2400 * tab.cart.pieces) for tab in tabs])  # type: ignore[misc]

    with app.app_context():
        standing = session().scalars(sa.select(Order).where(Order.state == OrderState.AWAITING_PAYMENT)).one()
        assert refusals(placed) == []
        assert standing.id in orders(placed)
        assert on_hand(shopper.variant_id) == 100 - standing.total_minor // 2400


def test_an_order_cancelled_between_two_looks_is_not_taken_for_a_paid_one(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper = a_shopper()
    first = place(shopper)
    cancel_unpaid(first.order_id, code="changed")
    seen_before = [SimpleNamespace(id=first.order_id)]
    monkeypatch.setattr(actions, "read", lambda *_asked: seen_before)

    second = place(shopper)

    assert second.order_id != first.order_id


def test_a_tab_is_never_led_to_an_order_with_another_total_than_it_showed(
    app: Flask, sandbox: StripeStandIn
) -> None:
    with app.app_context():
        shopper = a_shopper(on_hand=100)
    tabs = [shopper.with_pieces(1 + number % 2) for number in range(8)]

    placed = at_once(app, [lambda tab=tab: place(tab, shown_minor=2400 * tab.cart.pieces) for tab in tabs])  # type: ignore[misc]

    with app.app_context():
        assert refusals(placed) == []
        totals = [session().get_one(Order, each).total_minor for each in orders(placed)]
        assert totals == [2400 * tab.cart.pieces for tab in tabs]


def test_sixteen_shoppers_for_five_pieces_make_five_orders(app: Flask) -> None:
    with app.app_context():
        first = a_shopper(on_hand=5)
        others = [
            Shopper(
                a_draft(email=f"{number}@example.org"), a_cart((first.variant_id, 1), id=f"cart-{number}")
            )
            for number in range(THREADS)
        ]

    placed = at_once(app, [lambda each=each: place(each, shown_minor=2400) for each in others])  # type: ignore[misc]

    with app.app_context():
        assert len(orders(placed)) == 5
        assert on_hand(first.variant_id) == 0


def test_one_page_is_opened_however_many_ask_for_it_at_once(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        placed = place(a_shopper())
    pages: set[str] = set()

    def go_on() -> Placed:
        pages.add(open_page(placed))
        return placed

    answers = at_once(app, [go_on] * 8)

    assert refusals(answers) == []
    assert len(pages) == 1
    assert len(sandbox.state()["sessions"]) == 1
