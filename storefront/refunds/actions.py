"""Sending money back, and learning what became of it.

The row is committed as `sent` before Stripe is called; the answer, the webhook and the reconciler all end in
`record_outcome`, whichever comes first.
"""

from contextlib import suppress

import sqlalchemy as sa

from storefront import jobs, mail
from storefront.config import settings
from storefront.database import lock, release, savepoint, session, transaction
from storefront.errors import NotFound, PaymentDeclined, Refused
from storefront.money import Money
from storefront.orders.disputes import Disputed
from storefront.orders.models import Order, OrderState
from storefront.orders.money_back import (
    fail_refund,
    mark_refund_sent,
    reserve_refund,
    settle_as_credit,
    settle_refund,
)
from storefront.orders.refund import REPLACED, Refund, RefundState
from storefront.orders.steps import lock_order
from storefront.payments import gateway
from storefront.payments.evidence import StripeRefund
from storefront.payments.gateway import Replayed
from storefront.payments.models import PaymentAttempt, new_id
from storefront.refunds.cards_back import take_cards_back_after
from storefront.refunds.steps import (
    MADE_AT_STRIPE,
    make_room,
    refund_rest,
    send_in_place_of,
    split_off_credit,
)

# Stripe's words for refunds that will not happen.
FAILED = frozenset({"failed", "canceled"})


@jobs.handler("refund.send")
def send_refund(refund_id: str) -> None:
    """Call Stripe for its part of one refund, if it has one; running it again is harmless: the refund's id is the
    idempotency key.

    Raises PaymentUnavailable (nothing is lost, the job is tried again).
    """
    intent_id, amount, is_due, was_sent = _prepare(refund_id)
    if not is_due:
        return
    if was_sent:
        # Its answer was lost, or its key is forgotten: Stripe is asked what it has before it is asked for more.
        known = [each for each in gateway.refunds_of(intent_id) if each.refund_id == refund_id]
        if known:
            record_outcome(known[0])
            return
    try:
        made = gateway.send_refund(payment_intent_id=intent_id, amount=amount, key=refund_id)
    except PaymentDeclined:
        _record_refusal(refund_id)
    except Replayed:
        _send_anew(refund_id, intent_id)
    else:
        record_outcome(made)


def _send_anew(refund_id: str, intent_id: str) -> None:
    """Stripe repeats a failure under this refund's key for a day. What it did nevertheless is recorded; if it did
    nothing, another row with a key of its own takes the place."""
    known = [each for each in gateway.refunds_of(intent_id) if each.refund_id == refund_id]
    if known:
        record_outcome(known[0])
        return
    with transaction():
        refund, order = _locked(refund_id)
        if refund.state != RefundState.SENT or refund.stripe_refund_id is not None:
            return
        fail_refund(order, refund, stripe_refund_id=None, code=REPLACED)
        try:
            anew = send_in_place_of(order, refund)
        except Disputed:
            _tell_staff(order, refund)
            return
    send_refund(anew.id)


def _prepare(refund_id: str) -> tuple[str, Money, bool, bool]:
    with transaction():
        refund, order = _locked(refund_id)
        attempt = session().get_one(PaymentAttempt, refund.attempt_id)
        was_sent = refund.state == RefundState.SENT
        if refund.state == RefundState.APPROVED:
            mark_refund_sent(refund)
        if not refund.by_stripe:
            settle_as_credit(order, refund)
        is_due = refund.state == RefundState.SENT and refund.stripe_refund_id is None
        return attempt.payment_intent_id or "", refund.by_stripe, is_due, was_sent


def _locked(refund_id: str) -> tuple[Refund, Order]:
    order_id = session().scalar(sa.select(Refund.order_id).where(Refund.id == refund_id))
    if order_id is None:
        raise NotFound()
    order = lock_order(order_id)
    return lock(Refund, refund_id), order


