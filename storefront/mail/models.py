"""Everything that is owed to a person in writing, as rows.

Knows what was sent to whom about which event; refuses to know how it is worded.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, db, partial_index

# How the kinds of those begin that bring the codes of gift cards.
MONEY = "gift_card"


class MailState(StrEnum):
    """owed: to be sent; sent: a server took it; kept: only for the mailbox; refused: no server takes it; dropped:
    nobody wanted it any more before it left."""

    OWED = "owed"
    SENT = "sent"
    KEPT = "kept"
    REFUSED = "refused"
    DROPPED = "dropped"


# The condition of the index by which the few mails that wait are found among all that were sent; a query that says
# it in these words uses the index.
UNSENT = "state IN ('owed', 'refused')"


class OutgoingMail(db.Model):
    """One mail. `subject` names the event's own row (`order:12`); of each kind there is one per subject."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        sa.CheckConstraint("state IN ('owed', 'sent', 'kept', 'refused', 'dropped')", name="state"),
        partial_index(
            "uq_outgoing_mail_once",
            "kind",
            "subject",
            unique=True,
            where="resend_of IS NULL",
        ),
        partial_index(
            "ix_outgoing_mail_unsent",
            "state",
            "created_at",
            where=UNSENT,
        ),
    )
    TRANSITIONS: ClassVar[dict[MailState, set[MailState]]] = {
        MailState.OWED: {MailState.SENT, MailState.KEPT, MailState.REFUSED, MailState.DROPPED},
        MailState.REFUSED: {MailState.OWED},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(80), index=True)
    recipient: Mapped[str] = mapped_column(sa.String(320), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[MailState] = mapped_column(sa.String(10), default=MailState.OWED)
    resend_of: Mapped[int | None] = mapped_column(sa.ForeignKey("outgoing_mail.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    title: Mapped[str | None] = mapped_column(sa.Text)
    text: Mapped[str | None] = mapped_column(sa.Text)
    html: Mapped[str | None] = mapped_column(sa.Text)
    error: Mapped[str | None] = mapped_column(sa.Text)

    @property
    def is_money(self) -> bool:
        """Whether who reads it can spend what it brings: staff do not, and it goes to nobody else."""
        return self.kind.startswith(MONEY)
