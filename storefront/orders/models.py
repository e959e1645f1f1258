"""What was bought, on which terms, and what becomes of it.

Knows orders and their frozen amounts; refuses to know live prices. What was sent stands in `parcels`, what goes
back in `refund`, ledger and documents in `books`.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database import BigId, Instant, db, partial_index
from storefront.money import Money

# The first order is number 1001: nobody wants to be order 1.
FIRST_NUMBER = 1001


class OrderState(StrEnum):
    """awaiting_payment: goods held; processing: paid later by its method; paid; cancelled."""

    AWAITING_PAYMENT = "awaiting_payment"
    PROCESSING = "processing"
    PAID = "paid"
    CANCELLED = "cancelled"


class Fulfilment(StrEnum):
    """How much of an order has left the house. No machine of its own: `parcels` derives it from the shipments.

    nothing: there is nothing to send, or nothing any more.
    """

    NOTHING = "nothing"
    UNSHIPPED = "unshipped"
    PARTLY = "partly"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


class Source(StrEnum):
    """Who made an order: a shopper in the shop, or staff for somebody who pays by a link."""

    SHOP = "shop"
    STAFF = "staff"


# What waits to be packed, as `orders.sought` asks for it.
TO_PACK = (
    "CASE WHEN (state = 'paid' AND fulfilment IN ('unshipped', 'partly') "
    "AND (captured_minor = 0 OR captured_minor > refunded_minor)) THEN 1 ELSE 0 END = 1"
)


FROM_A_POST = "post_id IS NOT NULL"


# All that the list's filters and sortings ask of an order.
TOLD = (
    *("id", "placed_at", "state", "fulfilment", "country"),
    *("total_minor", "captured_minor", "refunded_minor"),
)


def _way(name: str, *columns: str, where: str = "") -> sa.Index:
    """An index along which the list of orders is walked. It tells all that is asked of an order: whoever looks
    through thousands reads none of their rows, which lie far apart."""
    told = (*columns, *(each for each in TOLD if each not in columns))
    if where:
        return partial_index(f"ix_orders_{name}", *told, where=where)
    return sa.Index(f"ix_orders_{name}", *told)


class Order(db.Model):
    """An order with everything that was promised, copied when it was made; later edits never rewrite it.

    All amounts are whole minor units of `currency`; goods and discount have tax in them or not, as `tax_included`
    says, and shipping and total have. `refunded_minor` is what refunds have reserved (all but the failed and
    declined).
    """

    __tablename__ = "orders"
    __table_args__ = (
        sa.CheckConstraint("0 <= refunded_minor AND refunded_minor <= captured_minor", name="refunded"),
        sa.CheckConstraint(
            "total_minor = goods_minor - discount_minor + shipping_minor "
            "+ CASE WHEN tax_included THEN 0 ELSE tax_minor - shipping_tax_minor END",
            name="total",
        ),
        sa.CheckConstraint("total_minor = net_minor + tax_minor", name="tax"),
        sa.CheckConstraint("total_minor >= 0", name="total_sign"),
        sa.CheckConstraint("0 <= credit_minor AND credit_minor <= total_minor", name="credit"),
        sa.CheckConstraint("state IN ('awaiting_payment', 'processing', 'paid', 'cancelled')", name="state"),
        sa.CheckConstraint(
            "fulfilment IN ('nothing', 'unshipped', 'partly', 'shipped', 'delivered')", name="fulfilment"
        ),
        sa.CheckConstraint("source IN ('shop', 'staff')", name="source"),
        partial_index(
            "uq_orders_open_draft",
            "draft_id",
            unique=True,
            where="state <> 'cancelled'",
        ),
        sa.Index("ix_orders_held", "state", "hold_until"),
        sa.Index("ix_orders_email", "email"),
        sa.Index("ix_orders_customer", "customer_id", "id"),
        # Few orders remember a post: the others are not in these.
        *(
            partial_index(
                f"ix_orders_{name}",
                f"{name}_id",
                "id",
                where=f"{name}_id IS NOT NULL",
            )
            for name in ("first_post", "last_post")
        ),
        # The ways along which the list of orders is walked: docs/staff-lists.md.
        _way("placed", "placed_at", "id"),
        _way("of_state", "state", "placed_at", "id"),
        _way("of_fulfilment", "fulfilment", "placed_at", "id"),
        _way("of_country", "country", "placed_at", "id"),
        _way("total", "total_minor", "id"),
        _way("to_pack", "placed_at", "id", where=TO_PACK),
        _way("refunded", "placed_at", "id", where="refunded_minor > 0"),
    )
    TRANSITIONS: ClassVar[dict[OrderState, set[OrderState]]] = {
        OrderState.AWAITING_PAYMENT: {OrderState.PROCESSING, OrderState.PAID, OrderState.CANCELLED},
        OrderState.PROCESSING: {OrderState.PAID, OrderState.CANCELLED},
        OrderState.CANCELLED: {OrderState.PAID},
        OrderState.PAID: {OrderState.CANCELLED},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draft_id: Mapped[str | None] = mapped_column(sa.ForeignKey("checkout_draft.id", ondelete="SET NULL"))
    cart_id: Mapped[str] = mapped_column(sa.String(40))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"))
    state: Mapped[OrderState] = mapped_column(sa.String(20), default=OrderState.AWAITING_PAYMENT)
    email: Mapped[str] = mapped_column(sa.String(320))
    delivery: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    billing: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    country: Mapped[str] = mapped_column(sa.String(2))
    currency: Mapped[str] = mapped_column(sa.String(3))
    goods_minor: Mapped[int] = mapped_column(sa.BigInteger)
    discount_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    shipping_minor: Mapped[int] = mapped_column(sa.BigInteger)
    shipping_net_minor: Mapped[int] = mapped_column(sa.BigInteger)
    shipping_tax_minor: Mapped[int] = mapped_column(sa.BigInteger)
    net_minor: Mapped[int] = mapped_column(sa.BigInteger)
    tax_minor: Mapped[int] = mapped_column(sa.BigInteger)
    # Whether the prices it was sold at had tax in them; and the rate of shipping.
    tax_included: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    shipping_tax_basis_points: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    total_minor: Mapped[int] = mapped_column(sa.BigInteger)
    # What of the total gift cards and store credit pay; Stripe is asked for the rest.
    credit_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default=sa.text("0"))
    # By every tender.
    captured_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    refunded_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    shipping_code: Mapped[str] = mapped_column(sa.String(60))
    shipping_name: Mapped[str] = mapped_column(sa.String(120))
    delivery_from_on: Mapped[date | None] = mapped_column()
    delivery_to_on: Mapped[date | None] = mapped_column()
    policy_version_id: Mapped[int] = mapped_column(sa.ForeignKey("policy_version.id"))
    terms: Mapped[list[str]] = mapped_column(sa.JSON)
    # What it was given, as `discounts.kept` writes it: copies, since discounts change and end.
    discounts: Mapped[list[dict[str, Any]]] = mapped_column(
        sa.JSON, default=list, server_default=sa.text("'[]'")
    )
    is_demo: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[datetime] = mapped_column(Instant)
    hold_until: Mapped[datetime] = mapped_column(Instant)
    paid_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    cancel_code: Mapped[str | None] = mapped_column(sa.String(40))
    fulfilment: Mapped[Fulfilment] = mapped_column(
        sa.String(10), default=Fulfilment.UNSHIPPED, server_default="unshipped"
    )
    source: Mapped[Source] = mapped_column(sa.String(10), default=Source.SHOP, server_default="shop")
    # The first and the latest post read on the shopper's device, in shops that were told to remember them.
    first_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    last_post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))
    version: Mapped[int] = mapped_column(default=1)

    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.position", lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def number(self) -> int:
        """What people call the order by."""
        return number_of_id(self.id)

    @property
    def is_paid(self) -> bool:
        """Whether its money is here."""
        return self.state == OrderState.PAID

    @property
    def is_to_ship(self) -> bool:
        """Whether something has to be packed: paid, not all of it sent, not all of the money given back."""
        is_waiting = self.fulfilment in {Fulfilment.UNSHIPPED, Fulfilment.PARTLY}
        return self.is_paid and is_waiting and (not self.captured_minor or bool(self.refundable))

    @property
    def has_shipped(self) -> bool:
        """Whether a parcel of it has left the house."""
        return self.fulfilment in {Fulfilment.PARTLY, Fulfilment.SHIPPED, Fulfilment.DELIVERED}

    @property
    def total(self) -> Money:
        """What was to be paid, shipping and tax included."""
        return Money(self.total_minor, self.currency)

    @property
    def by_card(self) -> Money:
        """What of the total is not paid by credit: what a payment page asks for."""
        return Money(self.total_minor - self.credit_minor, self.currency)

    @property
    def refundable(self) -> Money:
        """What was captured and no refund has reserved yet."""
        return Money(self.captured_minor - self.refunded_minor, self.currency)


def number_of_id(order_id: int) -> int:
    """What people call the order of that id."""
    return FIRST_NUMBER - 1 + order_id


def id_of_number(number: int) -> int:
    """The id of the order that people call `number`."""
    return number - FIRST_NUMBER + 1


class OrderLine(db.Model):
    """One variant in an order; amounts but `unit_minor` are for the whole line, and `total_minor` has its tax."""

    __tablename__ = "order_line"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("total_minor = net_minor + tax_minor", name="tax"),
        sa.CheckConstraint(
            "total_minor = unit_minor * quantity - discount_minor "
            "+ CASE WHEN tax_included THEN 0 ELSE tax_minor END",
            name="total",
        ),
        sa.CheckConstraint(
            "shipped >= 0 AND called_off >= 0 AND shipped + called_off <= quantity", name="sent"
        ),
        # Holds all that reports add up, so that they read no row.
        sa.Index("ix_order_line_sold", "order_id", "product_id", "quantity", "total_minor"),
        sa.CheckConstraint("asked_back >= 0 AND asked_back <= quantity", name="asked_back"),
        partial_index(
            "ix_order_line_of_post",
            *("order_id", "post_id"),
            where=FROM_A_POST,
        ),
        partial_index(
            "ix_order_line_post",
            *("post_id", "order_id"),
            where=FROM_A_POST,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    position: Mapped[int] = mapped_column()
    variant_id: Mapped[int] = mapped_column(sa.ForeignKey("variant.id"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    variant_title: Mapped[str] = mapped_column(sa.String(620), default="")
    sku: Mapped[str | None] = mapped_column(sa.String(100))
    quantity: Mapped[int] = mapped_column()
    unit_minor: Mapped[int] = mapped_column(sa.BigInteger)
    discount_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    net_minor: Mapped[int] = mapped_column(sa.BigInteger)
    tax_minor: Mapped[int] = mapped_column(sa.BigInteger)
    total_minor: Mapped[int] = mapped_column(sa.BigInteger)
    tax_basis_points: Mapped[int] = mapped_column()
    # As its order's: here so that the line adds up by itself.
    tax_included: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    requires_shipping: Mapped[bool] = mapped_column(default=True)
    # A gift card in each piece: opened when the order is paid.
    is_gift_card: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # The slug, of the product or of a collection it was in, by which the order's policy left it out of the guarantee.
    left_out_by: Mapped[str | None] = mapped_column(sa.String(200))
    # Pieces that have left the house, and pieces that never will: refunded before they were sent.
    shipped: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    called_off: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    # Pieces that return requests have: those that are open, and those whose money went back by one.
    asked_back: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    # The post whose card or link put it into the cart.
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"))

    @property
    def to_ship(self) -> int:
        """Pieces that are still to be sent."""
        return self.quantity - self.shipped - self.called_off if self.requires_shipping else 0


class OrderNote(db.Model):
    """What staff wrote about an order, for staff. The text may be erased; that there was one stays."""

    __tablename__ = "order_note"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    # The form that wrote it: sent twice, it writes one note.
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    author_kind: Mapped[str] = mapped_column(sa.String(30))
    author_id: Mapped[str | None] = mapped_column(sa.String(60))
    text: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(Instant)
    erased_at: Mapped[datetime | None] = mapped_column(Instant)
