"""The proof that refunds are made of their parts, and that goods came back as they say.

Reads everything, writes nothing; each difference is a sentence that names the row.
"""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from storefront.catalogue.models import Cause, StockMovement
from storefront.credit.models import CreditCause, CreditEntry
from storefront.database import session
from storefront.orders.models import OrderLine, number_of_id
from storefront.orders.refund import RESERVED, Refund, RefundState
from storefront.orders.tenders import EXCESS
from storefront.refunds.models import RefundLine
from storefront.refunds.records import not_owed

# In these nothing has gone on the shelf: nobody has approved.
_UNDECIDED = (RefundState.REQUESTED, RefundState.DECLINED)


def refunds_are_their_parts() -> Iterator[str]:
    """I3: what a refund is for comes to no more than the refund, and no piece goes back twice."""
    over = (
        sa.select(
            Refund.id, Refund.amount_minor, sa.func.sum(RefundLine.amount_minor) + Refund.shipping_minor
        )
        .join(RefundLine, RefundLine.refund_id == Refund.id)
        .group_by(Refund.id)
        .having(sa.func.sum(RefundLine.amount_minor) + Refund.shipping_minor > Refund.amount_minor)
    )
    for refund_id, amount, parts in session().execute(over):
        yield f"Refund {refund_id} is of {amount}, but its parts add up to {parts}."
    twice = (
        sa.select(OrderLine.order_id, OrderLine.id, OrderLine.quantity, sa.func.sum(RefundLine.quantity))
        .join(RefundLine, RefundLine.order_line_id == OrderLine.id)
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(Refund.state.in_(RESERVED))
        .group_by(OrderLine.order_id, OrderLine.id, OrderLine.quantity)
        .having(sa.func.sum(RefundLine.quantity) > OrderLine.quantity)
    )
    for order_id, line_id, quantity, pieces in session().execute(twice):
        yield (
            f"Order {number_of_id(order_id)} has {quantity} pieces on line {line_id}, but {pieces} are refunded."
        )


def what_went_back_was_owed() -> Iterator[str]:
    """I3: what went back at Stripe was owed, or somebody has seen to it."""
    rows = session().scalars(sa.select(Refund).where(Refund.id.in_(not_owed())).order_by(Refund.id))
    for each in rows.all():
        yield (
            f"Order {number_of_id(each.order_id)} had {each.amount_minor} given back at Stripe by refund {each.id}, "
            f"of which {each.excess.minor + each.spent.minor} was not owed."
        )


def what_was_taken_out_of_credit_is_entered() -> Iterator[str]:
    """I3: what refunds say was taken out of credit again, since it had gone back twice, is what credit says."""
    moved = (
        sa.select(CreditEntry.refund_id, (-sa.func.sum(CreditEntry.amount_minor)).label("minor"))
        .where(CreditEntry.cause == CreditCause.ADJUSTED, CreditEntry.reference.startswith(EXCESS))
        .group_by(CreditEntry.refund_id)
        .subquery()
    )
    entered = sa.func.coalesce(moved.c.minor, 0)
    rows = sa.select(Refund.id, Refund.regained_minor, entered).outerjoin(
        moved, moved.c.refund_id == Refund.id
    )
    for refund_id, says, minor in session().execute(
        rows.where(Refund.regained_minor != entered).order_by(Refund.id)
    ):
        yield f"Refund {refund_id} says {says} was taken out of credit again, but its entries add up to {minor}."


def goods_came_back_as_refunds_say() -> Iterator[str]:
    """I2: what refunds put on the shelf is what their lines say, once they are approved, and nothing before."""
    wanted = Counter(
        {
            (refund_id, variant_id): int(pieces)
            for refund_id, variant_id, pieces in session().execute(
                sa.select(Refund.id, OrderLine.variant_id, sa.func.sum(RefundLine.restocked))
                .join(RefundLine, RefundLine.refund_id == Refund.id)
                .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
                .where(Refund.state.not_in(_UNDECIDED), RefundLine.restocked > 0)
                .group_by(Refund.id, OrderLine.variant_id)
            )
        }
    )
    moved = session().execute(
        sa.select(StockMovement.reference, StockMovement.variant_id, sa.func.sum(StockMovement.delta))
        .where(StockMovement.cause == Cause.RESTOCK, StockMovement.reference.startswith("refund:"))
        .group_by(StockMovement.reference, StockMovement.variant_id)
    )
    found = Counter(
        {
            (reference.removeprefix("refund:"), variant_id): int(pieces)
            for reference, variant_id, pieces in moved
        }
    )
    for refund_id, variant_id in sorted(wanted.keys() | found.keys()):
        says, came = wanted[refund_id, variant_id], found[refund_id, variant_id]
        if says != came:
            yield f"Refund {refund_id} puts {says} of variant {variant_id} into stock, but {came} came."
