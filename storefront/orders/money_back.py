"""Refund rows: reserved, sent, settled or failed, with the books kept beside them.

Each step expects the order's lock. The sum reserved never exceeds what was captured: checked here and by CHECK.
"""

from flask_babel import gettext as _

from storefront import audit, clock, states
from storefront.database import require_transaction
from storefront.errors import Refused
from storefront.money import Money, exponent
from storefront.orders.disputes import refuse_disputed
from storefront.orders.models import DocumentKind, EntryKind, Order, Refund, RefundState
from storefront.orders.steps import enter, issue_document

# Money that was never the order's: no invoice names it, so no credit note takes it back.
SURPLUS = frozenset({"late_payment", "paid_twice", "overpaid"})


def reserve_refund(
    order: Order,
    *,
    refund_id: str,
    attempt_id: str,
    amount: Money,
    reason: str,
    source: str = "shop",
) -> Refund:
    """Write an approved refund and reserve its amount; raises Refused beyond what was captured, and Disputed where
    the bank decides about the money. A step."""
    session = require_transaction()
    # One made at Stripe is a fact already, disputed or not.
    if source == "shop":
        refuse_disputed(order)
    if counts(amount, order) and amount > order.refundable:
        raise Refused(_("That is more than what is left of this payment."))
    if exponent(amount.currency) == 3 and amount.minor % 10:
        # What Stripe cannot give back exactly would stay `sent` for ever.
        raise Refused(_("Amounts of this currency end in 0: nothing smaller can be paid back."))
    refund = Refund(
        id=refund_id,
        order_id=order.id,
        attempt_id=attempt_id,
        state=RefundState.REQUESTED,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason,
        source=source,
        created_at=clock.now(),
    )
    states.advance(refund, RefundState.APPROVED)
    if counts(amount, order):
        order.refunded_minor += amount.minor
    session.add(refund)
    session.flush()
    audit.record("refund.approved", subject=("order", order.id), code=reason)
    return refund


def counts(amount: Money, order: Order) -> bool:
    """Whether an amount counts towards the order: money of another currency is in the ledger alone."""
    return amount.currency == order.currency


def mark_refund_sent(refund: Refund) -> None:
    """Committed before Stripe is called: from now on the money may move. A step."""
    states.advance(refund, RefundState.SENT)
    refund.sent_at = clock.now()


def settle_refund(order: Order, refund: Refund, *, stripe_refund_id: str) -> None:
    """Stripe gave the money back: books and credit note. A second call changes nothing. A step."""
    refund.stripe_refund_id = stripe_refund_id
    if refund.state != RefundState.SENT:
        return
    now = clock.now()
    states.advance(refund, RefundState.SETTLED)
    refund.ended_at = now
    amount = Money(refund.amount_minor, refund.currency)
    enter(order, EntryKind.REFUND, -amount, stripe_id=stripe_refund_id, at=now)
    # A credit note corrects an invoice; money that never had one is only given back.
    if order.paid_at is not None and refund.reason not in SURPLUS:
        issue_document(DocumentKind.CREDIT_NOTE, order, amount=amount, at=now, refund_id=refund.id)
    audit.record("refund.settled", subject=("order", order.id), code=refund.reason)


def fail_refund(order: Order, refund: Refund, *, stripe_refund_id: str | None, code: str | None) -> None:
    """Stripe or the bank did not give the money back, at once or days later: the reservation ends, and what the
    books had is entered back. A second call changes nothing. A step."""
    refund.stripe_refund_id = stripe_refund_id or refund.stripe_refund_id
    if refund.state not in {RefundState.SENT, RefundState.SETTLED}:
        return
    now, was_settled = clock.now(), refund.state == RefundState.SETTLED
    states.advance(refund, RefundState.FAILED)
    refund.ended_at, refund.failure_code = now, code
    amount = Money(refund.amount_minor, refund.currency)
    if counts(amount, order):
        order.refunded_minor -= amount.minor
    if was_settled and refund.stripe_refund_id:
        enter(order, EntryKind.REFUND_RETURNED, amount, stripe_id=refund.stripe_refund_id, at=now)
    audit.record("refund.failed", subject=("order", order.id), code=code)
