"""The proof that returns are what they say: goods that came back are on the shelf, pieces are asked back once.

Reads everything, writes nothing; each difference is a sentence that names the row.
"""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from storefront.catalogue.models import Cause, StockMovement
from storefront.database import session
from storefront.orders.models import OrderLine, number_of_id
from storefront.refunds.returns import ReturnLine


def goods_came_back_as_returns_say() -> Iterator[str]:
    """I2: what returns put on the shelf is what their lines say was fit for it."""
    wanted = Counter(
        {
            (f"return:{request_id}", variant_id): int(pieces)
            for request_id, variant_id, pieces in session().execute(
                sa.select(ReturnLine.request_id, OrderLine.variant_id, sa.func.sum(ReturnLine.restocked))
                .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
                .where(ReturnLine.restocked > 0)
                .group_by(ReturnLine.request_id, OrderLine.variant_id)
            )
        }
    )
    moved = session().execute(
        sa.select(StockMovement.reference, StockMovement.variant_id, sa.func.sum(StockMovement.delta))
        .where(StockMovement.cause == Cause.RETURN)
        .group_by(StockMovement.reference, StockMovement.variant_id)
    )
    found = Counter({(reference or "", variant_id): int(pieces) for reference, variant_id, pieces in moved})
    for reference, variant_id in sorted(wanted.keys() | found.keys()):
        says, came = wanted[reference, variant_id], found[reference, variant_id]
        if says != came:
            name = reference.replace("return:", "Return R")
            yield f"{name} puts {says} of variant {variant_id} into stock, but {came} came."


def pieces_are_asked_back_as_returns_say() -> Iterator[str]:
    """I3: pieces of a line that count as asked back are those that its requests still count."""
    asked = (
        sa.select(ReturnLine.order_line_id, sa.func.sum(ReturnLine.accepted).label("pieces"))
        .group_by(ReturnLine.order_line_id)
        .subquery()
    )
    counted = sa.func.coalesce(asked.c.pieces, 0)
    wrong = (
        sa.select(OrderLine.order_id, OrderLine.id, OrderLine.asked_back, counted)
        .outerjoin(asked, asked.c.order_line_id == OrderLine.id)
        .where(OrderLine.asked_back != counted)
    )
    for order_id, line_id, said, pieces in session().execute(wrong):
        yield (
            f"Order {number_of_id(order_id)} has {said} pieces of line {line_id} asked back, its returns {pieces}."
        )
