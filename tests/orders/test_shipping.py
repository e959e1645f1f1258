"""Sending an order: whole or in parts, never more than is left, once per form, and what is known afterwards."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit
from storefront.database import session, transaction
from storefront.errors import NotFound, Refused
from storefront.mail.models import OutgoingMail
from storefront.orders import actions, parcels
from storefront.orders.models import Fulfilment, OrderLine
from storefront.orders.parcels import Shipment, call_off, fulfilment_of
from storefront.orders.steps import lock_order
from tests.builders.orders import an_order, cancel, pay_later, the_order
from tests.builders.shipments import BY, a_key, a_shipment, line_ids, sent, the_lines


def test_a_parcel_with_everything_makes_the_order_shipped(inside: Flask) -> None:
    order_id = an_order(paid=True, pieces=3)

    a_shipment(order_id)

    assert the_order(order_id).fulfilment == Fulfilment.SHIPPED
    assert [line.to_ship for line in the_lines(order_id)] == [0]


def test_a_part_leaves_the_rest_to_send(inside: Flask) -> None:
    order_id = an_order(paid=True, pieces=3)

    a_shipment(order_id, pieces=1)

    assert the_order(order_id).fulfilment == Fulfilment.PARTLY
    assert the_order(order_id).is_to_ship
    assert [line.to_ship for line in the_lines(order_id)] == [2]


@pytest.mark.parametrize(
    ("pieces", "is_possible"), [(1, True), (2, True), (3, False), (2**31, False), (2**63, False)]
)
def test_never_more_is_sent_than_is_left(inside: Flask, pieces: int, is_possible: bool) -> None:
    order_id = an_order(paid=True, pieces=3)
    a_shipment(order_id, pieces=1)

    if is_possible:
        a_shipment(order_id, pieces=pieces)
        assert sent(order_id) == 1 + pieces
    else:
        with pytest.raises(Refused, match="Only 2 pieces"):
            a_shipment(order_id, pieces=pieces)
        assert sent(order_id) == 1


@pytest.mark.parametrize("pieces", [{}, {0: 0}, {1: 0}, {1: -1}, {1: 1.5}, {1: True}])
def test_nothing_and_no_number_is_no_parcel(inside: Flask, pieces: dict[int, Any]) -> None:
    order_id = an_order(paid=True)

    with pytest.raises(Refused, match="how many pieces"):
        actions.ship(order_id, pieces=pieces, carrier="dhl", tracking_number="", key=a_key(), by=BY)

    assert sent(order_id) == 0


def test_pieces_of_another_order_are_no_part_of_this_one(inside: Flask) -> None:
    order_id, other = an_order(paid=True), an_order(paid=True, cart_id="cart-2")

    for line_id in (line_ids(other)[0], 0, -1, 10**9, 2**63):
        with pytest.raises(Refused, match="not part of this order"):
            actions.ship(order_id, pieces={line_id: 1}, carrier="dhl", tracking_number="", key=a_key(), by=BY)

    assert (sent(order_id), sent(other)) == (0, 0)


def test_the_same_form_twice_is_one_parcel_and_one_mail(inside: Flask) -> None:
    order_id = an_order(paid=True, pieces=3)

    first = a_shipment(order_id, pieces=1, key="once")
    second = a_shipment(order_id, pieces=1, key="once")

    assert (first, sent(order_id)) == (second, 1)
    mails = session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == "shipment")).all()
    assert [(mail.subject, mail.recipient) for mail in mails] == [(f"shipment:{first}", "mara@example.org")]


def test_a_form_of_another_order_sends_nothing(inside: Flask) -> None:
    first, second = an_order(paid=True), an_order(paid=True, cart_id="cart-2")
    a_shipment(first, key="once")

    with pytest.raises(Refused, match="another order"):
        a_shipment(second, key="once")

    assert sent(second) == 0


def test_half_a_parcel_is_no_parcel(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = an_order(paid=True, pieces=2)

    def fall_over(*_said: Any, **_more: Any) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as broken:
        broken.setattr(actions, "_tell", fall_over)
        with pytest.raises(RuntimeError):
            a_shipment(order_id)

    assert (sent(order_id), the_order(order_id).fulfilment) == (0, Fulfilment.UNSHIPPED)
    a_shipment(order_id)
    assert sent(order_id) == 2


@pytest.mark.parametrize("unpaid", [lambda _order_id: None, pay_later, cancel])
def test_only_a_paid_order_is_sent(inside: Flask, unpaid: Any) -> None:
    order_id = an_order()
    unpaid(order_id)

    with pytest.raises(Refused, match="Only a paid order"):
        a_shipment(order_id)


def test_an_order_that_never_was_is_not_sent(inside: Flask) -> None:
    with pytest.raises(NotFound):
        actions.ship(999, pieces={1: 1}, carrier="dhl", tracking_number="", key=a_key(), by=BY)


def test_pieces_called_off_are_never_sent(inside: Flask) -> None:
    order_id = an_order(paid=True, pieces=3)

    with transaction():
        call_off(lock_order(order_id), {line_ids(order_id)[0]: 2})

    with pytest.raises(Refused, match="Only 1 piece of"):
        a_shipment(order_id, pieces=2)
    a_shipment(order_id, pieces=1)
    assert the_order(order_id).fulfilment == Fulfilment.SHIPPED


def test_when_all_is_called_off_there_is_nothing_to_send(inside: Flask) -> None:
    order_id = an_order(paid=True, pieces=2)

    with transaction():
        call_off(lock_order(order_id), {line_ids(order_id)[0]: 2})

    assert the_order(order_id).fulfilment == Fulfilment.NOTHING
    assert not the_order(order_id).is_to_ship


def ship_at_once(app: Flask, order_id: int, line_id: int, *, people: int) -> int:
    """How many of so many people could each send two pieces of three, all at the same moment."""
    gate = threading.Barrier(people)

    def try_it(number: int) -> bool:
        with app.app_context():
            gate.wait()
            try:
                actions.ship(
                    order_id, pieces={line_id: 2}, carrier="dhl", tracking_number="", key=f"k{number}", by=BY
                )
            except (Refused, sa.orm.exc.StaleDataError, sa.exc.IntegrityError):
                return False
            return True

    with ThreadPoolExecutor(people) as pool:
        return sum(pool.map(try_it, range(people)))


def test_two_people_cannot_send_the_same_pieces(app: Flask) -> None:
    with app.app_context():
        order_id = an_order(paid=True, pieces=3)
        line_id = line_ids(order_id)[0]

    done = ship_at_once(app, order_id, line_id, people=6)

    with app.app_context():
        assert (done, sent(order_id)) == (1, 2)


def test_without_the_guard_the_same_pieces_would_be_sent_twice(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        order_id = an_order(paid=True, pieces=3)
        line_id = line_ids(order_id)[0]

    def look_then_write(_order_id: int, line: int, *, shipped: int = 0, called_off: int = 0) -> bool:
        current = session()
        current.execute(sa.update(OrderLine).where(OrderLine.id == line).values(shipped=shipped))
        return True

    monkeypatch.setattr(parcels, "count", look_then_write)

    ship_at_once(app, order_id, line_id, people=6)

    with app.app_context():
        assert sent(order_id) > 3


def test_the_database_refuses_what_python_would_let_pass(inside: Flask) -> None:
    order_id = an_order(paid=True, pieces=3)

    with pytest.raises(sa.exc.IntegrityError, match="ck_order_line_sent"), transaction() as current:
        current.execute(sa.update(OrderLine).values(shipped=2, called_off=2))

    assert sent(order_id) == 0


def test_what_was_in_a_parcel_is_neither_changed_nor_removed(inside: Flask) -> None:
    a_shipment(an_order(paid=True))

    for statement in ("UPDATE shipment_line SET quantity = 9", "DELETE FROM shipment_line"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as current:
            current.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("shipped", "left", "is_under_way", "expected"),
    [
        (0, 0, False, Fulfilment.NOTHING),
        (0, 1, False, Fulfilment.UNSHIPPED),
        (1, 1, True, Fulfilment.PARTLY),
        (1, 1, False, Fulfilment.PARTLY),
        (1, 0, True, Fulfilment.SHIPPED),
        (1, 0, False, Fulfilment.DELIVERED),
    ],
)
def test_how_far_an_order_has_come(shipped: int, left: int, is_under_way: bool, expected: Fulfilment) -> None:
    assert fulfilment_of(shipped=shipped, left=left, is_under_way=is_under_way) == expected


def test_an_order_is_delivered_when_its_last_parcel_is(inside: Flask, frozen: ModuleType) -> None:
    order_id = an_order(paid=True, pieces=2)
    first, second = a_shipment(order_id, pieces=1), a_shipment(order_id, pieces=1)
    frozen.advance(timedelta(days=2))

    actions.deliver(first, on=date(2026, 6, 18), by=BY)
    assert the_order(order_id).fulfilment == Fulfilment.SHIPPED
    actions.deliver(second, on=date(2026, 6, 19), by=BY)
    assert the_order(order_id).fulfilment == Fulfilment.DELIVERED


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(2026, 6, 16), "before it was sent"),
        (date(2026, 6, 17), None),
        (date(2026, 6, 19), None),
        (date(2026, 6, 20), "still to come"),
    ],
)
def test_a_parcel_arrives_between_its_sending_and_today(
    inside: Flask, frozen: ModuleType, on: date, why: str | None
) -> None:
    shipment_id = a_shipment(an_order(paid=True))
    frozen.advance(timedelta(days=2))

    if why is None:
        actions.deliver(shipment_id, on=on, by=BY)
        assert session().get_one(Shipment, shipment_id).delivered_on == on
    else:
        with pytest.raises(Refused, match=why):
            actions.deliver(shipment_id, on=on, by=BY)


def test_the_same_day_again_is_recorded_once_and_another_corrects_it(
    inside: Flask, frozen: ModuleType
) -> None:
    order_id = an_order(paid=True)
    shipment_id = a_shipment(order_id)
    frozen.advance(timedelta(days=2))

    for day in (18, 18, 19):
        actions.deliver(shipment_id, on=date(2026, 6, day), by=BY)

    recorded = [each for each in audit.history(("order", order_id)) if each.verb == "order.delivered"]
    assert [(each.actor_kind, each.actor_id) for each in recorded] == [("staff", "7")] * 2


@pytest.mark.parametrize("number", ["", "  ", "JD01 4600 0071", "1Z-999", "abcd"])
def test_a_tracking_number_is_kept_without_its_spaces(inside: Flask, number: str) -> None:
    shipment_id = a_shipment(an_order(paid=True), number=number)

    kept = session().get_one(Shipment, shipment_id).tracking_number
    assert kept == (number.replace(" ", "").upper() or None)


@pytest.mark.parametrize(
    "number", ["x", "<b>1</b>", "javascript:1", "1" * 41, "12/34", "12\n34", "１２３４", "a?b=c"]
)
def test_what_no_carrier_prints_is_no_tracking_number(inside: Flask, number: str) -> None:
    order_id = an_order(paid=True)

    with pytest.raises(Refused, match="tracking number"):
        a_shipment(order_id, number=number)

    assert sent(order_id) == 0


def test_an_unknown_carrier_is_refused(inside: Flask) -> None:
    with pytest.raises(Refused, match="choose one"):
        a_shipment(an_order(paid=True), carrier="https://evil.example/")


def test_a_corrected_number_leaves_its_trace_and_owes_no_mail(inside: Flask) -> None:
    order_id = an_order(paid=True)
    shipment_id = a_shipment(order_id)

    for _again in range(2):
        actions.correct_tracking(shipment_id, carrier="ups", tracking_number="1Z999", by=BY)

    verbs = [each.verb for each in audit.history(("order", order_id))]
    assert verbs.count("order.tracking_corrected") == 1
    about = sa.select(sa.func.count()).select_from(OutgoingMail).where(OutgoingMail.kind == "shipment")
    assert session().scalar(about) == 1


@pytest.mark.parametrize("shipment_id", [0, -1, 99, 2**63])
def test_a_parcel_that_never_was_cannot_arrive(inside: Flask, shipment_id: int) -> None:
    with pytest.raises(NotFound):
        actions.deliver(shipment_id, on=date(2026, 6, 17), by=BY)
