"""Parcels of the orders that tests make.

Knows the real actions; refuses to write rows of its own.
"""

from itertools import count

import sqlalchemy as sa

from storefront.database import session
from storefront.orders import actions
from storefront.orders.models import OrderLine
from storefront.orders.parcels import Shipment, ShipmentLine

BY = ("staff", 7)

_keys = count(1)


def a_key() -> str:
    """A form's key that nothing else has."""
    return f"form-{next(_keys)}"


def line_ids(order_id: int) -> list[int]:
    """The ids of an order's lines, in their order."""
    mine = sa.select(OrderLine.id).where(OrderLine.order_id == order_id)
    return list(session().scalars(mine.order_by(OrderLine.position)))


def the_lines(order_id: int) -> list[OrderLine]:
    """An order's lines as they now stand."""
    mine = sa.select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    return list(session().scalars(mine, execution_options={"populate_existing": True}))


def a_shipment(
    order_id: int,
    *,
    pieces: int | None = None,
    carrier: str = "dhl",
    number: str = "00340434161094",
    key: str = "",
) -> int:
    """The id of a parcel with so many pieces of the order's first line, or with all that is left."""
    left = {line.id: line.to_ship for line in the_lines(order_id) if line.to_ship}
    wanted = left if pieces is None else {line_ids(order_id)[0]: pieces}
    return actions.ship(
        order_id, pieces=wanted, carrier=carrier, tracking_number=number, key=key or a_key(), by=BY
    )


def sent(order_id: int) -> int:
    """How many pieces of the order are in parcels."""
    inside = sa.select(sa.func.sum(ShipmentLine.quantity)).join(
        Shipment, Shipment.id == ShipmentLine.shipment_id
    )
    return int(session().scalar(inside.where(Shipment.order_id == order_id)) or 0)
