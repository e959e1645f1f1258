"""The proof that lines and parcels tell the same: what was sent, what never will be, and how far an order has come.

Reads everything, writes nothing; each difference is a sentence that names the row.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from storefront.database import session
from storefront.orders.models import Order, OrderLine, number_of_id
from storefront.orders.parcels import Shipment, ShipmentLine, fulfilment_of
from storefront.orders.refund import Refund, RefundState
from storefront.refunds.models import RefundLine


def sent_is_what_parcels_have() -> Iterator[str]:
    """I2: a line's sent pieces are those in its order's parcels; those called off are in refunds."""
    packed = (
        sa.select(sa.func.coalesce(sa.func.sum(ShipmentLine.quantity), 0))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.order_line_id == OrderLine.id, Shipment.order_id == OrderLine.order_id)
        .scalar_subquery()
    )
    back = (
        sa.select(sa.func.coalesce(sa.func.sum(RefundLine.quantity), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(RefundLine.order_line_id == OrderLine.id, Refund.state != RefundState.DECLINED)
        .scalar_subquery()
    )
    line = (OrderLine.order_id, OrderLine.id, OrderLine.shipped, OrderLine.called_off)
    wrong = sa.select(*line, packed.label("packed"), back.label("back")).where(
        sa.or_(OrderLine.shipped != packed, OrderLine.called_off > back)
    )
    for order_id, line_id, sent, called_off, in_parcels, refunded in session().execute(wrong):
        name = f"Order {number_of_id(order_id)}"
        if sent != in_parcels:
            yield f"{name} has {sent} pieces of line {line_id} as sent, its parcels have {in_parcels}."
        if called_off > refunded:
            yield f"{name} has {called_off} pieces of line {line_id} called off, but only {refunded} in refunds."


def orders_are_as_far_as_they_say() -> Iterator[str]:
    """I8: how far an order has come is what its lines and parcels say."""
    left = OrderLine.quantity - OrderLine.shipped - OrderLine.called_off
    waiting = sa.func.sum(sa.case((OrderLine.requires_shipping, left), else_=0))
    under_way = sa.exists().where(Shipment.order_id == Order.id, Shipment.delivered_on.is_(None))
    rows = session().execute(
        sa.select(Order.id, Order.fulfilment, sa.func.sum(OrderLine.shipped), waiting, under_way)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .group_by(Order.id, Order.fulfilment)
    )
    for order_id, says, shipped, to_send, is_under_way in rows:
        should = fulfilment_of(shipped=int(shipped), left=int(to_send), is_under_way=bool(is_under_way))
        if says != should:
            yield f"Order {number_of_id(order_id)} is “{says}”, but should be “{should}”."
