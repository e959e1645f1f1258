"""What credit notes took back of each line and of shipping, in the order in which they were written.

Knows refunds that have a credit note; refuses to know how one is printed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from storefront.database import read
from storefront.money import Money
from storefront.orders.models import Document, Order, OrderLine, Refund
from storefront.refunds.models import RefundLine
from storefront.refunds.taxes import Worth

# The credit of a refund that the bank sent back is a refund of its own; its credit note is the first one's.
_NOTED = sa.func.coalesce(Refund.split_of, Refund.id)


def credited_parts(order_ids: sa.Select[Any]) -> dict[str, list[Worth]]:
    """By the id of each refund of these orders that has a credit note, what it was for. Two statements."""
    found: defaultdict[str, list[Worth]] = defaultdict(list)
    for refund_id, worth in (*_worths(_of_lines(order_ids)), *_worths(_of_shipping(order_ids))):
        found[refund_id].append(worth)
    return found


def _worths(rows: Any) -> Iterator[tuple[str, Worth]]:
    before: Counter[int] = Counter()
    for row in read(rows):
        now = int(row.now)
        amounts = (now, before[row.of], row.whole, row.tax)
        back, earlier, whole, tax = (Money(minor, row.currency) for minor in amounts)
        yield row.refund_id, Worth(back, earlier, whole, tax, row.rate)
        before[row.of] += now


def _of_lines(order_ids: sa.Select[Any]) -> Any:
    return (
        sa.select(
            Document.refund_id,
            OrderLine.id.label("of"),
            sa.func.sum(RefundLine.amount_minor).label("now"),
            OrderLine.total_minor.label("whole"),
            OrderLine.tax_minor.label("tax"),
            OrderLine.tax_basis_points.label("rate"),
            Order.currency,
        )
        .join(Refund, Document.refund_id == _NOTED)
        .join(RefundLine, RefundLine.refund_id == Refund.id)
        .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Document.order_id.in_(order_ids), Refund.order_id == Document.order_id)
        .group_by(
            *(Document.id, Document.refund_id, OrderLine.id, OrderLine.total_minor, OrderLine.tax_minor),
            *(OrderLine.tax_basis_points, OrderLine.position, Order.currency),
        )
        .order_by(Document.id, OrderLine.position, OrderLine.id)
    )


def _of_shipping(order_ids: sa.Select[Any]) -> Any:
    return (
        sa.select(
            Document.refund_id,
            Order.id.label("of"),
            sa.func.sum(Refund.shipping_minor).label("now"),
            Order.shipping_minor.label("whole"),
            Order.shipping_tax_minor.label("tax"),
            Order.shipping_tax_basis_points.label("rate"),
            Order.currency,
        )
        .join(Refund, Document.refund_id == _NOTED)
        .join(Order, Order.id == Refund.order_id)
        .where(Document.order_id.in_(order_ids), Refund.order_id == Document.order_id)
        .group_by(
            *(Document.id, Document.refund_id, Order.id, Order.shipping_minor, Order.shipping_tax_minor),
            *(Order.shipping_tax_basis_points, Order.currency),
        )
        .order_by(Document.id)
    )
