"""Gift cards that an order sold: opened when it is paid, one for each piece, their codes written to the buyer once.

Knows lines and pieces; refuses to keep a code anywhere but in that mail. Every function is a step.
"""

from typing import Any

import sqlalchemy as sa

from storefront import mail
from storefront.credit.models import CreditCause
from storefront.credit.steps import Why, open_card
from storefront.database import require_transaction
from storefront.money import Money
from storefront.orders.models import Order, OrderLine
from storefront.payments.models import new_id

GIFT_CARDS = "gift_cards"


def open_sold_cards(order: Order) -> None:
    """Open a card for each piece of each line that sells credit, and owe the buyer their codes. A line and a piece
    of it have one card, so that a second call fails. One statement where the order sold none."""
    # What the caller has yet to write is none of it: it is written once, with the rest.
    with require_transaction().no_autoflush:
        lines = require_transaction().execute(_LINES, {"order": order.id}).all()
    cards = [_opened(order, line, piece) for line in lines for piece in range(1, line.quantity + 1)]
    if cards:
        mail.owe(
            GIFT_CARDS,
            subject=f"order:{order.id}",
            recipient=order.email,
            facts={"order_id": order.id, "cards": cards},
        )


def _opened(order: Order, line: Any, piece: int) -> dict[str, Any]:
    amount = Money(line.unit_minor, order.currency)
    card = open_card(
        amount,
        Why(CreditCause.SOLD, order_id=order.id, reference=f"line:{line.id}:{piece}"),
        account_id=new_id("crd"),
        email=order.email,
        order_line_id=line.id,
        piece=piece,
    )
    return {"code": card.code, "amount_minor": amount.minor, "currency": amount.currency}


# What costs nothing holds nothing: an amount is above zero.
_LINES = (
    sa.select(OrderLine.id, OrderLine.quantity, OrderLine.unit_minor)
    .where(OrderLine.order_id == sa.bindparam("order"), OrderLine.is_gift_card, OrderLine.unit_minor > 0)
    .order_by(OrderLine.position, OrderLine.id)
)
