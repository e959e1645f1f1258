"""Giving up what nobody has paid: the payment page closed at Stripe first, then the order cancelled.

Knows how to be overtaken by a payment; refuses to record one: that is in `settlement`.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock, jobs
from storefront.checkout.calling_off import call_off
from storefront.checkout.cancelled import Cancelled
from storefront.checkout.settlement import WAITING, attempt_known, session_at_stripe, settle_payment
from storefront.database import release, session, transaction
from storefront.errors import Refused
from storefront.orders.models import Order, OrderState
from storefront.orders.queries import is_in_review
from storefront.orders.steps import SYSTEM, Actor, lock_order
from storefront.payments import gateway
from storefront.payments.models import AttemptState, PaymentAttempt
from storefront.payments.steps import end_attempt, waiting_attempts


def cancel_unpaid(order_id: int, *, code: str, by: Actor = SYSTEM) -> bool:
    """Cancel an order nobody has paid, after closing its payment page at Stripe; whether it is cancelled now.

    Raises as `cancel_unpaid_saying`.
    """
    return cancel_unpaid_saying(order_id, Cancelled(code), by=by)


def cancel_unpaid_saying(order_id: int, said: Cancelled, *, by: Actor) -> bool:
    """The same with what staff say of it.

    Paid meanwhile: it is settled instead, and False. Raises Refused where a payment is in review, PaymentUnavailable
    where Stripe cannot be asked: then nothing was changed.
    """
    while True:
        closed = {attempt_id: close_page(attempt_id) for attempt_id in waiting_ids(order_id)}
        with transaction():
            order = lock_order(order_id)
            if order.state == OrderState.CANCELLED:
                return True
            if order.is_paid or (order.state == OrderState.PROCESSING and clock.now() < order.hold_until):
                return False
            if is_in_review(order_id):
                raise Refused(
                    _("A person is looking at your payment. We will write to you; please do not pay again.")
                )
            waiting = waiting_attempts(order_id)
            if all(each.session_id in {None, closed.get(each.id)} for each in waiting):
                _cancel(order, waiting, said=said, by=by)
                return True
        # A page was opened between the look and the lock: it is closed, too, before anything is given back.


def _cancel(order: Order, waiting: list[PaymentAttempt], *, said: Cancelled, by: Actor) -> None:
    # A payment under way past its time stays open: its money may still come, and is then dealt with.
    if order.state == OrderState.AWAITING_PAYMENT:
        for attempt in waiting:
            end_attempt(attempt, AttemptState.EXPIRED)
    call_off(order, said=said, by=by)


def waiting_ids(order_id: int) -> list[str]:
    """Ids of the attempts from which an order may still be paid, with nothing held any more."""
    waiting = sa.select(PaymentAttempt.id).where(
        PaymentAttempt.order_id == order_id, PaymentAttempt.state.in_(WAITING)
    )
    found = list(session().scalars(waiting))
    release()
    return found


def close_page(attempt_id: str) -> str | None:
    """See that nobody can pay an attempt any more, then record how it ended; the id of the session closed."""
    attempt = attempt_known(attempt_id)
    is_free = attempt.amount_minor == 0
    found = None if is_free else session_at_stripe(attempt_id, attempt.session_id, attempt.created_at)
    if found is None:
        return None
    if found.status == "open":
        found = gateway.expire_session(found.id)
    if found.status != "expired":
        settle_payment(attempt_id)
    return found.id


@jobs.handler("checkout.expire")
def expire_order(order_id: int) -> None:
    """When a hold ends: cancel what was not paid. An order in review keeps its goods until a person decides."""
    order = session().get(Order, order_id)
    if order is None or order.state not in {OrderState.AWAITING_PAYMENT, OrderState.PROCESSING}:
        return
    if clock.now() < order.hold_until or is_in_review(order_id):
        return
    cancel_unpaid(order_id, code="expired")
