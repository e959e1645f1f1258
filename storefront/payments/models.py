"""Attempts to be paid, disputes about what was paid, the events that Stripe sent about both, and its balance.

Knows sessions, intents, disputes, events and balance transactions; refuses to know what was bought.
"""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, append_only, db, partial_index


class AttemptState(StrEnum):
    """created: ours alone; open: at Stripe; paid; expired; failed; review: captured, but not what was asked.

    Expired and failed are what we concluded; money that Stripe then shows us nevertheless is never ignored.
    """

    CREATED = "created"
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"
    REVIEW = "review"


class DisputeState(StrEnum):
    """inquiry: the bank asks, no money has moved; open: to be answered, or under review; won; lost; closed: an
    inquiry that came to nothing."""

    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


def new_id(prefix: str) -> str:
    """An id that is never used again, not even after a restore: Stripe remembers it as idempotency key."""
    return f"{prefix}_{secrets.token_hex(12)}"


class PaymentAttempt(db.Model):
    """One try to be paid for an order. Its id is the idempotency key; `params` is the whole call, frozen."""

    __tablename__ = "payment_attempt"
    __table_args__ = (
        sa.CheckConstraint("amount_minor >= 0", name="amount"),
        sa.CheckConstraint(
            "state IN ('created', 'open', 'paid', 'expired', 'failed', 'review')", name="state"
        ),
        sa.Index("ix_payment_attempt_waiting", "state", "expires_at"),
    )
    TRANSITIONS: ClassVar[dict[AttemptState, set[AttemptState]]] = {
        AttemptState.CREATED: {
            AttemptState.OPEN,
            AttemptState.PAID,
            AttemptState.EXPIRED,
            AttemptState.FAILED,
        },
        AttemptState.OPEN: {
            AttemptState.PAID,
            AttemptState.EXPIRED,
            AttemptState.FAILED,
            AttemptState.REVIEW,
        },
        AttemptState.EXPIRED: {AttemptState.PAID, AttemptState.REVIEW},
        AttemptState.FAILED: {AttemptState.PAID, AttemptState.REVIEW},
        AttemptState.REVIEW: {AttemptState.PAID, AttemptState.FAILED},
    }

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True, default=lambda: new_id("att"))
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    state: Mapped[AttemptState] = mapped_column(sa.String(10), default=AttemptState.CREATED)
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    params: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    session_id: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    session_url: Mapped[str | None] = mapped_column(sa.Text)
    payment_intent_id: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(sa.String(200))


class Dispute(db.Model):
    """A cardholder's objection at their bank, as Stripe last told it.

    `withdrawn_minor` is what it keeps from the shop now, in minor units: nothing before money moved, and nothing
    once it was reinstated; a part where only a part was.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint("0 <= withdrawn_minor AND withdrawn_minor <= amount_minor", name="withdrawn"),
        sa.CheckConstraint("state IN ('inquiry', 'open', 'won', 'lost', 'closed')", name="state"),
    )
    # Stripe tells how it stands, not how it came there: steps between may never be seen. Lost may be appealed.
    TRANSITIONS: ClassVar[dict[DisputeState, set[DisputeState]]] = {
        DisputeState.INQUIRY: {DisputeState.OPEN, DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED},
        DisputeState.OPEN: {DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED},
        DisputeState.WON: {DisputeState.LOST},
        DisputeState.LOST: {DisputeState.OPEN, DisputeState.WON},
        DisputeState.CLOSED: {DisputeState.OPEN, DisputeState.WON, DisputeState.LOST},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    attempt_id: Mapped[str] = mapped_column(sa.ForeignKey("payment_attempt.id"))
    stripe_id: Mapped[str] = mapped_column(sa.String(255), unique=True)
    state: Mapped[DisputeState] = mapped_column(sa.String(10), index=True)
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    withdrawn_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    currency: Mapped[str] = mapped_column(sa.String(3))
    # Stripe's code: fraudulent, product_not_received, …
    reason: Mapped[str] = mapped_column(sa.String(60))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    # Until when the bank takes evidence.
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class StripeEvent(db.Model):
    """An event as Stripe sent it, kept for 30 days; its id takes effect once."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        partial_index(
            "ix_stripe_event_unhandled",
            "received_at",
            where="handled_at IS NULL",
        ),
    )

    id: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    type: Mapped[str] = mapped_column(sa.String(80))
    payload: Mapped[str] = mapped_column(sa.Text)
    received_at: Mapped[datetime] = mapped_column(Instant, index=True)
    handled_at: Mapped[datetime | None] = mapped_column(Instant)


class BalanceMovement(db.Model):
    """One balance transaction of Stripe's: what came in or went out, fees and payouts too.

    In minor units of Stripe's settlement currency, which may be another than the shop's; `amount_minor` is signed,
    `fee_minor` is taken from it. `kind` is Stripe's own word: https://docs.stripe.com/reports/balance-transaction-types
    """

    __tablename__ = "balance_movement"
    __table_args__ = (sa.Index("ix_balance_movement_at", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stripe_id: Mapped[str] = mapped_column(sa.String(255), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    fee_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    source_id: Mapped[str | None] = mapped_column(sa.String(255))
    at: Mapped[datetime] = mapped_column(Instant)


append_only("balance_movement", why="Stripe adds to its books, and never changes them")


class CheckKind(StrEnum):
    """proof: the books were held against themselves and Stripe; reconcile: what events missed was put right."""

    PROOF = "proof"
    RECONCILE = "reconcile"


class BooksCheck(db.Model):
    """What a proof or a reconcile found: how much it changed, and the sentences it ended with (the first of them).

    The sentences name orders, goods and objects at Stripe, never a person.
    """

    __tablename__ = "books_check"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('proof', 'reconcile')", name="kind"),
        sa.Index("ix_books_check_kind_ended", "kind", "ended_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[CheckKind] = mapped_column(sa.String(20))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime] = mapped_column(Instant)
    changed: Mapped[dict[str, int]] = mapped_column(sa.JSON)
    problems: Mapped[list[str]] = mapped_column(sa.JSON)
    problem_count: Mapped[int] = mapped_column()

    @property
    def is_right(self) -> bool:
        """Whether nothing was left for a person."""
        return not self.problem_count
