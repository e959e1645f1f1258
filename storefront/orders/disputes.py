"""Disputed payments: the bank takes money back until somebody wins.

Each step expects the order's lock. The books follow the money, never the state; staff are told of both.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, mail, states
from storefront.config import settings
from storefront.database import require_transaction, session
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.models import Order
from storefront.orders.steps import enter
from storefront.payments.evidence import StripeDispute
from storefront.payments.models import Dispute, DisputeState

# https://docs.stripe.com/api/disputes/object: a word that is not known yet is one to be answered.
STATES = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "prevented": DisputeState.CLOSED,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
WAITING = frozenset({DisputeState.INQUIRY, DisputeState.OPEN})


class Disputed(Refused):
    """No refund: the bank decides about this money, or has given it back already."""


def refuse_disputed(order: Order) -> None:
    """Raise Disputed where a refund would pay back what a bank has taken. An inquiry takes nothing: a refund may
    well end it."""
    standing = sa.select(Dispute.state).where(
        Dispute.order_id == order.id, Dispute.state.in_((DisputeState.OPEN, DisputeState.LOST))
    )
    state = session().scalars(standing.order_by(Dispute.id).limit(1)).first()
    if state == DisputeState.OPEN:
        raise Disputed(_("This payment is disputed. Nothing can be refunded until the bank has decided."))
    if state == DisputeState.LOST:
        raise Disputed(_("The bank has given this payment back: a refund would pay it a second time."))


def is_lost(order: Order) -> bool:
    """Whether the bank has given the order's payment back for good."""
    lost = sa.select(Dispute.id).where(Dispute.order_id == order.id, Dispute.state == DisputeState.LOST)
    return session().scalar(lost.limit(1)) is not None


def record_dispute(order: Order, found: StripeDispute, *, attempt_id: str) -> bool:
    """Record a dispute as Stripe tells it; whether anything changed. A second call changes nothing. A step."""
    dispute = _kept(found)
    state = STATES.get(found.status, DisputeState.OPEN)
    is_new = dispute is None
    if dispute is None:
        dispute = _write(order, found, attempt_id=attempt_id, state=state)
    # What cannot follow is older than what stands: an answer that was overtaken on its way.
    has_moved = is_new or states.may(dispute, state)
    if has_moved:
        _advance(order, dispute, state)
    before = dispute.withdrawn_minor
    has_changed = _follow_the_money(order, dispute, found)
    if dispute.withdrawn_minor < before and dispute.state == DisputeState.LOST and not has_moved:
        _tell(order, dispute, subject=f"dispute:{dispute.id}:{dispute.state}:{dispute.withdrawn_minor}")
    return has_changed or has_moved


def _kept(found: StripeDispute) -> Dispute | None:
    kept = sa.select(Dispute).where(Dispute.stripe_id == found.id)
    return session().scalars(kept, execution_options={"populate_existing": True}).one_or_none()


def _write(order: Order, found: StripeDispute, *, attempt_id: str, state: DisputeState) -> Dispute:
    dispute = Dispute(
        order_id=order.id,
        attempt_id=attempt_id,
        stripe_id=found.id,
        state=state,
        amount_minor=found.amount.minor,
        withdrawn_minor=0,
        currency=found.amount.currency,
        reason=found.reason,
        opened_at=found.created_at,
        due_at=found.due_at,
    )
    current = require_transaction()
    current.add(dispute)
    current.flush()
    return dispute


def _advance(order: Order, dispute: Dispute, state: DisputeState) -> None:
    if dispute.state != state:
        states.advance(dispute, state)
    dispute.closed_at = None if state in WAITING else clock.now()
    audit.record("order.disputed", subject=("order", order.id), code=state)
    _tell(order, dispute, subject=f"dispute:{dispute.id}:{state}")


def _tell(order: Order, dispute: Dispute, *, subject: str) -> None:
    mail.owe(
        "dispute_opened_staff" if dispute.state in WAITING else "dispute_closed_staff",
        subject=subject,
        recipient=settings().staff_email,
        facts={"order_id": order.id, "dispute_id": dispute.id},
    )


def _follow_the_money(order: Order, dispute: Dispute, found: StripeDispute) -> bool:
    """Enter what was withdrawn and what was reinstated, once each; whether anything was new."""
    is_another = dispute.amount_minor != found.amount.minor and _entered(found) is None
    if is_another:
        # A bank may take another amount than it asked about; once it has, that stands.
        dispute.amount_minor = found.amount.minor
    now, amount, moved = clock.now(), Money(dispute.amount_minor, dispute.currency), []
    if found.withdrawn:
        moved.append(enter(order, EntryKind.DISPUTE, -amount, stripe_id=found.id, at=now))
    if found.reinstated:
        back = amount.share(found.reinstated.minor, found.withdrawn.minor)
        moved.append(enter(order, EntryKind.DISPUTE_WON, back, stripe_id=found.id, at=now))
    if any(moved):
        dispute.withdrawn_minor = -(_entered(found) or 0)
    return any(moved) or is_another


def _entered(found: StripeDispute) -> int | None:
    """What the ledger has of it, in minor units; None where no money has moved."""
    kinds = (EntryKind.DISPUTE, EntryKind.DISPUTE_WON)
    entries = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
        LedgerEntry.stripe_id == found.id, LedgerEntry.kind.in_(kinds)
    )
    entered = session().scalar(entries)
    return None if entered is None else int(entered)
