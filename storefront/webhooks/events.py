"""Stripe's events: kept once, answered fast, looked into by a job.

An event is a reason to look, never a fact: duplicates, any order and never-delivered are all normal.
"""

from typing import Any

import structlog

from storefront import jobs
from storefront.checkout.settlement import settle_payment
from storefront.database import transaction
from storefront.errors import NotFound
from storefront.payments import gateway
from storefront.payments.evidence import Event
from storefront.payments.steps import keep_event, mark_handled
from storefront.refunds.actions import record_outcome, sync_refunds
from storefront.webhooks.disputes import look_at_dispute

SESSION_TYPES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
)
REFUND_TYPES = ("refund.created", "refund.updated", "refund.failed")
DISPUTE_TYPES = (
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
TYPES = (*SESSION_TYPES, *REFUND_TYPES, "charge.refunded", *DISPUTE_TYPES)

log = structlog.get_logger("webhooks")


def receive_event(payload: bytes, *, signature: str) -> bool:
    """Keep a signed event and the job that looks into it, in one transaction; whether it was new. Raises Forged."""
    event = gateway.read_event(payload, signature)
    return take_in(event)


def take_in(event: Event) -> bool:
    """Keep an event that is known to be Stripe's, once per id; whether it was new."""
    with transaction():
        new = keep_event(event)
        if new and event.type in TYPES:
            jobs.enqueue("webhooks.handle", _facts(event), key=f"event:{event.id}")
        elif new:
            mark_handled(event.id)
    return new


def _facts(event: Event) -> dict[str, str | None]:
    return {
        "event_id": event.id,
        "kind": event.type,
        "object_id": event.object_id,
        "attempt_id": event.attempt_id,
        "payment_intent_id": event.payment_intent_id,
    }


@jobs.handler("webhooks.handle")
def work_off_event(**facts: Any) -> None:
    """The same as a job, which ends with its settlement: nothing comes after that."""
    if _is_of_a_session(facts["kind"], facts["attempt_id"]):
        with jobs.ending():
            handle_event(**facts)
    else:
        handle_event(**facts)


def handle_event(
    event_id: str, kind: str, object_id: str, attempt_id: str | None, payment_intent_id: str | None
) -> None:
    """Look at what an event is about, as Stripe has it now; a second call changes nothing.

    An event with our mark about an attempt we do not know stays unhandled: the reconciler and `prove` name it.
    A session without our mark is some other system's and none of our business; so is what Stripe does not know.
    """
    if attempt_id and _is_of_a_session(kind, attempt_id):
        try:
            settle_payment(attempt_id, told_by=event_id)
        except NotFound:
            log.warning("event_about_unknown", event_id=event_id, kind=kind, attempt=attempt_id)
        return
    try:
        _look(kind, object_id, payment_intent_id)
    except gateway.Unknown:
        # Whoever signed it has no such thing any more: asking again will not bring it back.
        log.warning("event_about_unknown", event_id=event_id, kind=kind, object=object_id)
    with transaction():
        mark_handled(event_id)


def _look(kind: str, object_id: str, payment_intent_id: str | None) -> None:
    if kind in REFUND_TYPES:
        record_outcome(gateway.refund_by_id(object_id))
    elif kind in DISPUTE_TYPES:
        look_at_dispute(object_id)
    elif payment_intent_id:
        sync_refunds(payment_intent_id)


def _is_of_a_session(kind: str, attempt_id: str | None) -> bool:
    return kind in SESSION_TYPES and bool(attempt_id)
