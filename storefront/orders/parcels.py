"""What was sent: parcels with their pieces, and how far an order has come.

Knows shipments and what is left to send; refuses to know carriers' pages and money.
"""

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, append_only, db, require_transaction
from storefront.errors import Refused
from storefront.orders.models import Fulfilment, Order, OrderLine


class Shipment(db.Model):
    """A parcel on its way, or there. Its carrier and number may be put right, its pieces never change."""

    __tablename__ = "shipment"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    # The form that made it: sent twice, it makes one shipment.
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    carrier: Mapped[str] = mapped_column(sa.String(20))
    tracking_number: Mapped[str | None] = mapped_column(sa.String(40))
    shipped_at: Mapped[datetime] = mapped_column(Instant)
    delivered_on: Mapped[date | None] = mapped_column()


class ShipmentLine(db.Model):
    """How many pieces of an order's line are in a parcel."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.UniqueConstraint("shipment_id", "order_line_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shipment_id: Mapped[int] = mapped_column(sa.ForeignKey("shipment.id"))
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int] = mapped_column()


append_only("shipment_line", why="what left the house in a parcel stays what it was")

_line = OrderLine.__table__
# The largest number that the column holds: what is typed beyond it is more than anybody bought.
_MOST = 2**31 - 1


class NotThatMany(Refused):
    """More pieces than are left to send, or none, or pieces of another order."""


def send_pieces(order: Order, pieces: Mapping[int, int]) -> None:
    """Count pieces, by line id, as shipped; raises NotThatMany where fewer are left. A step, under the order's lock.

    Guarded in the UPDATE itself: never more than was bought, less what was sent and what was called off.
    """
    _require_pieces(pieces)
    for line_id in sorted(pieces):
        if not count(order.id, line_id, shipped=pieces[line_id]):
            raise _too_many(order.id, line_id)
    keep_fulfilment(order)


def call_off(order: Order, pieces: Mapping[int, int]) -> None:
    """Count pieces, by line id, as never to be sent: their money goes back before they left. Raises NotThatMany.
    A step, under the order's lock."""
    _require_pieces(pieces)
    for line_id in sorted(pieces):
        if not count(order.id, line_id, called_off=pieces[line_id]):
            raise _too_many(order.id, line_id)
    keep_fulfilment(order)


def call_on(order: Order, pieces: Mapping[int, int]) -> None:
    """Count pieces, by line id, that were called off as to be sent after all. A step, under the order's lock."""
    _require_pieces(pieces)
    current = require_transaction()
    for line_id in sorted(pieces):
        mine = (_line.c.id == line_id, _line.c.order_id == order.id, _line.c.called_off >= pieces[line_id])
        current.execute(sa.update(_line).where(*mine).values(called_off=_line.c.called_off - pieces[line_id]))
    keep_fulfilment(order)


def count(order_id: int, line_id: int, *, shipped: int = 0, called_off: int = 0) -> bool:
    """The guard: count pieces of a line only where so many are left; whether they were. A step."""
    if not (0 <= shipped <= _MOST and 0 <= called_off <= _MOST and 0 < line_id < 2**63):
        return False
    found = require_transaction().execute(
        _COUNT, {"key": line_id, "of": order_id, "sent": shipped, "off": called_off}
    )
    return found.first() is not None


_COUNT = (
    sa.update(_line)
    .where(
        _line.c.id == sa.bindparam("key"),
        _line.c.order_id == sa.bindparam("of"),
        _line.c.requires_shipping,
        _line.c.quantity - _line.c.shipped - _line.c.called_off
        >= sa.bindparam("sent", type_=sa.BigInteger) + sa.bindparam("off", type_=sa.BigInteger),
    )
    .values(
        shipped=_line.c.shipped + sa.bindparam("sent"), called_off=_line.c.called_off + sa.bindparam("off")
    )
    .returning(_line.c.id)
)


def keep_fulfilment(order: Order) -> None:
    """Make `order.fulfilment` true to its lines and shipments again. A step, under the order's lock."""
    current = require_transaction()
    current.flush()
    waiting = sa.case(
        (_line.c.requires_shipping, _line.c.quantity - _line.c.shipped - _line.c.called_off), else_=0
    )
    sums = sa.select(sa.func.sum(_line.c.shipped), sa.func.sum(waiting)).where(_line.c.order_id == order.id)
    shipped, left = current.execute(sums).one()
    under_way = sa.select(Shipment.id).where(Shipment.order_id == order.id, Shipment.delivered_on.is_(None))
    is_under_way = current.scalar(under_way.limit(1)) is not None
    order.fulfilment = fulfilment_of(
        shipped=int(shipped or 0), left=int(left or 0), is_under_way=is_under_way
    )


def fulfilment_of(*, shipped: int, left: int, is_under_way: bool) -> Fulfilment:
    """How far an order has come: pieces shipped, pieces left to send, and whether a parcel is still on its way."""
    if not shipped:
        return Fulfilment.UNSHIPPED if left else Fulfilment.NOTHING
    if left:
        return Fulfilment.PARTLY
    return Fulfilment.SHIPPED if is_under_way else Fulfilment.DELIVERED


def _require_pieces(pieces: Mapping[int, int]) -> None:
    if not pieces or any(type(each) is not int or each < 1 for each in pieces.values()):
        raise NotThatMany(_("Please say how many pieces: whole numbers from 1."))


def _too_many(order_id: int, line_id: int) -> NotThatMany:
    mine = sa.select(OrderLine).where(OrderLine.order_id == order_id, OrderLine.id == line_id)
    fresh = {"populate_existing": True}
    line = None
    if 0 < line_id < 2**63:
        line = require_transaction().scalars(mine, execution_options=fresh).one_or_none()
    if line is None:
        return NotThatMany(_("These goods are not part of this order."))
    said = ngettext(
        "Only %(num)d piece of “%(good)s” is left to send.",
        "Only %(num)d pieces of “%(good)s” are left to send.",
        line.to_ship,
        good=line.title,
    )
    return NotThatMany(said, field=f"pieces_{line_id}")
