"""Cancelling an order before anything of it has left: the payment page closed, or the money given back.

Knows both ways and which one an order needs; refuses to know who may do it.
"""

from flask_babel import gettext as _

from storefront.checkout.calling_off import return_goods, tell_cancelled
from storefront.checkout.cancelled import WITHOUT_REASON, Cancelled
from storefront.checkout.giving_up import cancel_unpaid_saying
from storefront.database import require_transaction, session, transaction
from storefront.errors import NotFound, Refused
from storefront.orders.models import Order, OrderState
from storefront.orders.steps import Actor, lock_order, mark_cancelled, quantities
from storefront.refunds.cards_back import CANCELLED
from storefront.refunds.granting import close_with_order
from storefront.refunds.queries import pieces_gone
from storefront.refunds.steps import refund_rest


def cancel_order(order_id: int, *, by: Actor, said: Cancelled = WITHOUT_REASON) -> None:
    """Cancel an order that staff do not want to send, give its money to the shopper and its goods to the shelf, but
    for what is said to be lost.

    Cancelled already, it changes nothing. Raises Refused where a parcel has left, where a payment is under way or in
    review, or where it was paid while Stripe was asked; Disputed; PaymentUnavailable (nothing was changed); NotFound.
    """
    order = session().get(Order, order_id, populate_existing=True) if 0 < order_id < 2**63 else None
    if order is None:
        raise NotFound()
    if order.is_paid:
        _cancel_paid(order_id, said=said, by=by)
    elif order.state == OrderState.PROCESSING:
        raise Refused(_("Its payment is under way. When that has ended, look at this order again."))
    elif not cancel_unpaid_saying(order_id, said, by=by):
        raise Refused(_("It was paid in this moment. Nothing was cancelled: please look at it again."))


def _cancel_paid(order_id: int, *, said: Cancelled, by: Actor) -> None:
    with transaction():
        order = lock_order(order_id)
        if order.state == OrderState.CANCELLED:
            return
        if order.has_shipped:
            raise Refused(_("A parcel has left already. Refund what comes back instead."))
        pieces = _pieces(order_id)
        # Before gift cards are taken back: variants are locked first, as by whoever buys with a card.
        return_goods(order, pieces, lost=said.lost)
        refund_rest(order, reason=CANCELLED, by=by)
        close_with_order(order, by=by)
        mark_cancelled(order, code=said.code, note=said.note, by=by)
        tell_cancelled(order)


def _pieces(order_id: int) -> dict[int, int]:
    """Pieces by variant that are still the order's: what refunds have, or will have, is not given back twice."""
    require_transaction().flush()
    gone = pieces_gone(order_id)
    return {
        variant_id: pieces - gone.get(variant_id, 0)
        for variant_id, pieces in quantities(order_id).items()
        if pieces > gone.get(variant_id, 0)
    }
