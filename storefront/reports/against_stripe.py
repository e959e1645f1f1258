"""Stripe's own account beside our ledger: every difference is a sentence that names the payment.

Asks Stripe for all it has; refuses to change anything.
"""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from storefront.database import release, session
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.refund import Refund, RefundState
from storefront.payments import gateway
from storefront.payments.models import PaymentAttempt


def stripe_is_in_the_ledger() -> Iterator[str]:
    """I1, I9: every payment, refund and dispute that Stripe has is in the ledger, and nothing else is. Raises
    PaymentUnavailable.

    What moved as credit never was at Stripe. Stripe counts a refund from when it is asked for, the ledger once it has
    arrived: what is under way counts too.
    """
    captured, refunded = _ledger_by_intent()
    release()
    for capture in gateway.captures():
        intent = capture.payment_intent_id
        if captured.pop(intent, 0) != capture.amount.minor:
            yield f"Stripe took {capture.amount} by {intent}; the ledger has no such payment."
        if refunded.pop(intent, 0) != capture.refunded.minor:
            yield f"Stripe gave back {capture.refunded} of {intent}; the ledger has another sum."
    for intent, amount in captured.items():
        yield f"The ledger has {amount} by {intent}; Stripe has no such payment."
    for intent, amount in refunded.items():
        if amount:
            yield f"The ledger gave back {amount} of {intent}; Stripe has no such payment."
    yield from _disputes_against_ledger()


def _disputes_against_ledger() -> Iterator[str]:
    kinds = (EntryKind.DISPUTE, EntryKind.DISPUTE_WON)
    entries = sa.select(LedgerEntry.kind, LedgerEntry.stripe_id, LedgerEntry.amount_minor)
    entered = {
        (kind, dispute): int(amount)
        for kind, dispute, amount in session().execute(entries.where(LedgerEntry.kind.in_(kinds)))
    }
    release()
    for found in gateway.disputes():
        moved = {
            EntryKind.DISPUTE: -found.withdrawn.minor,
            EntryKind.DISPUTE_WON: found.reinstated.minor,
        }
        for kind, amount in moved.items():
            if entered.pop((kind, found.id), 0) != amount:
                yield f"Stripe moved {amount} for dispute {found.id}; the ledger has another sum as {kind}."
    for (kind, dispute), amount in entered.items():
        yield f"The ledger has {amount} as {kind} by {dispute}; Stripe has no such dispute."


def _ledger_by_intent() -> tuple[dict[str, int], Counter[str]]:
    captures = sa.select(LedgerEntry.stripe_id, LedgerEntry.amount_minor)
    entered = session().execute(captures.where(LedgerEntry.kind == EntryKind.CAPTURE))
    captured = {intent: int(amount) for intent, amount in entered}
    refunded: Counter[str] = Counter()
    given_back = (
        sa.select(PaymentAttempt.payment_intent_id, LedgerEntry.amount_minor)
        .join(Refund, Refund.stripe_refund_id == LedgerEntry.stripe_id)
        .join(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .where(LedgerEntry.kind.in_((EntryKind.REFUND, EntryKind.REFUND_RETURNED)))
    )
    for intent, amount in session().execute(given_back):
        refunded[intent or ""] -= int(amount)
    under_way = (
        sa.select(PaymentAttempt.payment_intent_id, Refund.amount_minor - Refund.credit_minor)
        .join(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .where(Refund.state == RefundState.SENT, Refund.stripe_refund_id.is_not(None))
    )
    for intent, amount in session().execute(under_way):
        refunded[intent or ""] += int(amount)
    return captured, refunded
