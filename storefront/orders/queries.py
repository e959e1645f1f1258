"""An order as pages and mails show it, read whole.

Knows how to read orders with all that belongs to them; refuses to write and to know who may see them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.cards import first_image, picture
from storefront.catalogue.models import Image, Product, ProductState
from storefront.credit.queries import Spent, spent_by
from storefront.database import Prepared, read, session
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.books import Document
from storefront.orders.models import Fulfilment, Order, OrderLine, id_of_number
from storefront.orders.parcels import Shipment, ShipmentLine
from storefront.orders.refund import Refund
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
    variant_id: int = 0
    is_gift_card: bool = False

    @property
    def before(self) -> Money:
        """The line before discounts, which stand in the sum."""
        return self.unit * self.quantity


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
    """An order with all that belongs to it; `in_review` says that a person looks at its payment, `credit` is what
    gift cards and store credit pay, or paid."""

    order: Order
    lines: tuple[LineShown, ...]
    documents: tuple[Document, ...]
    refunds: tuple[Refund, ...]
    in_review: bool
    shipments: tuple[ShipmentShown, ...] = ()
    credit: tuple[Spent, ...] = ()

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
    return order_records([order_id])[0]


def order_records(order_ids: Sequence[int]) -> tuple[OrderRecord, ...]:
    """Everything about these orders, in their order. Six statements, however many, and one where credit pays. Raises
    NotFound for any other."""
    ids = [each for each in order_ids if 0 < each < 2**63]
    found = {order.id: order for order in session().scalars(_ORDERS, {"orders": ids})}
    if len(ids) != len(order_ids) or any(each not in found for each in ids):
        raise NotFound()
    lines, in_review = _lines(found), set(session().scalars(_REVIEWS, {"orders": ids}))
    shipments = _shipments([each for each in ids if found[each].has_shipped])
    documents = _by_order(session().scalars(_DOCUMENTS, {"orders": ids}))
    refunds = _by_order(session().scalars(_REFUNDS, {"orders": ids}))
    by_credit = [each for each in ids if found[each].credit_minor]
    credit = _by_order(spent_by(by_credit) if by_credit else ())
    return tuple(
        OrderRecord(
            order=found[each],
            lines=tuple(lines[each]),
            documents=tuple(documents[each]),
            refunds=tuple(refunds[each]),
            in_review=each in in_review,
            shipments=tuple(shipments[each]),
            credit=tuple(credit[each]),
        )
        for each in ids
    )


def _by_order(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def find_order(number: int) -> tuple[int, str] | None:
    """The id and the e-mail address of the order called `number`, or None. One statement."""
    order_id = id_of_number(number)
    if not 0 < order_id < 2**63:
        return None
    found = session().execute(sa.select(Order.id, Order.email).where(Order.id == order_id)).first()
    return None if found is None else (found.id, found.email)


_IMAGE = (Image.file, Image.alt, Image.width, Image.height, Image.sizes)


# Said once, at import: to put them together takes longer than to ask.
_FRESH = {"populate_existing": True}
_THESE: sa.BindParameter[int] = sa.bindparam("orders", expanding=True)
_ORDERS = sa.select(Order).where(Order.id.in_(_THESE)).execution_options(**_FRESH)
_LINES = (
    sa.select(OrderLine, Product.slug, Product.state, *_IMAGE)
    .outerjoin(Product, Product.id == OrderLine.product_id)
    .outerjoin(Image, first_image())
    .where(OrderLine.order_id.in_(_THESE))
    .order_by(OrderLine.position, OrderLine.id)
)
_DOCUMENTS = (
    sa.select(Document).where(Document.order_id.in_(_THESE)).order_by(Document.id).execution_options(**_FRESH)
)
_REFUNDS = (
    sa.select(Refund)
    .where(Refund.order_id.in_(_THESE))
    .order_by(Refund.created_at, Refund.id)
    .execution_options(**_FRESH)
)
_SHIPMENTS = (
    sa.select(Shipment, ShipmentLine.quantity, OrderLine.id, OrderLine.title, OrderLine.variant_title)
    .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
    .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
    .where(Shipment.order_id.in_(_THESE))
    .order_by(Shipment.id, OrderLine.position, OrderLine.id)
    .execution_options(**_FRESH)
)
_REVIEWS = sa.select(PaymentAttempt.order_id).where(
    PaymentAttempt.order_id.in_(_THESE), PaymentAttempt.state == AttemptState.REVIEW
)


def _lines(orders: Mapping[int, Order]) -> defaultdict[int, list[LineShown]]:
    rows = session().execute(_LINES, {"orders": list(orders)})
    found: defaultdict[int, list[LineShown]] = defaultdict(list)
    for line, slug, state, file, alt, width, height, sizes in rows:
        sold_as = slug if state == ProductState.PUBLISHED else None
        plate = picture(file, alt, width, height, sizes)
        shown = _line(line, orders[line.order_id].currency, sold_as, plate)
        found[line.order_id].append(shown)
    return found


def _line(line: OrderLine, currency: str, slug: str | None, picture: Picture | None) -> LineShown:
    return LineShown(
        title=line.title,
        variant_title=line.variant_title,
        sku=line.sku,
        quantity=line.quantity,
        unit=Money(line.unit_minor, currency),
        total=Money(line.total_minor, currency),
        slug=slug,
        picture=picture,
        id=line.id,
        requires_shipping=line.requires_shipping,
        shipped=line.shipped,
        to_ship=line.to_ship,
        net=Money(line.net_minor, currency),
        tax=Money(line.tax_minor, currency),
        tax_basis_points=line.tax_basis_points,
        left_out_by=line.left_out_by,
        variant_id=line.variant_id,
        is_gift_card=line.is_gift_card,
    )


def _shipments(order_ids: Sequence[int]) -> defaultdict[int, list[ShipmentShown]]:
    rows = session().execute(_SHIPMENTS, {"orders": order_ids}) if order_ids else ()
    held: dict[Shipment, list[tuple[int, str, int]]] = {}
    for shipment, quantity, line_id, title, choice in rows:
        name = f"{title}, {choice}" if choice else title
        held.setdefault(shipment, []).append((line_id, name, quantity))
    found: defaultdict[int, list[ShipmentShown]] = defaultdict(list)
    for each, pieces in held.items():
        shown = ShipmentShown(
            id=each.id,
            carrier=each.carrier,
            tracking_number=each.tracking_number,
            shipped_at=each.shipped_at,
            delivered_on=each.delivered_on,
            pieces=tuple(pieces),
        )
        found[each.order_id].append(shown)
    return found


def is_in_review(order_id: int) -> bool:
    """Whether a person has to look at a payment of the order, by one query."""
    return bool(read(_IN_REVIEW, {"order": order_id}))


_IN_REVIEW = Prepared(
    sa.select(PaymentAttempt.id)
    .where(PaymentAttempt.order_id == sa.bindparam("order"), PaymentAttempt.state == AttemptState.REVIEW)
    .limit(1)
)
