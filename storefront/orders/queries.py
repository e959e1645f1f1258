"""An order as pages and mails show it, read whole.

Knows how to read orders with all that belongs to them; refuses to write and to know who may see them.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from storefront.catalogue.cards import first_image, picture
from storefront.catalogue.models import Image, Product, ProductState
from storefront.database import Prepared, read, session
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.models import Document, Fulfilment, Order, OrderLine, Refund, id_of_number
from storefront.orders.parcels import Shipment, ShipmentLine
from storefront.payments.models import AttemptState, PaymentAttempt
from storefront.pictures.plates import Picture


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line as it was sold; `slug` and `picture` are the product's of today, None where it has left the shop."""

    title: str
    variant_title: str
    sku: str | None
    quantity: int
    unit: Money
    total: Money
    slug: str | None
    picture: Picture | None
    id: int
    requires_shipping: bool
    shipped: int
    to_ship: int
    net: Money
    tax: Money
    tax_basis_points: int
    left_out_by: str | None = None


@dataclass(frozen=True, slots=True)
class ShipmentShown:
    """A parcel; `pieces` are (line id, title with its choice, how many)."""

    id: int
    carrier: str
    tracking_number: str | None
    shipped_at: datetime
    delivered_on: date | None
    pieces: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order with all that belongs to it; `in_review` says that a person looks at its payment."""

    order: Order
    lines: tuple[LineShown, ...]
    documents: tuple[Document, ...]
    refunds: tuple[Refund, ...]
    in_review: bool
    shipments: tuple[ShipmentShown, ...] = ()

    @property
    def all_shipped_at(self) -> datetime | None:
        """When the last of it left the house; None while anything is left to send."""
        if self.order.fulfilment not in {Fulfilment.SHIPPED, Fulfilment.DELIVERED}:
            return None
        return max((each.shipped_at for each in self.shipments), default=None)

    @property
    def all_delivered_on(self) -> date | None:
        """The day on which the last of it arrived; None before."""
        if self.order.fulfilment != Fulfilment.DELIVERED:
            return None
        return max((each.delivered_on for each in self.shipments if each.delivered_on), default=None)


def order_record(order_id: int) -> OrderRecord:
    """Everything about one order. Six statements, five while nothing of it was sent. Raises NotFound."""
    order = session().get(Order, order_id, populate_existing=True) if 0 < order_id < 2**63 else None
    if order is None:
        raise NotFound()
    return OrderRecord(
        order=order,
        lines=_lines(order),
        documents=_documents(order),
        refunds=_refunds(order),
        in_review=is_in_review(order.id),
        shipments=_shipments(order) if order.has_shipped else (),
    )


def find_order(number: int) -> tuple[int, str] | None:
    """The id and the e-mail address of the order called `number`, or None. One statement."""
    order_id = id_of_number(number)
    if not 0 < order_id < 2**63:
        return None
    found = session().execute(sa.select(Order.id, Order.email).where(Order.id == order_id)).first()
    return None if found is None else (found.id, found.email)


_IMAGE = (Image.file, Image.alt, Image.width, Image.height, Image.sizes)


def _lines(order: Order) -> tuple[LineShown, ...]:
    rows = session().execute(_LINES, {"order": order.id})
    return tuple(
        LineShown(
            title=line.title,
            variant_title=line.variant_title,
            sku=line.sku,
            quantity=line.quantity,
            unit=Money(line.unit_minor, order.currency),
            total=Money(line.total_minor, order.currency),
            slug=slug if state == ProductState.PUBLISHED else None,
            picture=picture(file, alt, width, height, sizes),
            id=line.id,
            requires_shipping=line.requires_shipping,
            shipped=line.shipped,
            to_ship=line.to_ship,
            net=Money(line.net_minor, order.currency),
            tax=Money(line.tax_minor, order.currency),
            tax_basis_points=line.tax_basis_points,
            left_out_by=line.left_out_by,
        )
        for line, slug, state, file, alt, width, height, sizes in rows
    )


# Said once, at import: to put them together takes longer than to ask.
_LINES = (
    sa.select(OrderLine, Product.slug, Product.state, *_IMAGE)
    .outerjoin(Product, Product.id == OrderLine.product_id)
    .outerjoin(Image, first_image())
    .where(OrderLine.order_id == sa.bindparam("order"))
    .order_by(OrderLine.position, OrderLine.id)
)
_DOCUMENTS = sa.select(Document).where(Document.order_id == sa.bindparam("order")).order_by(Document.id)
_REFUNDS = (
    sa.select(Refund).where(Refund.order_id == sa.bindparam("order")).order_by(Refund.created_at, Refund.id)
)
_SHIPMENTS = (
    sa.select(Shipment, ShipmentLine.quantity, OrderLine.id, OrderLine.title, OrderLine.variant_title)
    .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
    .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
    .where(Shipment.order_id == sa.bindparam("order"))
    .order_by(Shipment.id, OrderLine.position, OrderLine.id)
    .execution_options(populate_existing=True)
)


def _documents(order: Order) -> tuple[Document, ...]:
    return tuple(session().scalars(_DOCUMENTS, {"order": order.id}))


def _refunds(order: Order) -> tuple[Refund, ...]:
    return tuple(session().scalars(_REFUNDS, {"order": order.id}))


def _shipments(order: Order) -> tuple[ShipmentShown, ...]:
    rows = session().execute(_SHIPMENTS, {"order": order.id})
    found: dict[Shipment, list[tuple[int, str, int]]] = {}
    for shipment, quantity, line_id, title, choice in rows:
        name = f"{title}, {choice}" if choice else title
        found.setdefault(shipment, []).append((line_id, name, quantity))
    return tuple(
        ShipmentShown(
            id=each.id,
            carrier=each.carrier,
            tracking_number=each.tracking_number,
            shipped_at=each.shipped_at,
            delivered_on=each.delivered_on,
            pieces=tuple(pieces),
        )
        for each, pieces in found.items()
    )


def is_in_review(order_id: int) -> bool:
    """Whether a person has to look at a payment of the order, by one query."""
    return bool(read(_IN_REVIEW, {"order": order_id}))


_IN_REVIEW = Prepared(
    sa.select(PaymentAttempt.id)
    .where(PaymentAttempt.order_id == sa.bindparam("order"), PaymentAttempt.state == AttemptState.REVIEW)
    .limit(1)
)
