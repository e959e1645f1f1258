"""The end of a payment: paid, expired, failed or not what was asked. One function, whoever calls it.

The webhook, the return page and the reconciler all call `settle_payment`; it asks Stripe and believes only that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storefront import audit, clock, jobs, mail, states
from storefront.cart.steps import spend
from storefront.checkout.calling_off import call_off, take_again, tell_shopper
from storefront.checkout.cancelled import BY_STAFF, Cancelled
from storefront.config import settings
from storefront.database import Prepared, read, release, transaction
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.disputes import Disputed
from storefront.orders.models import Order, OrderState, Source
from storefront.orders.steps import lock_order, mark_paid, mark_processing, quantities, record_capture
from storefront.payments import gateway
from storefront.payments.evidence import PaymentSession
from storefront.payments.models import AttemptState, PaymentAttempt
from storefront.payments.steps import end_attempt, keep_session, lock_attempt, mark_handled, waiting_attempts
from storefront.refunds.steps import give_all_back

# The longest that methods which settle later take (SEPA debit: 14 calendar days at most).
DELAYED_HOLD = timedelta(days=14)

WAITING = frozenset({AttemptState.CREATED, AttemptState.OPEN})
# What an attempt may still be paid from: one that was given up, too, if Stripe has the money.
UNPAID = WAITING | {AttemptState.EXPIRED, AttemptState.FAILED}


@dataclass(frozen=True, slots=True)
class Settlement:
    """How the order of an attempt stands after asking Stripe."""

    order_id: int
    state: OrderState

    @property
    def is_paid(self) -> bool:
        """Whether the order's money is here."""
        return self.state == OrderState.PAID


def settle_payment(attempt_id: str, *, told_by: str | None = None) -> Settlement:
    """Fetch the truth about an attempt from Stripe and record it; a second call changes nothing. The event that it
    is `told_by` has then had its effect.

    Raises NotFound, PaymentUnavailable (nothing was changed; try again).
    """
    attempt = attempt_known(attempt_id)
    is_free = attempt.amount_minor == 0
    found: PaymentSession | None = None
    if attempt.state in UNPAID and not is_free:
        found = session_at_stripe(attempt_id, attempt.session_id, attempt.created_at)
    with transaction():
        if told_by is not None:
            mark_handled(told_by)
        order = lock_order(attempt.order_id)
        locked = lock_attempt(attempt_id)
        if is_free and locked.state in WAITING:
            end_attempt(locked, AttemptState.PAID)
            _accept(order, locked)
        elif found is not None and (locked.state in WAITING or (found.is_paid and locked.state in UNPAID)):
            _record(order, locked, found)
        return Settlement(order.id, order.state)


def attempt_known(attempt_id: str) -> Any:
    """What there is to know before Stripe is asked, with nothing held; raises NotFound."""
    found = read(_ATTEMPT, {"attempt": attempt_id})
    release()
    if not found:
        raise NotFound()
    return found[0]


_ATTEMPT = Prepared(
    sa.select(
        *(PaymentAttempt.order_id, PaymentAttempt.state, PaymentAttempt.amount_minor),
        *(PaymentAttempt.session_id, PaymentAttempt.created_at),
    ).where(PaymentAttempt.id == sa.bindparam("attempt"))
)


def session_at_stripe(attempt_id: str, session_id: str | None, created_at: datetime) -> PaymentSession | None:
    """The attempt's session as it stands, looked up by our id where its answer never reached us."""
    if session_id is not None:
        return gateway.session_by_id(session_id)
    return gateway.find_session(attempt_id, since=created_at)


def _record(order: Order, attempt: PaymentAttempt, found: PaymentSession) -> None:
    keep_session(attempt, session_id=found.id, url=found.url)
    attempt.payment_intent_id = found.payment_intent_id
    if found.is_paid:
        _record_paid(order, attempt, found)
    elif found.status == "expired":
        end_attempt(attempt, AttemptState.EXPIRED)
        _let_go(order, code="expired")
    elif found.has_failed:
        end_attempt(attempt, AttemptState.FAILED)
        _let_go(order, code="payment_failed")
    elif found.status == "complete" and order.state == OrderState.AWAITING_PAYMENT:
        mark_processing(order, hold_until=clock.now() + DELAYED_HOLD)
        tell_shopper("payment_under_way", order)
        spend(order.cart_id, quantities(order.id))
        jobs.enqueue(
            "checkout.expire", {"order_id": order.id}, key=f"expire-delayed:{order.id}", at=order.hold_until
        )


def _record_paid(order: Order, attempt: PaymentAttempt, found: PaymentSession) -> None:
    asked = Money(attempt.amount_minor, attempt.currency)
    if found.payment_intent_id and found.amount:
        record_capture(order, amount=found.amount, payment_intent_id=found.payment_intent_id)
    problem = _mismatch(found, asked=asked, attempt_id=attempt.id)
    if problem:
        _review(order, attempt, problem)
        return
    try:
        _accept(order, attempt)
    except Disputed:
        _review(order, attempt, "disputed")
    else:
        end_attempt(attempt, AttemptState.PAID)


def _review(order: Order, attempt: PaymentAttempt, problem: str) -> None:
    end_attempt(attempt, AttemptState.REVIEW, problem=problem)
    _tell_staff("payment_review", order, attempt)
    audit.record("payment.review", subject=("order", order.id), code=problem)


def _mismatch(found: PaymentSession, *, asked: Money, attempt_id: str) -> str | None:
    """Why what was paid is not what was asked, as a code; None where it is."""
    if found.amount.currency != asked.currency:
        return "currency"
    if found.amount != asked:
        return "amount"
    if found.attempt_id != attempt_id:
        return "reference"
    return "livemode" if found.livemode != settings().is_livemode else None


def _accept(order: Order, attempt: PaymentAttempt) -> None:
    """The money is right: the order is paid, unless it came too late or twice; then all of it goes back.

    Raises Disputed, with nothing written, where it cannot go back because a bank decides about this order's money.
    """
    if order.state in {OrderState.AWAITING_PAYMENT, OrderState.PROCESSING} or (
        _may_live_again(order) and take_again(order)
    ):
        mark_paid(order)
        spend(order.cart_id, quantities(order.id))
    else:
        reason = "late_payment" if order.state == OrderState.CANCELLED else "paid_twice"
        give_all_back(
            order, attempt_id=attempt.id, amount=Money(attempt.amount_minor, attempt.currency), reason=reason
        )
        mail.owe(
            "late_payment_refunded",
            subject=f"attempt:{attempt.id}",
            recipient=order.email,
            facts={"order_id": order.id},
        )
        _tell_staff("late_payment_staff", order, attempt)


def _may_live_again(order: Order) -> bool:
    """Not one that was paid and then cancelled, which has had its invoice; nor one that staff do not want to send."""
    return order.state == OrderState.CANCELLED and order.paid_at is None and order.cancel_code not in BY_STAFF


def _let_go(order: Order, *, code: str) -> None:
    """Cancel an order that was not paid and give its goods back, unless another attempt may still be paid."""
    if not states.may(order, OrderState.CANCELLED) or order.is_paid or waiting_attempts(order.id):
        return
    # A page that closed is no end of an order with a link: it opens another until its goods are given back.
    if order.source == Source.STAFF and code == "expired" and clock.now() < order.hold_until:
        return
    call_off(order, said=Cancelled(code))


def _tell_staff(kind: str, order: Order, attempt: PaymentAttempt) -> None:
    mail.owe(
        kind,
        subject=f"attempt:{attempt.id}",
        recipient=settings().staff_email,
        facts={"order_id": order.id, "attempt_id": attempt.id},
    )
