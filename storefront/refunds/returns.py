"""What shoppers want to send back: requests with their lines, what was decided about each, and what was written.

Knows states and counts; refuses to know what a policy says. Design: docs/promises.md.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database import BigId, Instant, append_only, db
from storefront.money import Money


class ReturnState(StrEnum):
    """open: waits for a person; approved: its money may go; awaiting_goods, received: goods first; closed: the money
    is on its way, or it ended without; declined."""

    OPEN = "open"
    APPROVED = "approved"
    AWAITING_GOODS = "awaiting_goods"
    RECEIVED = "received"
    CLOSED = "closed"
    DECLINED = "declined"


# Those that still hold pieces, and for which something is still to be done.
LIVE = (ReturnState.OPEN, ReturnState.APPROVED, ReturnState.AWAITING_GOODS, ReturnState.RECEIVED)


class Verdict(StrEnum):
    """What was decided: waits: by the policy, that a person decides; ended: closed without money."""

    WAITS = "waits"
    APPROVED = "approved"
    DECLINED = "declined"
    ENDED = "ended"


class Ground(StrEnum):
    """By which rule: within the policy's automatic limit or above it, not covered by it; or a person's word, which
    may be against the policy (`override`); or what became of the order meanwhile; or the shopper's own word."""

    WITHIN_LIMIT = "within_limit"
    ABOVE_LIMIT = "above_limit"
    NOT_COVERED = "not_covered"
    BY_STAFF = "by_staff"
    OVERRIDE = "override"
    WITHDRAWAL = "withdrawal"
    ORDER_CANCELLED = "order_cancelled"
    TAKEN_BACK = "taken_back"


class ReturnNoteKind(StrEnum):
    """shopper: what they wrote; told: what they were told of why; staff: said among staff."""

    SHOPPER = "shopper"
    TOLD = "told"
    STAFF = "staff"


class ReturnRequest(db.Model):
    """Pieces of an order that a shopper wants to send back, and their money.

    `amount_minor` is what was shown when it was asked for, all included; what goes back is in the refund.
    """

    __tablename__ = "return_request"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'awaiting_goods', 'received', 'closed', 'declined')", name="state"
        ),
        sa.CheckConstraint("amount_minor >= 0", name="amount"),
        sa.Index("ix_return_request_of_state", "state", "id"),
    )
    TRANSITIONS: ClassVar[dict[ReturnState, set[ReturnState]]] = {
        # Whoever asked may take it back.
        ReturnState.OPEN: {ReturnState.APPROVED, ReturnState.DECLINED, ReturnState.CLOSED},
        ReturnState.APPROVED: {ReturnState.AWAITING_GOODS, ReturnState.CLOSED},
        # Goods that never came end a request, too.
        ReturnState.AWAITING_GOODS: {ReturnState.RECEIVED, ReturnState.CLOSED},
        ReturnState.RECEIVED: {ReturnState.CLOSED},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    # What one form, however often it is sent, writes once.
    form_key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    state: Mapped[ReturnState] = mapped_column(sa.String(20), default=ReturnState.OPEN)
    policy_version_id: Mapped[int] = mapped_column(sa.ForeignKey("policy_version.id"))
    # One of the reasons in `words`: a code, never a sentence about a person.
    reason: Mapped[str] = mapped_column(sa.String(40))
    currency: Mapped[str] = mapped_column(sa.String(3))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    # Whether the shopper wants it as credit rather than back on the card.
    to_credit: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # The refund by which its money goes back; the newest, where one took another's place.
    refund_id: Mapped[str | None] = mapped_column(sa.ForeignKey("refund.id"), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    received_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    lines: Mapped[list["ReturnLine"]] = relationship(order_by="ReturnLine.order_line_id", lazy="raise")

    @property
    def number(self) -> str:
        """What people call it by, and write on the parcel."""
        return f"R{self.id}"

    @property
    def amount(self) -> Money:
        """What was shown when it was asked for."""
        return Money(self.amount_minor, self.currency)

    @property
    def waits_for_refund(self) -> bool:
        """Whether its money may go and no refund has it."""
        return self.state in {ReturnState.APPROVED, ReturnState.RECEIVED} and self.refund_id is None


class ReturnLine(db.Model):
    """Pieces of one order line in a request. Of the `quantity` asked for, `accepted` still count: `received` came
    back, or need not; `restocked` went on the shelf again."""

    __tablename__ = "return_line"
    __table_args__ = (
        sa.UniqueConstraint("request_id", "order_line_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("0 <= accepted AND accepted <= quantity", name="accepted"),
        sa.CheckConstraint("0 <= received AND received <= quantity", name="received"),
        sa.CheckConstraint("0 <= restocked AND restocked <= received", name="restocked"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("return_request.id"))
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int] = mapped_column()
    accepted: Mapped[int] = mapped_column()
    received: Mapped[int] = mapped_column(default=0)
    restocked: Mapped[int] = mapped_column(default=0)
    # What the policy said of the line when it was asked for.
    is_covered: Mapped[bool] = mapped_column()
    rule: Mapped[str] = mapped_column(sa.String(20))
    ends_on: Mapped[date | None] = mapped_column()


class ReturnDecision(db.Model):
    """What was decided about a request, by which rule of which policy, on which facts, and by whom."""

    __tablename__ = "return_decision"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("return_request.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(sa.String(20))
    ground: Mapped[Ground] = mapped_column(sa.String(20))
    policy_version_id: Mapped[int] = mapped_column(sa.ForeignKey("policy_version.id"))
    # Ids, codes, days and amounts: what it was decided on.
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    actor_kind: Mapped[str] = mapped_column(sa.String(30))
    actor_id: Mapped[str | None] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(Instant)


append_only("return_decision", why="what was decided, and on what, is what it was")


class ReturnNote(db.Model):
    """What somebody wrote about a request: kept apart, so that it can be erased."""

    __tablename__ = "return_note"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("return_request.id"), index=True)
    kind: Mapped[ReturnNoteKind] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(Instant)
