"""What an order holds until it is paid, given back when it is called off and taken again when its money comes late.

Knows goods, discounts, credit and who is told; refuses to know how a payment ended. Every function is a step.
"""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from storefront import mail
from storefront.catalogue import stock
from storefront.checkout.cancelled import BY_STAFF, Cancelled
from storefront.checkout.models import CheckoutDraft
from storefront.database import lock, savepoint, session
from storefront.errors import Refused
from storefront.orders.models import Order, OrderState
from storefront.orders.steps import SYSTEM, Actor, let_go, mark_cancelled, quantities, take_hold_again


def call_off(order: Order, *, said: Cancelled, by: Actor = SYSTEM) -> None:
    """Cancel and give the goods back. Who left the payment page with a payment under way is told that it did not
    come; an order whose page was never finished ends quietly."""
    if order.state == OrderState.PROCESSING or said.code == "payment_failed":
        tell_shopper("payment_failed", order)
    if said.code in BY_STAFF:
        tell_cancelled(order)
    mark_cancelled(order, code=said.code, note=said.note, by=by)
    return_goods(order, quantities(order.id), lost=said.lost)
    let_go(order)


def return_goods(order: Order, pieces: Mapping[int, int], *, lost: Collection[int]) -> None:
    """Give pieces of a cancelled order, by variant, back to the shelf, but for variants that are lost. A step."""
    reference = f"order:{order.id}"
    if back := {key: count for key, count in pieces.items() if key not in lost}:
        stock.give_back(back, reference=reference)
    if gone := {key: count for key, count in pieces.items() if key in lost}:
        stock.write_off(gone, reference=reference)


def tell_cancelled(order: Order) -> None:
    """Owe the shopper a mail: staff have cancelled the order. A step."""
    tell_shopper("order_cancelled", order)


def tell_shopper(kind: str, order: Order) -> None:
    """Owe the shopper a mail of that kind about the order. A step."""
    mail.owe(kind, subject=f"order:{order.id}", recipient=order.email, facts={"order_id": order.id})


def take_again(order: Order) -> bool:
    """Take the goods of a cancelled order once more, its discounts, and the credit that pays a part; False where any
    of it is gone, or its draft has another order."""
    if order.draft_id is not None and _has_another_order(order.draft_id, besides=order.id):
        return False
    try:
        with savepoint():
            stock.take(quantities(order.id), reference=f"order:{order.id}")
            take_hold_again(order)
    except Refused:
        return False
    return True


def _has_another_order(draft_id: str, *, besides: int) -> bool:
    # The draft's lock, as in place_order: no other order of it can appear between this look and the commit.
    lock(CheckoutDraft, draft_id)
    other = sa.select(Order.id).where(
        Order.draft_id == draft_id, Order.id != besides, Order.state != OrderState.CANCELLED
    )
    return session().scalar(other.limit(1)) is not None
