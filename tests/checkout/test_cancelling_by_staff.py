"""Cancelling by staff: goods back on the shelf, the page closed or the money given back, never after a parcel."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit, mail
from storefront.catalogue.models import Variant
from storefront.checkout import cancelling
from storefront.checkout.actions import Placed, settle_payment
from storefront.checkout.cancelling import cancel_order
from storefront.database import session
from storefront.errors import NotFound, PaymentUnavailable, Refused
from storefront.mail.models import OutgoingMail
from storefront.orders.disputes import Disputed
from storefront.orders.models import OrderState
from storefront.orders.refund import RefundState
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import refund_order
from storefront.refunds.reckoning import Wanted
from storefront.reports.prove import prove
from storefront.webhooks.disputes import look_at_dispute
from tests.builders import payments
from tests.builders.orders import an_order, pay_later, the_order, the_refunds
from tests.builders.payments import a_paid_order, a_refund, an_open_order
from tests.builders.shipments import BY, a_shipment, line_ids, the_lines
from tests.servers.stripe import StripeStandIn


def on_hand() -> int | None:
    """Pieces on the shelf of the one variant there is."""
    return session().scalars(sa.select(Variant), execution_options={"populate_existing": True}).one().on_hand


def mails(kind: str) -> int:
    found = sa.select(sa.func.count()).select_from(OutgoingMail).where(OutgoingMail.kind == kind)
    return int(session().scalar(found) or 0)


def test_an_unpaid_order_closes_its_page_and_gives_its_goods_back(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = an_open_order(on_hand=3, pieces=2)

    for _again in range(2):
        cancel_order(placed.order_id, by=BY)

    order = the_order(placed.order_id)
    assert (order.state, order.cancel_code, on_hand()) == (OrderState.CANCELLED, "staff", 3)
    assert [each["status"] for each in sandbox.state()["sessions"]] == ["expired"]
    cancelled = [each for each in audit.history(("order", order.id)) if each.verb == "order.cancelled"]
    assert [(each.actor_kind, each.actor_id) for each in cancelled] == [("staff", "7")]
    assert mails("order_cancelled") == 1


def test_a_paid_order_gives_everything_back_once(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox, price_minor=2400, on_hand=3, pieces=2)

    for _again in range(2):
        cancel_order(placed.order_id, by=BY)
    (refund,) = the_refunds(placed.order_id)
    send_refund(refund.id)

    order = the_order(placed.order_id)
    assert (order.state, order.refunded_minor, on_hand()) == (OrderState.CANCELLED, 4800, 3)
    assert (the_refunds(placed.order_id)[0].state, mails("order_cancelled")) == (RefundState.SETTLED, 1)
    assert prove() == []


def test_what_went_back_before_does_not_go_back_again(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox, price_minor=2400)
    a_refund(placed, minor=1000)

    cancel_order(placed.order_id, by=BY)

    assert [each.amount_minor for each in the_refunds(placed.order_id)] == [1000, 1400]


def test_pieces_refunded_before_they_left_are_never_sent_and_given_back_once(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox, price_minor=1000, on_hand=5, pieces=3)
    line_id = line_ids(placed.order_id)[0]
    wanted = Wanted(pieces={line_id: 1}, restock=frozenset({line_id}))
    refund_order(placed.order_id, wanted, reason="changed_mind", note="", form_key="0" * 32, by=BY)

    assert [(line.to_ship, line.called_off) for line in the_lines(placed.order_id)] == [(2, 1)]
    assert on_hand() == 3
    cancel_order(placed.order_id, by=BY)

    assert (on_hand(), sum(each.amount_minor for each in the_refunds(placed.order_id))) == (5, 3000)


def test_once_a_parcel_has_left_it_is_not_cancelled(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox, on_hand=3, pieces=2)
    a_shipment(placed.order_id, pieces=1)

    with pytest.raises(Refused, match="A parcel has left"):
        cancel_order(placed.order_id, by=BY)

    assert (the_order(placed.order_id).is_paid, on_hand(), the_refunds(placed.order_id)) == (True, 1, [])


def test_a_payment_under_way_is_waited_for(inside: Flask) -> None:
    order_id = an_order()
    pay_later(order_id)

    with pytest.raises(Refused, match="under way"):
        cancel_order(order_id, by=BY)


def test_an_order_paid_in_this_moment_is_looked_at_again(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_open_order()
    payments.pay(sandbox, placed)

    with pytest.raises(Refused, match="paid in this moment"):
        cancel_order(placed.order_id, by=BY)

    assert the_order(placed.order_id).is_paid


def test_a_disputed_order_is_not_cancelled(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox, on_hand=3)
    opened = sandbox.control("dispute", payment_intent=payments.the_intent(placed.attempt_id))
    look_at_dispute(str(opened["id"]))

    with pytest.raises(Disputed):
        cancel_order(placed.order_id, by=BY)

    assert (the_order(placed.order_id).is_paid, on_hand()) == (True, 2)


def test_while_stripe_is_silent_nothing_changes(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_open_order(on_hand=3)
    sandbox.close()

    with pytest.raises(PaymentUnavailable):
        cancel_order(placed.order_id, by=BY)

    assert (the_order(placed.order_id).state, on_hand()) == (OrderState.AWAITING_PAYMENT, 2)


def test_half_a_cancellation_is_none(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = a_paid_order(sandbox, on_hand=3)

    def fall_over(_order: object) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as broken:
        broken.setattr(cancelling, "tell_cancelled", fall_over)
        with pytest.raises(RuntimeError):
            cancel_order(placed.order_id, by=BY)

    assert (the_order(placed.order_id).is_paid, the_refunds(placed.order_id), on_hand()) == (True, [], 2)
    cancel_order(placed.order_id, by=BY)
    assert on_hand() == 3


def test_a_cancelled_order_that_was_paid_stays_cancelled_whatever_is_paid_later(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox, on_hand=3)
    cancel_order(placed.order_id, by=BY)

    assert not settle_payment(placed.attempt_id).is_paid
    assert (the_order(placed.order_id).state, on_hand()) == (OrderState.CANCELLED, 3)


def test_sending_and_cancelling_at_once_is_one_of_both(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        placed = a_paid_order(sandbox, on_hand=3, pieces=2)

    done = at_once(app, lambda: a_shipment(placed.order_id), lambda: cancel_order(placed.order_id, by=BY))

    with app.app_context():
        order = the_order(placed.order_id)
        assert sum(done) == 1
        assert (order.has_shipped, order.state) in {(True, OrderState.PAID), (False, OrderState.CANCELLED)}
        assert on_hand() == (1 if order.has_shipped else 3)


def at_once(app: Flask, *things: Callable[[], object]) -> list[bool]:
    """Which of these worked when all were begun at the same moment."""
    gate = threading.Barrier(len(things))

    def begin(do: Callable[[], object]) -> bool:
        with app.app_context():
            gate.wait()
            try:
                do()
            except (Refused, sa.orm.exc.StaleDataError):
                return False
            return True

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(begin, things))


@pytest.mark.parametrize("order_id", [0, -1, 404, 2**63])
def test_an_order_that_never_was_is_not_found(inside: Flask, order_id: int) -> None:
    with pytest.raises(NotFound):
        cancel_order(order_id, by=BY)


@pytest.mark.parametrize("paid", [True, False])
def test_the_customer_is_told_what_becomes_of_the_money(
    inside: Flask, sandbox: StripeStandIn, paid: bool
) -> None:
    placed: Placed = a_paid_order(sandbox) if paid else an_open_order()

    cancel_order(placed.order_id, by=BY)

    owed = session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == "order_cancelled")).one()
    mail.send_mail(mail=owed.id)
    written = session().get_one(OutgoingMail, owed.id, populate_existing=True)
    said = "€24.00, goes back the way it came" if paid else "Nothing has been charged."
    assert said in " ".join((written.text or "").split())
