"""Learning of disputes: whoever tells of one, Stripe is asked how it stands, and its payment is settled first.

Knows whose payment it is; refuses to know what a dispute means.
"""

from datetime import timedelta

import sqlalchemy as sa

from storefront import clock
from storefront.checkout.settlement import settle_payment
from storefront.database import release, session, transaction
from storefront.orders import disputes
from storefront.orders.steps import lock_order
from storefront.payments import gateway
from storefront.payments.evidence import StripeDispute
from storefront.payments.models import Dispute, DisputeState, PaymentAttempt

LOST_OF_LATE = timedelta(days=30)


def look_at_dispute(stripe_dispute_id: str) -> bool:
    """Ask Stripe how a dispute stands and record it; whether anything changed. Raises PaymentUnavailable."""
    return record_dispute(gateway.dispute_by_id(stripe_dispute_id))


def record_dispute(found: StripeDispute) -> bool:
    """Record a dispute as Stripe tells it; whether anything changed. Nothing where its payment is not ours.

    Raises PaymentUnavailable where the disputed payment is to be settled first and Stripe is silent.
    """
    attempt_id = _attempt_of(found)
    if attempt_id is None:
        return False
    with transaction():
        attempt = session().get_one(PaymentAttempt, attempt_id)
        order = lock_order(attempt.order_id)
        return disputes.record_dispute(order, found, attempt_id=attempt_id)


def _attempt_of(found: StripeDispute) -> str | None:
    """The attempt whose payment is disputed; one that we have not heard of yet is settled now."""
    if found.payment_intent_id is None:
        return None
    attempt_id = _paid_by(found.payment_intent_id)
    if attempt_id is None and found.attempt_id is not None and _is_known(found.attempt_id):
        settle_payment(found.attempt_id)
        attempt_id = _paid_by(found.payment_intent_id)
    return attempt_id


def _paid_by(payment_intent_id: str) -> str | None:
    paid = sa.select(PaymentAttempt.id).where(PaymentAttempt.payment_intent_id == payment_intent_id)
    attempt_id: str | None = session().scalar(paid)
    release()
    return attempt_id


def _is_known(attempt_id: str) -> bool:
    known = session().get(PaymentAttempt, attempt_id) is not None
    release()
    return known


def waiting_disputes() -> list[str]:
    """Stripe's ids of the disputes whose end we have not seen: undecided, or won and not paid back yet, or lost of
    late, of which a part may still come back."""
    is_owed = sa.and_(Dispute.state == DisputeState.WON, Dispute.withdrawn_minor > 0)
    may_be_owed = sa.and_(
        Dispute.state == DisputeState.LOST,
        Dispute.withdrawn_minor == Dispute.amount_minor,
        Dispute.closed_at > clock.now() - LOST_OF_LATE,
    )
    waiting = sa.or_(Dispute.state.in_(disputes.WAITING), is_owed, may_be_owed)
    found = list(session().scalars(sa.select(Dispute.stripe_id).where(waiting)))
    release()
    return found
