"""Accounts of credit, what moved on them, and what of them orders hold.

Knows balances, codes (as digests) and entries; refuses to know what was bought: orders and refunds are ids here.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, append_only, db, partial_index
from storefront.money import Money


class CreditKind(StrEnum):
    """gift_card: whoever has the code spends it; store_credit: a customer's own, spent when signed in."""

    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"


class CreditCause(StrEnum):
    """Why a balance changed: sold, or given by staff; spent by an order, and given back by one that is not paid;
    a refund paid to it; taken back with the order that sold it; put right by staff."""

    SOLD = "sold"
    GRANTED = "granted"
    SPENT = "spent"
    GIVEN_BACK = "given_back"
    REFUNDED = "refunded"
    TAKEN_BACK = "taken_back"
    ADJUSTED = "adjusted"


class CreditAccount(db.Model):
    """A gift card or a customer's store credit. `balance_minor` is the sum of its entries, in minor units of
    `currency`, and what the guarded UPDATE holds above zero."""

    __tablename__ = "credit_account"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('gift_card', 'store_credit')", name="kind"),
        sa.CheckConstraint("balance_minor >= 0", name="balance"),
        sa.CheckConstraint(
            "(kind = 'gift_card' AND code_digest IS NOT NULL AND code_end IS NOT NULL) "
            "OR (kind = 'store_credit' AND code_digest IS NULL)",
            name="owner",
        ),
        sa.UniqueConstraint("order_line_id", "piece"),
        partial_index(
            "uq_credit_account_store_credit",
            *("customer_id", "currency"),
            unique=True,
            where="kind = 'store_credit'",
        ),
        sa.Index("ix_credit_account_listed", "kind", "opened_at", "id"),
    )

    # Random: it stands in carts.
    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    kind: Mapped[CreditKind] = mapped_column(sa.String(20))
    currency: Mapped[str] = mapped_column(sa.String(3))
    balance_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    code_digest: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    # The last four signs, by which people tell cards apart.
    code_end: Mapped[str | None] = mapped_column(sa.String(4))
    # Whose store credit it is, until they are erased.
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    # What sold it: the piece of that line, counted from 1.
    order_line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_line.id"))
    piece: Mapped[int | None] = mapped_column()
    # To whom its code was written; erased with the person.
    email: Mapped[str | None] = mapped_column(sa.String(320), index=True)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    # When staff closed it: nothing can be spent from it, what is paid back to it stays.
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    # The card that took its place where its code was lost: what comes back goes on to it.
    replaced_by: Mapped[str | None] = mapped_column(sa.ForeignKey("credit_account.id"), unique=True)

    @property
    def balance(self) -> Money:
        """What can be spent from it."""
        return Money(self.balance_minor, self.currency)


class CreditEntry(db.Model):
    """A change of a balance, signed. `reference` names what it happens once for: a refund, a form."""

    __tablename__ = "credit_entry"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "cause", "reference"),
        sa.CheckConstraint("amount_minor <> 0", name="amount"),
        sa.CheckConstraint(
            "cause IN ('sold', 'granted', 'spent', 'given_back', 'refunded', 'taken_back', 'adjusted')",
            name="cause",
        ),
        # Holds all that reports add up, so that they read no row.
        sa.Index("ix_credit_entry_moved", "cause", "currency", "at", "amount_minor"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("credit_account.id"), index=True)
    cause: Mapped[CreditCause] = mapped_column(sa.String(20))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    refund_id: Mapped[str | None] = mapped_column(sa.ForeignKey("refund.id"), index=True)
    reference: Mapped[str | None] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)


append_only("credit_entry", why="a balance is what its entries add up to, and nothing else")


class CreditUse(db.Model):
    """What an order holds of an account: taken when it is placed, given back when it is cancelled unpaid."""

    __tablename__ = "credit_use"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "account_id"),
        sa.CheckConstraint("amount_minor > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("credit_account.id"), index=True)
    # For that cart it is there while its order makes way for another.
    cart_id: Mapped[str] = mapped_column(sa.String(40), default="", server_default=sa.text("''"))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    # Which is spent first, and paid back to first.
    position: Mapped[int] = mapped_column()
    released_at: Mapped[datetime | None] = mapped_column(Instant)
