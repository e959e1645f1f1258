"""What was bought, on which terms, and what became of the money.

Knows orders, their frozen amounts, refunds, ledger and document numbers; refuses to know live prices. What was sent
stands in `parcels`.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database import BigId, Instant, append_only, db, partial_index
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


class RefundState(StrEnum):
    """requested → approved → sent → settled | failed; requested → declined; settled → failed: it came back."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"
    DECLINED = "declined"


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


class DocumentKind(StrEnum):
    """Each kind has a series of its own, without gaps, per year."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


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


# States of a refund in which its amount is reserved: it may still be, or has been, given back.
RESERVED = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT, RefundState.SETTLED)

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
