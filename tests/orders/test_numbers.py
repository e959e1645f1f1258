"""Invoice and credit-note numbers: a series per kind and year of the shop, without a gap."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.database import session, transaction
from storefront.errors import Refused
from storefront.orders import steps
from storefront.orders.books import Document, DocumentKind, NumberSeries
from storefront.orders.models import FIRST_NUMBER, id_of_number
from storefront.orders.steps import issue_document, lock_order, mark_paid
from storefront.reports.prove import numbers_have_no_gaps
from tests.builders.orders import an_order, the_order

THREADS = 16


def numbers() -> list[str]:
    return [each.number for each in session().scalars(sa.select(Document).order_by(Document.id))]


def pay_and_undo(order_id: int) -> None:
    """Take a number in a transaction that is rolled back."""
    with suppress(Refused), transaction():
        mark_paid(lock_order(order_id))
        raise Refused("this one is undone")


def pay_at(order_id: int, at: datetime) -> None:
    with clock.frozen(at), transaction():
        mark_paid(lock_order(order_id))


def test_the_first_order_is_number_1001(inside: Flask) -> None:
    order_id = an_order()

    assert the_order(order_id).number == order_id + FIRST_NUMBER - 1
    assert id_of_number(the_order(order_id).number) == order_id


@pytest.mark.parametrize(
    ("zone", "at", "number"),
    [
        ("Europe/Berlin", datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "2026-00001"),
        ("Europe/Berlin", datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "2027-00001"),
        ("Europe/Berlin", datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-00001"),
        ("UTC", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "2026-00001"),
        ("America/New_York", datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC), "2026-00001"),
    ],
)
def test_the_year_is_the_shops(make_app: Callable[..., Flask], zone: str, at: datetime, number: str) -> None:
    shop = make_app(timezone=zone)
    with shop.app_context():
        order_id = an_order()

        pay_at(order_id, at)

        assert numbers() == [number]


def test_each_year_begins_with_one(inside: Flask) -> None:
    for month, cart in ((6, "a"), (7, "b")):
        pay_at(an_order(cart_id=cart), datetime(2026, month, 1, tzinfo=UTC))
    pay_at(an_order(cart_id="c"), datetime(2027, 2, 1, tzinfo=UTC))

    assert numbers() == ["2026-00001", "2026-00002", "2027-00001"]


def test_an_order_has_one_invoice_for_ever(inside: Flask) -> None:
    order = the_order(an_order(paid=True))

    with pytest.raises(sa.exc.IntegrityError), transaction():
        issue_document(DocumentKind.INVOICE, order, amount=order.total, at=clock.now())

    assert len(numbers()) == 1


def number_at_once(app: Flask, order_ids: list[int]) -> None:
    """Pay all at once; every third transaction is rolled back after it took its number."""
    gate = threading.Barrier(len(order_ids))

    def pay(place: int) -> None:
        with app.app_context():
            gate.wait()
            if place % 3 == 0:
                pay_and_undo(order_ids[place])
            else:
                with transaction():
                    mark_paid(lock_order(order_ids[place]))

    with ThreadPoolExecutor(len(order_ids)) as pool:
        list(pool.map(pay, range(len(order_ids))))


def test_sixteen_threads_and_what_is_undone_leave_no_gap(app: Flask) -> None:
    with app.app_context():
        order_ids = [an_order(cart_id=f"cart-{number}") for number in range(THREADS)]

    number_at_once(app, order_ids)

    with app.app_context():
        serials = sorted(session().scalars(sa.select(Document.serial)))
        assert serials == list(range(1, len(serials) + 1))
        assert len(serials) == THREADS - len(range(0, THREADS, 3))
        assert list(numbers_have_no_gaps()) == []


def test_a_number_read_and_written_back_would_not_hold(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control run: a counter kept outside the transaction skips what was undone."""
    with app.app_context():
        order_ids = [an_order(cart_id=f"cart-{number}") for number in range(THREADS)]
    given = iter(range(1, 100))
    monkeypatch.setattr(steps, "_next_serial", lambda _kind, _year: next(given))

    number_at_once(app, order_ids)

    with app.app_context():
        assert list(numbers_have_no_gaps()) != []


def test_an_undone_transaction_gives_its_number_to_the_next(inside: Flask) -> None:
    first, second = an_order(cart_id="a"), an_order(cart_id="b")
    pay_and_undo(first)

    with transaction():
        mark_paid(lock_order(second))

    assert numbers()[0].endswith("-00001")
    assert session().scalars(sa.select(NumberSeries.last)).all() == [1]
