"""Statements of withdrawal: what somebody declared and when, and what a person decided about it.

Knows statements, whether or not they match an order; refuses to know whether one is in time: that is the policy's.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, db

# Within how many days of the statement the money goes back: Directive 2011/83/EU Art. 13(1).
DAYS_TO_PAY = 14


class WithdrawalState(StrEnum):
    """open: received and acknowledged, nobody has decided; accepted: its goods and money are a return; refused."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Withdrawal(db.Model):
    """A statement as it was made. `order_id` is the order that its number and address belong to, if there is one;
    `facts` and the policy are what was decided on."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'accepted', 'refused')", name="state"),
        sa.Index("ix_withdrawal_of_state", "state", "id"),
    )
    TRANSITIONS: ClassVar[dict[WithdrawalState, set[WithdrawalState]]] = {
        WithdrawalState.OPEN: {WithdrawalState.ACCEPTED, WithdrawalState.REFUSED},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # What one form, however often it is sent, writes once.
    form_key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    received_at: Mapped[datetime] = mapped_column(Instant)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(320), index=True)
    # As it was typed: nobody is turned away for a number that is none.
    number: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    state: Mapped[WithdrawalState] = mapped_column(sa.String(20), default=WithdrawalState.OPEN)
    policy_version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("policy_version.id"))
    facts: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    # Who decided, and what was said: to the person, and among staff.
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    actor_kind: Mapped[str | None] = mapped_column(sa.String(30))
    actor_id: Mapped[str | None] = mapped_column(sa.String(60))
    told: Mapped[str | None] = mapped_column(sa.Text)
    remark: Mapped[str | None] = mapped_column(sa.Text)
    return_id: Mapped[int | None] = mapped_column(sa.ForeignKey("return_request.id"), unique=True)

    @property
    def reference(self) -> str:
        """What people call it by."""
        return f"W{self.id}"

    def due_on(self, zone: ZoneInfo) -> date:
        """The day by which the money has to be back, standard delivery included: the day of the statement itself
        does not count (Regulation (EEC, Euratom) 1182/71 Art. 3(1)); a day of rest at its end is not used up."""
        return self.received_at.astimezone(zone).date() + timedelta(days=DAYS_TO_PAY)
