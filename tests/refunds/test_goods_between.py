"""Goods of an order of which a part is refunded: each piece is sent, called off or on the shelf, once."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed
from storefront.checkout.cancelling import cancel_order
from storefront.database import release, transaction
from storefront.errors import PaymentUnavailable, Refused
from storefront.orders.models import Order, OrderLine
from storefront.orders.parcels import NotThatMany
from storefront.orders.refund import RefundState
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import approve_refund, decline_refund, retry_refund, set_refund_aside
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from storefront.webhooks.disputes import look_at_dispute
from tests.books import documents, on_hand
from tests.builders.orders import the_order, the_refunds
from tests.builders.payments import refund, the_intent
from tests.builders.refunds import INES, OMAR, a_paid_basket, ask_back, everything, parts, some_pieces
from tests.builders.shipments import BY, a_shipment, the_lines
from tests.servers.stripe import StripeStandIn

Make = Callable[..., Flask]


@pytest.fixture
def watched(make_app: Make, sandbox: StripeStandIn) -> Flask:
    """A shop in which one person alone may give back 1.00 of an order."""
    return make_app(refund_alone_up_to="1", **sandbox.settings)


def shelf(placed: Placed) -> int | None:
    (line,) = the_lines(placed.order_id)
    pieces = on_hand(line.variant_id)
    release()
    return pieces


def to_ship(placed: Placed) -> tuple[int, int]:
    """Pieces still to be sent, and those that never will be."""
    (line,) = the_lines(placed.order_id)
    found = line.to_ship, line.called_off
    release()
    return found


def send_all_back(placed: Placed) -> None:
    for each in the_refunds(placed.order_id):
        if each.state == RefundState.APPROVED:
            send_refund(each.id)


@pytest.mark.parametrize(("restock", "left"), [(True, 10), (False, 9)])
def test_an_order_cancelled_after_a_part_went_back_keeps_the_books_right(
    inside: Flask, sandbox: StripeStandIn, restock: bool, left: int
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    ask_back(placed, some_pieces(placed, 1, restock=restock))

    cancel_order(placed.order_id, by=BY)
    send_all_back(placed)

    assert shelf(placed) == left
    assert prove() == []


def test_an_order_cancelled_while_a_part_waits_puts_each_piece_on_the_shelf_once(
    watched: Flask, sandbox: StripeStandIn
) -> None:
    with watched.app_context():
        placed = a_paid_basket(sandbox, (1000, 3))
        waiting = ask_back(placed, some_pieces(placed, 2, restock=True))

        cancel_order(placed.order_id, by=BY)
        assert (shelf(placed), prove()) == (8, [])
        for each in the_refunds(placed.order_id):
            approve_refund(each.id, by=OMAR)
        send_all_back(placed)

        assert refund(waiting).state == RefundState.SETTLED
        assert (shelf(placed), prove()) == (10, [])


def test_goods_that_are_not_sent_come_back_once_when_the_rest_is_cancelled(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    with transaction() as current:
        current.execute(sa.update(OrderLine).values(requires_shipping=False))
        current.execute(sa.update(Order).values(fulfilment="nothing"))
    ask_back(placed, some_pieces(placed, 1, restock=True))

    cancel_order(placed.order_id, by=BY)
    send_all_back(placed)

    assert (shelf(placed), prove()) == (10, [])


def test_what_a_waiting_refund_is_for_is_not_sent_meanwhile(watched: Flask, sandbox: StripeStandIn) -> None:
    with watched.app_context():
        placed = a_paid_basket(sandbox, (1000, 3))
        waiting = ask_back(placed, some_pieces(placed, 2, restock=True))

        assert to_ship(placed) == (1, 2)
        with pytest.raises(NotThatMany):
            a_shipment(placed.order_id, pieces=2)
        a_shipment(placed.order_id)
        approve_refund(waiting, by=OMAR)
        send_all_back(placed)

        assert (to_ship(placed), shelf(placed), prove()) == ((0, 2), 9, [])


def test_a_declined_refund_lets_its_pieces_be_sent_again(watched: Flask, sandbox: StripeStandIn) -> None:
    with watched.app_context():
        placed = a_paid_basket(sandbox, (1000, 3))
        waiting = ask_back(placed, some_pieces(placed, 2))
        ask_back(placed, some_pieces(placed, 1))

        for _again in range(2):
            decline_refund(waiting, why="They keep it.", by=OMAR)

        assert to_ship(placed) == (2, 1)
        assert prove() == []


def test_declining_what_was_sent_before_calls_nothing_on(watched: Flask, sandbox: StripeStandIn) -> None:
    with watched.app_context():
        placed = a_paid_basket(sandbox, (1000, 3))
        a_shipment(placed.order_id)
        waiting = ask_back(placed, some_pieces(placed, 2))

        decline_refund(waiting, why="They keep it.", by=OMAR)

        assert (to_ship(placed), the_order(placed.order_id).fulfilment) == ((0, 0), "shipped")


def test_a_new_refund_in_place_of_a_failed_one_calls_no_further_piece_off(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    failed = ask_back(placed, some_pieces(placed, 2))
    sandbox.control("refunds", status="failed")
    send_refund(failed)
    sandbox.control("refunds", status="succeeded")

    send_refund(ask_back(placed, some_pieces(placed, 2)))

    assert to_ship(placed) == (1, 2)
    assert prove() == []


def test_a_refund_seen_to_otherwise_keeps_its_pieces_from_being_sent(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    failed = ask_back(placed, some_pieces(placed, 2))
    sandbox.control("refunds", status="failed")
    send_refund(failed)
    set_refund_aside(failed, why="Paid by bank transfer.", by=INES)

    ask_back(placed, some_pieces(placed, 1))

    assert to_ship(placed) == (0, 3)


def test_a_cancelled_order_whose_money_went_back_otherwise_is_right(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    cancel_order(placed.order_id, by=BY)
    (made,) = the_refunds(placed.order_id)
    sandbox.control("refunds", status="failed")
    send_refund(made.id)
    assert any("keeps 3000" in each for each in prove())

    set_refund_aside(made.id, why="Paid by bank transfer.", by=INES)

    assert prove() == []


def test_a_refund_made_in_the_dashboard_takes_the_place_of_one_that_waits(
    watched: Flask, sandbox: StripeStandIn
) -> None:
    with watched.app_context():
        placed = a_paid_basket(sandbox, (1000, 3))
        first, second = (ask_back(placed, some_pieces(placed, 1), by=each) for each in (INES, OMAR))
        sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=2000)

        found = reconcile()

        assert found.problems == []
        states = sorted(refund(each).state for each in (first, second))
        assert states == [RefundState.DECLINED, RefundState.REQUESTED]
        assert the_order(placed.order_id).refunded_minor == 3000
        assert to_ship(placed) == (2, 1)
        assert prove() == []
        assert reconcile().total == 0


def test_a_refund_under_another_key_is_for_the_same_pieces_by_the_same_people(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3), shipping_minor=490)
    made = ask_back(placed, some_pieces(placed, 2, restock=True, shipping=everything(placed).shipping))
    sandbox.control("answer", status=500, on="POST /v1/refunds")
    with pytest.raises(PaymentUnavailable):
        send_refund(made)

    send_refund(made)

    (anew,) = [each for each in the_refunds(placed.order_id) if each.id != made]
    assert (refund(made).state, anew.state, anew.shipping_minor) == ("failed", "settled", 490)
    assert (parts(made), parts(anew.id)) == ([(2, 2000, 2)], [(2, 2000, 0)])
    assert (anew.requested_by, anew.decided_by) == ("7", "7")
    assert (to_ship(placed), shelf(placed), prove()) == ((1, 2), 9, [])


def test_money_that_came_back_and_is_sent_again_has_one_credit_note(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    first = ask_back(placed, some_pieces(placed, 1))
    for _twice in range(2):
        send_refund(first)
        sandbox.control("refund-status", refund=refund(first).stripe_refund_id, status="failed")
        reconcile()
        first = retry_refund(first, by=INES)
    send_refund(first)

    notes = [minor for kind, _number, minor in documents(placed.order_id) if kind == "credit_note"]
    assert (notes, refund(first).state, prove()) == ([1000], RefundState.SETTLED, [])


def test_a_refund_of_a_cancelled_order_is_declined_once_the_bank_has_paid_it_back(
    watched: Flask, sandbox: StripeStandIn
) -> None:
    with watched.app_context():
        placed = a_paid_basket(sandbox, (1000, 3))
        cancel_order(placed.order_id, by=BY)
        (waiting,) = the_refunds(placed.order_id)
        opened = sandbox.control("dispute", payment_intent=the_intent(placed.attempt_id))
        look_at_dispute(str(opened["id"]))
        with pytest.raises(Refused, match="has to go back"):
            decline_refund(waiting.id, why="The bank has it.", by=OMAR)
        sandbox.control("close-dispute", dispute=opened["id"], status="lost")
        look_at_dispute(str(opened["id"]))

        decline_refund(waiting.id, why="The bank has it.", by=OMAR)

        assert refund(waiting.id).state == RefundState.DECLINED
        reconcile()
        assert prove() == []


def test_the_proof_finds_parcels_that_lines_do_not_know_of(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    a_shipment(placed.order_id, pieces=2)
    number = the_order(placed.order_id).number
    (line,) = the_lines(placed.order_id)
    with transaction() as current:
        current.execute(sa.update(OrderLine).values(shipped=1))

    assert prove() == [f"Order {number} has 1 pieces of line {line.id} as sent, its parcels have 2."]


def test_the_proof_finds_an_order_that_is_not_as_far_as_it_says(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    a_shipment(placed.order_id, pieces=2)
    with transaction() as current:
        current.execute(sa.update(Order).values(fulfilment="shipped"))

    assert prove() == [f"Order {the_order(placed.order_id).number} is “shipped”, but should be “partly”."]


def test_the_proof_finds_pieces_called_off_that_nobody_refunds(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    ask_back(placed, some_pieces(placed, 1))
    (line,) = the_lines(placed.order_id)
    with transaction() as current:
        current.execute(sa.update(OrderLine).values(called_off=2))

    number = the_order(placed.order_id).number
    assert prove() == [f"Order {number} has 2 pieces of line {line.id} called off, but only 1 in refunds."]