def record_outcome(found: StripeRefund) -> bool:
    """Record a refund as Stripe tells it, ours or one made in its dashboard; whether anything changed.

    A refund that carries our id, or whose Stripe id we know, is never imported a second time.
    """
    refund_id = _known(found)
    if refund_id is None:
        return _import(found)
    with transaction():
        refund, order = _locked(refund_id)
        before = (refund.state, refund.stripe_refund_id)
        _advance(order, refund, found)
        return before != (refund.state, refund.stripe_refund_id)


def _known(found: StripeRefund) -> str | None:
    # By Stripe's id, else by ours, but only where no other refund at Stripe has taken that place already.
    unclaimed = sa.and_(Refund.id == (found.refund_id or ""), Refund.stripe_refund_id.is_(None))
    ours = sa.select(Refund.id).where(sa.or_(Refund.stripe_refund_id == found.id, unclaimed))
    refund_id = session().scalars(ours.order_by(Refund.stripe_refund_id.is_(None)).limit(1)).first()
    release()
    return refund_id


def _advance(order: Order, refund: Refund, found: StripeRefund) -> None:
    if found.status == "succeeded":
        settle_refund(order, refund, stripe_refund_id=found.id)
    elif found.status in FAILED:
        _fail(order, refund, stripe_refund_id=found.id, code=found.failure_code or found.status)
    else:
        refund.stripe_refund_id = found.id


def _fail(order: Order, refund: Refund, *, stripe_refund_id: str | None, code: str) -> None:
    if refund.state == RefundState.FAILED:
        return
    if refund.state == RefundState.SETTLED:
        split_off_credit(refund)
    fail_refund(order, refund, stripe_refund_id=stripe_refund_id, code=code)
    _tell_staff(order, refund)


def _tell_staff(order: Order, refund: Refund) -> None:
    mail.owe(
        "refund_failed_staff",
        subject=f"refund:{refund.id}",
        recipient=settings().staff_email,
        facts={"order_id": order.id, "refund_id": refund.id},
    )


def _record_refusal(refund_id: str) -> None:
    with transaction():
        refund, order = _locked(refund_id)
        _fail(order, refund, stripe_refund_id=None, code="refused")


def _import(found: StripeRefund) -> bool:
    """Enter a refund that was made in Stripe's dashboard, owed or not; nothing where the payment is not ours."""
    if found.payment_intent_id is None or found.status in FAILED:
        return False
    with transaction():
        of_intent = sa.select(PaymentAttempt).where(
            PaymentAttempt.payment_intent_id == found.payment_intent_id
        )
        attempt = session().scalars(of_intent).one_or_none()
        if attempt is None:
            return False
        order = lock_order(attempt.order_id)
        if session().scalar(sa.select(Refund.id).where(Refund.stripe_refund_id == found.id)) is not None:
            return False
        declined = make_room(order, attempt, found.amount)
        refund = reserve_refund(
            order,
            refund_id=new_id("ref"),
            attempt_id=attempt.id,
            amount=found.amount,
            reason=MADE_AT_STRIPE,
            source="stripe",
        )
        mark_refund_sent(refund)
        take_cards_back_after(order, refund)
        _advance(order, refund, found)
        refund.stripe_refund_id = found.id
        if declined is not None:
            _ask_for_the_rest(order, declined)
        return True


def _ask_for_the_rest(order: Order, declined: Refund) -> None:
    """Of a cancelled order all has to go back: what is left is asked for by whoever asked for more before."""
    if order.state != OrderState.CANCELLED:
        return
    # Nobody is here to be told that a bank decides, or that a gift card it sold was spent.
    with suppress(Refused), savepoint():
        refund_rest(order, reason=declined.reason, by=("staff", declined.requested_by))


def sync_refunds(payment_intent_id: str) -> bool:
    """Record every refund that Stripe has for one payment; whether anything changed."""
    changed = [record_outcome(found) for found in gateway.refunds_of(payment_intent_id)]
    return any(changed)
