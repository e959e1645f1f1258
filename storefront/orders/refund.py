"""One refund: money on its way back, by which way and how far it has come.

Knows amounts and states; refuses to know who may begin one. Its steps stand in `money_back`.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Instant, db, partial_index
from storefront.money import Money


class RefundState(StrEnum):
    """requested → approved → sent → settled | failed; requested → declined; settled → failed: it came back."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"
    DECLINED = "declined"


# States of a refund in which its amount is reserved: it may still be, or has been, given back.
RESERVED = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT, RefundState.SETTLED)

# What went back at Stripe though it was not owed, and nobody has seen to.
UNSEEN = "(excess_minor > regained_minor OR spent_minor > 0) AND seen_at IS NULL"

# Why a refund failed that Stripe never had: another took its place, and nobody needs to hear of it.
REPLACED = "replaced"


class Refund(db.Model):
    """Money on its way back. Its id is the idempotency key; the row is committed as `sent` before the call."""

    __tablename__ = "refund"
    __table_args__ = (
        sa.CheckConstraint("amount_minor > 0", name="amount"),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'sent', 'settled', 'failed', 'declined')", name="state"
        ),
        sa.CheckConstraint("0 <= shipping_minor AND shipping_minor <= amount_minor", name="shipping"),
        sa.CheckConstraint("0 <= credit_minor AND credit_minor <= amount_minor", name="credit"),
        # What we begin never exceeds what was captured; what was done at Stripe is a fact.
        sa.CheckConstraint(
            "0 <= excess_minor AND 0 <= spent_minor AND excess_minor + spent_minor <= amount_minor "
            "AND (source = 'stripe' OR (excess_minor = 0 AND spent_minor = 0))",
            name="excess",
        ),
        sa.CheckConstraint("0 <= regained_minor AND regained_minor <= excess_minor", name="regained"),
        partial_index("ix_refund_unseen", "order_id", where=UNSEEN),
    )
    TRANSITIONS: ClassVar[dict[RefundState, set[RefundState]]] = {
        RefundState.REQUESTED: {RefundState.APPROVED, RefundState.DECLINED},
        RefundState.APPROVED: {RefundState.SENT},
        RefundState.SENT: {RefundState.SETTLED, RefundState.FAILED},
        RefundState.SETTLED: {RefundState.FAILED},
    }

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    attempt_id: Mapped[str] = mapped_column(sa.ForeignKey("payment_attempt.id"))
    state: Mapped[RefundState] = mapped_column(sa.String(10), default=RefundState.REQUESTED, index=True)
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    # late_payment, overpaid, requested_by_customer, …: a code, never a sentence about a person.
    reason: Mapped[str] = mapped_column(sa.String(40))
    # shop: begun here; stripe: found at Stripe, made in its dashboard.
    source: Mapped[str] = mapped_column(sa.String(10), default="shop")
    # The part of the amount that pays shipping back; what goods go back for is in `refund_line`.
    shipping_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    # The part of the amount that goes to gift cards or store credit: Stripe is asked for the rest, if any.
    credit_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default=sa.text("0"))
    # Of one made at Stripe: what went back beyond all that was captured, what of that was taken out of credit again,
    # and the price of gift cards that was paid back though they were spent.
    excess_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default=sa.text("0"))
    regained_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default=sa.text("0"))
    spent_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default=sa.text("0"))
    # When somebody accepted that.
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    # What one form, however often it is sent, writes once.
    form_key: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    # The failed refund that this one tries again: each is tried again once.
    retry_of: Mapped[str | None] = mapped_column(sa.ForeignKey("refund.id"), unique=True)
    # The refund that the bank sent back of which this is the credit: that stays given.
    split_of: Mapped[str | None] = mapped_column(sa.ForeignKey("refund.id"), unique=True)
    # Ids of the people who asked for it and who decided; NULL where it went by itself.
    requested_by: Mapped[str | None] = mapped_column(sa.String(60))
    decided_by: Mapped[str | None] = mapped_column(sa.String(60))
    # When somebody saw to a failed one in another way.
    set_aside_at: Mapped[datetime | None] = mapped_column(Instant)
    stripe_refund_id: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    failure_code: Mapped[str | None] = mapped_column(sa.String(60))
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_minor, self.currency)

    @property
    def as_credit(self) -> Money:
        """What of it becomes credit."""
        return Money(self.credit_minor, self.currency)

    @property
    def by_stripe(self) -> Money:
        """What of it Stripe gives back."""
        return self.amount - self.as_credit

    @property
    def excess(self) -> Money:
        """What of it went back twice, and was not taken out of credit again."""
        return Money(self.excess_minor - self.regained_minor, self.currency)

    @property
    def spent(self) -> Money:
        """What of it was the price of gift cards that were spent."""
        return Money(self.spent_minor, self.currency)

    @property
    def is_unseen(self) -> bool:
        """Whether it was not owed, in whole or part, and nobody has seen to that."""
        return self.seen_at is None and bool(self.excess or self.spent)
