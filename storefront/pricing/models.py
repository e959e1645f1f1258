"""Discounts, what they hold for, and which orders have used them; rates of tax.

Knows rules and counts; refuses to know goods, carts and orders: they are ids here.
"""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, db


class DiscountKind(StrEnum):
    """percent and amount take off the goods; shipping makes the usual way to ship free."""

    PERCENT = "percent"
    AMOUNT = "amount"
    SHIPPING = "shipping"


class Discount(db.Model):
    """A discount: by a code that is typed, or, without one, by itself. Orders copy what they were given.

    `version` counts what staff change, `uses` the orders that hold it; both are guarded by the UPDATE that takes one.
    """

    __tablename__ = "discount"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('percent', 'amount', 'shipping')", name="kind"),
        sa.CheckConstraint(
            "(kind = 'percent' AND basis_points > 0 AND basis_points <= 10000 AND amount_minor = 0) "
            "OR (kind = 'amount' AND basis_points = 0 AND amount_minor > 0) "
            "OR (kind = 'shipping' AND basis_points = 0 AND amount_minor = 0)",
            name="worth",
        ),
        sa.CheckConstraint("uses >= 0 AND (total_limit IS NULL OR uses <= total_limit)", name="uses"),
        sa.CheckConstraint("total_limit IS NULL OR total_limit > 0", name="total_limit"),
        sa.CheckConstraint("person_limit IS NULL OR person_limit > 0", name="person_limit"),
        sa.CheckConstraint("minimum_minor >= 0", name="minimum"),
        sa.CheckConstraint("from_on IS NULL OR until_on IS NULL OR from_on <= until_on", name="days"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Capitals and digits, as `offers.code_key` makes them; None where nothing has to be typed.
    code: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[DiscountKind] = mapped_column(sa.String(10))
    basis_points: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    # What the goods that it applies to must come to, before discounts.
    minimum_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    # The shop's when it was made: amounts mean nothing in another.
    currency: Mapped[str] = mapped_column(sa.String(3))
    # Else `discount_goods` names what it applies to.
    for_all: Mapped[bool] = mapped_column(default=True)
    # Days of the shop; it ends when its last day does.
    from_on: Mapped[date | None] = mapped_column()
    until_on: Mapped[date | None] = mapped_column()
    person_limit: Mapped[int | None] = mapped_column()
    total_limit: Mapped[int | None] = mapped_column()
    uses: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class DiscountGoods(db.Model):
    """A product or a collection that a discount applies to."""

    __tablename__ = "discount_goods"
    __table_args__ = (
        sa.CheckConstraint("(product_id IS NULL) <> (collection_id IS NULL)", name="one"),
        sa.UniqueConstraint("discount_id", "product_id"),
        sa.UniqueConstraint("discount_id", "collection_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    discount_id: Mapped[int] = mapped_column(sa.ForeignKey("discount.id"))
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product.id"), index=True)
    collection_id: Mapped[int | None] = mapped_column(sa.ForeignKey("collection.id"), index=True)


class DiscountUse(db.Model):
    """An order that holds a use of a discount; the row goes when the order is cancelled unpaid.

    `person` is the order's address as `people.email_key` compares it, until it is erased; `turn` counts their uses.
    """

    __tablename__ = "discount_use"
    __table_args__ = (
        sa.UniqueConstraint("discount_id", "order_id"),
        sa.UniqueConstraint("discount_id", "person", "turn"),
        sa.CheckConstraint("turn > 0", name="turn"),
        sa.CheckConstraint("amount_minor >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    discount_id: Mapped[int] = mapped_column(sa.ForeignKey("discount.id"))
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    cart_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    person: Mapped[str | None] = mapped_column(sa.String(320))
    turn: Mapped[int] = mapped_column()
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)


class TaxRate(db.Model):
    """A rate of tax in a country (ISO 3166), or in a region of it as addresses name it, for a class of goods."""

    __tablename__ = "tax_rate"
    __table_args__ = (
        sa.UniqueConstraint("country", "region", "tax_class"),
        sa.CheckConstraint("0 <= basis_points AND basis_points <= 10000", name="basis_points"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    country: Mapped[str] = mapped_column(sa.String(2))
    # Empty: the whole country.
    region: Mapped[str] = mapped_column(sa.String(80), default="")
    tax_class: Mapped[str] = mapped_column(sa.String(20))
    basis_points: Mapped[int] = mapped_column()
