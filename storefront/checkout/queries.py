"""How a checkout stands: its open order, and the goods that are held for it.

Knows drafts, orders and attempts; refuses to write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storefront.cart.lines import holds
from storefront.database import session
from storefront.errors import NotFound
from storefront.orders.models import Order, OrderLine, OrderState
from storefront.payments.models import PaymentAttempt


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """The one order of a draft that is not cancelled."""

    order_id: int
    cart_id: str
    state: OrderState
    hold_until: datetime

    @property
    def is_settled(self) -> bool:
        """Whether its money is here or on its way: there is nothing left to check out."""
        return self.state in {OrderState.PAID, OrderState.PROCESSING}


def standing_order(draft_id: str) -> StandingOrder | None:
    """The draft's order, by one query; None where there is none or it was cancelled."""
    row = (
        session()
        .execute(
            sa.select(Order.id, Order.cart_id, Order.state, Order.hold_until).where(
                Order.draft_id == draft_id, Order.state != OrderState.CANCELLED
            )
        )
        .first()
    )
    return None if row is None else StandingOrder(row.id, row.cart_id, OrderState(row.state), row.hold_until)


def order_of_attempt(attempt_id: str) -> int:
    """The id of the order that an attempt is to pay; raises NotFound."""
    found = session().scalar(sa.select(PaymentAttempt.order_id).where(PaymentAttempt.id == attempt_id))
    if found is None:
        raise NotFound()
    return found


@holds
def held_pieces(cart_id: str) -> Mapping[int, int]:
    """Pieces by variant that an unpaid order of this cart has taken off the shelf, by one query."""
    rows = session().execute(
        sa.select(OrderLine.variant_id, sa.func.sum(OrderLine.quantity))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.cart_id == cart_id, Order.state == OrderState.AWAITING_PAYMENT)
        .group_by(OrderLine.variant_id)
    )
    return {variant_id: int(pieces) for variant_id, pieces in rows}
