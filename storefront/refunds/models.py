"""What a refund was for: pieces of lines, what of them went back into stock, and what was noted.

Knows the parts of a refund; refuses to know the refund itself, which is beside its order.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, db


class NoteKind(StrEnum):
    """note: said when it was asked for; declined, set_aside: why that was done."""

    NOTE = "note"
    DECLINED = "declined"
    SET_ASIDE = "set_aside"


class RefundLine(db.Model):
    """Pieces of one order line that a refund pays back; `restocked` of them go on the shelf when it is approved. No
    piece: the credit that stayed of one that the bank sent back."""

    __tablename__ = "refund_line"
    __table_args__ = (
        sa.UniqueConstraint("refund_id", "order_line_id"),
        sa.CheckConstraint("quantity >= 0", name="quantity"),
        sa.CheckConstraint("amount_minor >= 0", name="amount"),
        sa.CheckConstraint("0 <= restocked AND restocked <= quantity", name="restocked"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    refund_id: Mapped[str] = mapped_column(sa.ForeignKey("refund.id"))
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int] = mapped_column()
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    restocked: Mapped[int] = mapped_column(default=0)


class RefundNote(db.Model):
    """What somebody wrote about a refund: kept apart from the books, so that it can be erased."""

    __tablename__ = "refund_note"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    refund_id: Mapped[str] = mapped_column(sa.ForeignKey("refund.id"), index=True)
    kind: Mapped[NoteKind] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(Instant)
