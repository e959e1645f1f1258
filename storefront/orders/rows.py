"""An order as a row of a list: what is seen of it at a glance.

Knows which columns that takes; refuses to know which orders are in the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront.database import read
from storefront.money import Money
from storefront.orders.models import Fulfilment, Order, OrderLine, OrderState, number_of_id
from storefront.orders.sought import is_disputed, is_in_review, is_to_pack

_ORDERS = Order.__table__


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order of a list; `pieces` counts goods, `refunded` is what refunds have reserved, `by_credit` what
    of the captured gift cards and store credit paid."""

    id: int
    placed_at: datetime
    name: str
    email: str
    city: str
    country: str
    pieces: int
    state: OrderState
    fulfilment: Fulfilment
    total: Money
    discount: Money
    captured: Money
    refunded: Money
    by_credit: Money
    is_to_pack: bool
    is_disputed: bool
    in_review: bool

    @property
    def number(self) -> int:
        """What people call it by."""
        return number_of_id(self.id)

    @property
    def by_card(self) -> Money:
        """What of the captured cards paid."""
        return self.captured - self.by_credit

    @property
    def is_all_refunded(self) -> bool:
        """Whether no money of it is left with the shop."""
        return bool(self.refunded) and self.refunded >= self.captured


def rows_by_id(ids: Sequence[int]) -> tuple[OrderRow, ...]:
    """The rows of orders in the given order. One statement."""
    if not ids:
        return ()
    found = {row.id: _row(row) for row in read(_ROWS, {"ids": list(ids)})}
    return tuple(found[each] for each in ids if each in found)


_PIECES = sa.select(sa.func.coalesce(sa.func.sum(OrderLine.quantity), 0)).where(
    OrderLine.order_id == _ORDERS.c.id
)
_ROWS = sa.select(
    *(_ORDERS.c.id, _ORDERS.c.placed_at, _ORDERS.c.email, _ORDERS.c.delivery, _ORDERS.c.country),
    *(_ORDERS.c.state, _ORDERS.c.fulfilment, _ORDERS.c.currency, _ORDERS.c.total_minor),
    *(_ORDERS.c.captured_minor, _ORDERS.c.refunded_minor, _ORDERS.c.discount_minor),
    *(_ORDERS.c.credit_minor, _ORDERS.c.paid_at),
    _PIECES.scalar_subquery().label("pieces"),
    is_to_pack(_ORDERS.c).label("is_to_pack"),
    is_disputed(_ORDERS.c).label("is_disputed"),
    is_in_review(_ORDERS.c).label("in_review"),
).where(_ORDERS.c.id.in_(sa.bindparam("ids", expanding=True)))


def _row(found: Any) -> OrderRow:
    return OrderRow(
        id=found.id,
        placed_at=found.placed_at,
        name=str(found.delivery.get("name") or ""),
        email=found.email,
        city=str(found.delivery.get("city") or ""),
        country=found.country,
        pieces=int(found.pieces),
        state=OrderState(found.state),
        fulfilment=Fulfilment(found.fulfilment),
        total=Money(found.total_minor, found.currency),
        discount=Money(found.discount_minor, found.currency),
        captured=Money(found.captured_minor, found.currency),
        refunded=Money(found.refunded_minor, found.currency),
        by_credit=Money(found.credit_minor if found.paid_at else 0, found.currency),
        is_to_pack=bool(found.is_to_pack),
        is_disputed=bool(found.is_disputed),
        in_review=bool(found.in_review),
    )
