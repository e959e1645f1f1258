"""No more goes back than came in: said in Python, guaranteed by the database, exact in every currency."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed
from storefront.database import transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders import money_back
from storefront.orders.models import Order
from storefront.refunds.actions import send_refund
from storefront.reports.prove import prove
from tests.books import documents, ledger
from tests.builders.payments import a_paid_order, a_refund, order, refund
from tests.servers.stripe import StripeStandIn


@pytest.mark.parametrize(("minor", "is_possible"), [(2399, True), (2400, True), (2401, False)])
def test_a_refund_never_exceeds_what_was_captured(
    inside: Flask, sandbox: StripeStandIn, minor: int, is_possible: bool
) -> None:
    placed = a_paid_order(sandbox, price_minor=2400)

    if is_possible:
        assert refund(a_refund(placed, minor=minor)).amount_minor == minor
    else:
        with pytest.raises(Refused, match="more than what is left"):
            a_refund(placed, minor=minor)


@pytest.mark.parametrize("minor", [0, -1])
def test_a_refund_of_nothing_or_less_does_not_exist(
    inside: Flask, sandbox: StripeStandIn, minor: int
) -> None:
    placed = a_paid_order(sandbox)

    with pytest.raises(sa.exc.IntegrityError):
        a_refund(placed, minor=minor)

    assert order(placed).refunded_minor == 0


def test_the_parts_never_exceed_the_whole(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox, price_minor=2400)
    a_refund(placed, minor=1000)
    a_refund(placed, minor=1400)

    with pytest.raises(Refused):
        a_refund(placed, minor=1)

    assert order(placed).refundable == Money.zero("EUR")


def test_the_database_refuses_what_python_would_let_pass(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox, price_minor=2400)

    with pytest.raises(sa.exc.IntegrityError, match="ck_orders_refunded"), transaction() as current:
        current.execute(sa.update(Order).values(refunded_minor=2401))

    assert order(placed).refunded_minor == 0


def reserve_at_once(app: Flask, placed: Placed, *, threads: int) -> int:
    """How many of so many refunds of 10.00 were approved when all were asked for at once."""
    gate = threading.Barrier(threads)

    def ask(_n: int) -> bool:
        with app.app_context():
            gate.wait()
            try:
                a_refund(placed, minor=1000)
            except (Refused, sa.exc.IntegrityError, sa.orm.exc.StaleDataError):
                return False
            return True

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(ask, range(threads)))


def test_many_refunds_at_once_stay_within_what_was_captured(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        placed = a_paid_order(sandbox, price_minor=2400)

    approved = reserve_at_once(app, placed, threads=25)

    with app.app_context():
        assert approved == 2
        assert order(placed).refunded_minor == 2000


def test_without_the_reservation_more_than_the_payment_goes_back(
    app: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        placed = a_paid_order(sandbox, price_minor=2400)
    monkeypatch.setattr(money_back, "counts", lambda _amount, _order: False)

    approved = reserve_at_once(app, placed, threads=8)

    assert approved > 2


@pytest.mark.parametrize(
    ("currency", "price", "parts", "units"),
    [
        ("JPY", 900, [300, 600], [600, 300]),
        ("EUR", 2400, [1, 2399], [2399, 1]),
        ("KWD", 2410, [10, 2400], [2400, 10]),
    ],
)
def test_parts_in_every_kind_of_currency_go_back_to_the_last_unit(
    make_app: Callable[..., Flask],
    sandbox: StripeStandIn,
    currency: str,
    price: int,
    parts: list[int],
    units: list[int],
) -> None:
    shop = make_app(currency=currency, **sandbox.settings)
    with shop.app_context():
        placed = a_paid_order(sandbox, price_minor=price)

        for part in parts:
            send_refund(a_refund(placed, minor=part))

        assert [minor for _kind, minor in ledger(placed.order_id)] == [price, *(-part for part in parts)]
        assert [each["amount"] for each in sandbox.state()["refunds"]] == units
        assert prove() == []


def test_an_amount_that_stripe_cannot_give_back_exactly_is_refused(
    make_app: Callable[..., Flask], sandbox: StripeStandIn
) -> None:
    shop = make_app(currency="KWD", **sandbox.settings)
    with shop.app_context():
        placed = a_paid_order(sandbox, price_minor=2410)

        with pytest.raises(Refused, match="end in 0"):
            a_refund(placed, minor=1005)

        assert order(placed).refunded_minor == 0


def test_credit_notes_count_in_a_series_of_their_own(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)

    for minor in (1000, 400):
        send_refund(a_refund(placed, minor=minor))

    year = order(placed).paid_at.year  # type: ignore[union-attr]
    assert [number for _kind, number, _minor in documents(placed.order_id)] == [
        f"{year}-00001",
        f"C{year}-00001",
        f"C{year}-00002",
    ]
