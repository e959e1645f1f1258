"""What of an order can be given back, and what was given back for.

Knows orders, their lines and refunds; refuses to write.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.catalogue.models import Variant
from storefront.config import settings
from storefront.database import session
from storefront.errors import NotFound
from storefront.money import Money, total
from storefront.orders.disputes import Disputed, refuse_disputed
from storefront.orders.models import Order, OrderLine, OrderState
from storefront.orders.queries import is_in_review
from storefront.orders.refund import RESERVED, Refund, RefundState
from storefront.orders.tenders import left_of_credit, left_of_payment
from storefront.payments.models import AttemptState, PaymentAttempt
from storefront.refunds.models import RefundLine
from storefront.refunds.reckoning import LineLeft, Refundable
from storefront.refunds.returns import ReturnLine, ReturnRequest

# Refunds that are on their way or there: what was decided, and not taken back.
_DECIDED = (RefundState.APPROVED, RefundState.SENT, RefundState.SETTLED)


@dataclass(frozen=True, slots=True)
class _Gone:
    """What refunds of one line have: pieces paid back, and pieces put on the shelf."""

    refunded: int
    restocked: int


def refundable(order_id: int) -> Refundable:
    """What of an order can go back now, by nine queries. Raises NotFound."""
    order = session().get(Order, order_id, populate_existing=True) if 0 < order_id < 2**63 else None
    if order is None:
        raise NotFound()
    attempt_id, at_stripe = _payment_with_most_left(order)
    left = min(at_stripe + left_of_credit(order), order.refundable)
    return Refundable(
        order_id=order.id,
        attempt_id=attempt_id,
        captured=Money(order.captured_minor, order.currency),
        left=left,
        at_stripe=min(at_stripe, left),
        shipping_left=_shipping_left(order),
        lines=_lines(order),
        alone=_alone(order),
        problem=_problem(order, left),
    )


def needs_second_person(of: Refundable, amount: Money) -> bool:
    """Whether `amount` is more than one person alone may give back of the order, with what went before."""
    limit = settings().refund_alone_limit
    return limit is not None and amount + of.alone > limit


def _payment_with_most_left(order: Order) -> tuple[str, Money]:
    """An order is paid once; a second payment goes back by itself, and only where that failed is there more. Where
    credit paid all, Stripe has nothing of it."""
    paid = sa.select(PaymentAttempt).where(
        PaymentAttempt.order_id == order.id, PaymentAttempt.state == AttemptState.PAID
    )
    best = "", Money.zero(order.currency)
    for attempt in session().scalars(paid.order_by(PaymentAttempt.ended_at, PaymentAttempt.id)):
        left = left_of_payment(attempt)
        if left.currency == order.currency and (left > best[1] or not best[0]):
            best = attempt.id, left
    return best


def _shipping_left(order: Order) -> Money:
    gone = sa.select(sa.func.coalesce(sa.func.sum(Refund.shipping_minor), 0)).where(
        Refund.order_id == order.id, Refund.state.in_(RESERVED)
    )
    return Money(order.shipping_minor - int(session().scalar(gone) or 0), order.currency)


def _lines(order: Order) -> tuple[LineLeft, ...]:
    gone = _gone(order.id)
    rows = session().execute(
        sa.select(OrderLine, Variant.on_hand)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.position, OrderLine.id)
    )
    # What is not counted has no shelf to go on; the goods of a cancelled order went back when it was cancelled.
    return tuple(
        LineLeft(
            id=line.id,
            variant_id=line.variant_id,
            title=line.title,
            variant_title=line.variant_title,
            quantity=line.quantity,
            total=Money(line.total_minor, order.currency),
            refunded=gone.get(line.id, _NOTHING).refunded,
            can_restock=0
            if on_hand is None or order.state == OrderState.CANCELLED
            else line.quantity - gone.get(line.id, _NOTHING).restocked,
            unsent=line.to_ship,
        )
        for line, on_hand in rows
    )


_NOTHING = _Gone(0, 0)


def _gone(order_id: int) -> Mapping[int, _Gone]:
    """By line: pieces of refunds that stand, and pieces on the shelf again, where they stay if the money does not
    arrive."""
    stands = sa.case((Refund.state.in_(RESERVED), RefundLine.quantity), else_=0)
    rows = session().execute(
        sa.select(RefundLine.order_line_id, sa.func.sum(stands), sa.func.sum(RefundLine.restocked))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(Refund.order_id == order_id, Refund.state != RefundState.DECLINED)
        .group_by(RefundLine.order_line_id)
    )
    refunds = {line_id: _Gone(int(refunded), int(restocked)) for line_id, refunded, restocked in rows}
    returned = _returned(order_id)
    return {
        line_id: _Gone(
            refunds.get(line_id, _NOTHING).refunded,
            refunds.get(line_id, _NOTHING).restocked + returned.get(line_id, 0),
        )
        for line_id in refunds.keys() | returned.keys()
    }


def _returned(order_id: int) -> dict[int, int]:
    """By line: pieces that went on the shelf when they came back, before their money did."""
    rows = session().execute(
        sa.select(ReturnLine.order_line_id, sa.func.sum(ReturnLine.restocked))
        .join(ReturnRequest, ReturnRequest.id == ReturnLine.request_id)
        .where(ReturnRequest.order_id == order_id)
        .group_by(ReturnLine.order_line_id)
    )
    return {line_id: int(pieces) for line_id, pieces in rows}


def _alone(order: Order) -> Money:
    """What went back of the order on the word of one person: asked for and approved by the same."""
    rows = session().scalars(
        sa.select(Refund.amount_minor).where(
            Refund.order_id == order.id,
            Refund.requested_by == Refund.decided_by,
            Refund.state.in_(_DECIDED),
            Refund.currency == order.currency,
        )
    )
    return total((Money(minor, order.currency) for minor in rows), order.currency)


def _problem(order: Order, left: Money) -> str | None:
    if is_in_review(order.id):
        return _("A payment of this order is in review: it is given back or accepted there.")
    if not order.captured_minor:
        return _("Nothing was paid for this order, so nothing can go back.")
    try:
        refuse_disputed(order)
    except Disputed as refusal:
        return refusal.message
    if left.minor <= 0:
        return _("Everything that was paid has gone back, or is on its way.")
    return None


def pieces_gone(order_id: int) -> dict[int, int]:
    """Pieces by variant that refunds of an order have taken out of it: called off, or on the shelf, now or when they
    are approved. One query."""
    return {variant_id: pieces for (_order, variant_id), pieces in gone_where(Order.id == order_id).items()}


def gone_where(*orders: sa.ColumnElement[bool]) -> Counter[tuple[int, int]]:
    """The same of many orders, by order and variant. One query."""
    back = (
        sa.select(sa.func.coalesce(sa.func.sum(RefundLine.restocked), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(RefundLine.order_line_id == OrderLine.id, Refund.state != RefundState.DECLINED)
        .scalar_subquery()
    )
    rows = session().execute(
        sa.select(OrderLine.order_id, OrderLine.variant_id, OrderLine.called_off, back)
        .join(Order, Order.id == OrderLine.order_id)
        .where(*orders)
    )
    gone: Counter[tuple[int, int]] = Counter()
    for order_id, variant_id, called_off, restocked in rows:
        # What is not sent anyway is never called off, but may come back.
        gone[order_id, variant_id] += max(called_off, int(restocked))
    return gone
