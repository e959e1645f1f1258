"""Gift cards whose price goes back: taken back whole while nobody has spent of them, and closed.

Knows which cards a refund is for; refuses to take a part of one. Expects the order's lock.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock
from storefront.credit.models import CreditAccount, CreditCause, CreditEntry
from storefront.credit.steps import Why, take_out
from storefront.database import require_transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.models import Order, OrderLine, OrderState, Refund, RefundState
from storefront.orders.money_back import SURPLUS
from storefront.refunds.models import RefundLine

# The reason of a refund of all that is left, of an order that is about to be cancelled.
CANCELLED = "cancelled"

# What has been decided and stands: for these the cards are here.
_DECIDED = (RefundState.APPROVED, RefundState.SENT, RefundState.SETTLED)


def take_cards_back(order: Order, refund: Refund) -> None:
    """Take back the cards of the pieces that a refund is for, of a cancelled order all. Raises Refused where somebody
    has spent of them. A second call, and one in place of another that failed, takes none twice. A step."""
    if refund.reason in SURPLUS:
        # Money that came too late or twice bought no card.
        return
    for line, pieces in _wanted(order, refund):
        amount = Money(line.unit_minor, order.currency)
        why = Why(CreditCause.TAKEN_BACK, order_id=order.id, refund_id=refund.id, reference=refund.id)
        cards = sa.select(CreditAccount).where(
            CreditAccount.order_line_id == line.id, CreditAccount.closed_at.is_(None)
        )
        for card in require_transaction().scalars(cards.order_by(CreditAccount.piece)).all():
            if pieces <= 0:
                break
            if take_out(card.id, amount, why):
                card.closed_at = clock.now()
                pieces -= 1
        if pieces > 0:
            raise Refused(
                _(
                    "Of “%(title)s”, a gift card was spent, or closed: its price cannot go back.",
                    title=line.title,
                )
            )


def _wanted(order: Order, refund: Refund) -> list[tuple[OrderLine, int]]:
    """Lines that sold cards, and how many of them are still to be taken back."""
    current = require_transaction()
    current.flush()
    stands = sa.or_(Refund.state.in_(_DECIDED), Refund.set_aside_at.is_not(None))
    back = (
        sa.select(sa.func.coalesce(sa.func.sum(RefundLine.quantity), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(RefundLine.order_line_id == OrderLine.id, stands)
        .scalar_subquery()
    )
    taken = (
        sa.select(sa.func.count())
        .select_from(CreditEntry)
        .join(CreditAccount, CreditAccount.id == CreditEntry.account_id)
        .where(CreditAccount.order_line_id == OrderLine.id, CreditEntry.cause == CreditCause.TAKEN_BACK)
        .scalar_subquery()
    )
    sold = sa.select(OrderLine, back, taken).where(
        OrderLine.order_id == order.id, OrderLine.is_gift_card, OrderLine.unit_minor > 0
    )
    is_whole = order.state == OrderState.CANCELLED or refund.reason == CANCELLED
    if not is_whole:
        mine = sa.select(RefundLine.order_line_id).where(RefundLine.refund_id == refund.id)
        sold = sold.where(OrderLine.id.in_(mine))
    return [
        (line, (line.quantity if is_whole else int(pieces)) - int(gone))
        for line, pieces, gone in current.execute(sold.order_by(OrderLine.position)).all()
    ]
