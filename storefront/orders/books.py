"""The books: money that moved, and the invoices and credit notes with their numbers.

Knows what is written once and stays; refuses to know why money moved: who enters it knows.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, append_only, db, partial_index


class EntryKind(StrEnum):
    """What moved money: amounts are signed, capture +, refund −, a refund that came back +.

    The two of credit move what the shop owes, and nothing at Stripe.
    """

    CAPTURE = "capture"
    REFUND = "refund"
    REFUND_RETURNED = "refund_returned"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    CREDIT_SPENT = "credit_spent"
    CREDIT_GIVEN = "credit_given"


# Those whose other side is at Stripe.
AT_STRIPE = frozenset(EntryKind) - {EntryKind.CREDIT_SPENT, EntryKind.CREDIT_GIVEN}


class LedgerEntry(db.Model):
    """Money that moved: signed, once per Stripe object and kind."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.UniqueConstraint("kind", "stripe_id"),
        sa.CheckConstraint("amount_minor <> 0", name="amount"),
        # Holds all that reports add up, so that they read no row.
        sa.Index("ix_ledger_entry_moved", "kind", "currency", "at", "amount_minor", "order_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(sa.String(20))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    # The payment intent, refund or dispute that moved it.
    stripe_id: Mapped[str] = mapped_column(sa.String(255))
    at: Mapped[datetime] = mapped_column(Instant)


append_only("ledger_entry", why="books are corrected by a further entry, never by a change")


class DocumentKind(StrEnum):
    """Each kind has a series of its own, without gaps, per year."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class NumberSeries(db.Model):
    """The last number given in a series and year; counted up in the transaction that uses the number."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Document(db.Model):
    """An invoice or credit note: a number in its series, for an order or one of its refunds."""

    __tablename__ = "document"
    __table_args__ = (
        sa.UniqueConstraint("kind", "year", "serial"),
        partial_index(
            "uq_document_invoice",
            "order_id",
            unique=True,
            where="kind = 'invoice'",
        ),
        sa.Index("ix_document_issued", "kind", "issued_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(sa.String(20))
    year: Mapped[int] = mapped_column()
    serial: Mapped[int] = mapped_column()
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    refund_id: Mapped[str | None] = mapped_column(sa.ForeignKey("refund.id"), unique=True)
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    issued_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def number(self) -> str:
        """The number as printed: 2026-00042, credit notes C2026-00042."""
        prefix = "C" if self.kind == DocumentKind.CREDIT_NOTE else ""
        return f"{prefix}{self.year}-{self.serial:05d}"


append_only("document", why="a number once given to a document is its own for ever")
