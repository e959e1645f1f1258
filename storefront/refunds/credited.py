"""What credit notes took back of each line and of shipping, in the order in which they were written, and its tax.

Knows refunds that have a credit note; refuses to know how one is printed.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.database import read
from storefront.money import Money, total
from storefront.orders.books import Document, DocumentKind
from storefront.orders.models import Order, OrderLine
from storefront.orders.refund import Refund
from storefront.pricing.tax import TaxSplit
from storefront.refunds.models import RefundLine
from storefront.refunds.taxes import Note, Worth, credited_by_rate

# The credit of a refund that the bank sent back is a refund of its own; its credit note is the first one's.
_NOTED = sa.func.coalesce(Refund.split_of, Refund.id)


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit note: what of it was for shipping, and all of it by rate of tax, in basis points."""

    shipping: Money
    by_rate: dict[int, TaxSplit]


def credit_notes(order_ids: sa.Select[Any]) -> dict[str, Credited]:
    """The credit notes of these orders, by the id of the refund of each. Five statements."""
    for_lines, for_shipping = _worths(_of_lines(order_ids)), _worths(_of_shipping(order_ids))
    invoiced, found = _invoiced(order_ids), dict[str, Credited]()
    notes: defaultdict[int, dict[str, Money]] = defaultdict(dict)
    for row in read(_notes(order_ids)):
        notes[row.order_id][row.refund_id] = Money(row.amount_minor, row.currency)
    for order_id, amounts in notes.items():
        written = [
            Note(amount, (*for_lines[refund_id], *for_shipping[refund_id]))
            for refund_id, amount in amounts.items()
        ]
        by_rate = credited_by_rate(written, invoiced=invoiced[order_id])
        for (refund_id, amount), rates in zip(amounts.items(), by_rate, strict=True):
            for_goods = total((each.now for each in for_lines[refund_id]), amount.currency)
            shipping = total((each.now for each in for_shipping[refund_id]), amount.currency)
            # Goods first, as their tax is: a note is for no more than others had left of the invoice.
            room = max(amount - for_goods, Money.zero(amount.currency))
            found[refund_id] = Credited(min(shipping, room), rates)
    return found


def _notes(order_ids: sa.Select[Any]) -> Any:
    return (
        sa.select(Document.order_id, Document.refund_id, Document.amount_minor, Order.currency)
        .join(Order, Order.id == Document.order_id)
        .where(Document.order_id.in_(order_ids), Document.kind == DocumentKind.CREDIT_NOTE)
        .order_by(Document.id)
    )


def _invoiced(order_ids: sa.Select[Any]) -> defaultdict[int, dict[int, TaxSplit]]:
    """By order and rate what its goods and shipping came to."""
    lines = (
        sa.select(
            *(OrderLine.order_id, OrderLine.tax_basis_points.label("rate"), Order.currency),
            sa.func.sum(OrderLine.total_minor).label("whole"),
            sa.func.sum(OrderLine.tax_minor).label("tax"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.order_id.in_(order_ids))
        .group_by(OrderLine.order_id, OrderLine.tax_basis_points, Order.currency)
    )
    shipping = sa.select(
        *(Order.id.label("order_id"), Order.shipping_tax_basis_points.label("rate"), Order.currency),
        Order.shipping_minor.label("whole"),
        Order.shipping_tax_minor.label("tax"),
    ).where(Order.id.in_(order_ids))
    found: defaultdict[int, dict[int, TaxSplit]] = defaultdict(dict)
    for row in (*read(lines), *read(shipping)):
        whole, tax = Money(int(row.whole), row.currency), Money(int(row.tax), row.currency)
        split, of_order = TaxSplit(whole - tax, tax, whole), found[row.order_id]
        of_order[row.rate] = of_order[row.rate] + split if row.rate in of_order else split
    return found


def _worths(rows: Any) -> defaultdict[str, list[Worth]]:
    before: Counter[int] = Counter()
    found: defaultdict[str, list[Worth]] = defaultdict(list)
    for row in read(rows):
        now = int(row.now)
        amounts = (now, before[row.of], row.whole, row.tax)
        back, earlier, whole, tax = (Money(minor, row.currency) for minor in amounts)
        found[row.refund_id].append(Worth(back, earlier, whole, tax, row.rate))
        before[row.of] += now
    return found


def _of_lines(order_ids: sa.Select[Any]) -> Any:
    invoiced = (OrderLine.total_minor, OrderLine.tax_minor, OrderLine.tax_basis_points)
    return (
        _noted(order_ids, OrderLine.id, RefundLine.amount_minor, invoiced)
        .join(RefundLine, RefundLine.refund_id == Refund.id)
        .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
    )


def _of_shipping(order_ids: sa.Select[Any]) -> Any:
    invoiced = (Order.shipping_minor, Order.shipping_tax_minor, Order.shipping_tax_basis_points)
    return _noted(order_ids, Order.id, Refund.shipping_minor, invoiced)


def _noted(order_ids: sa.Select[Any], of: Any, now: Any, invoiced: tuple[Any, Any, Any]) -> sa.Select[Any]:
    """What each credit note took back `of` something, and how that was invoiced: whole, tax and rate."""
    whole, tax, rate = invoiced
    return (
        sa.select(
            *(Document.refund_id, of.label("of"), sa.func.sum(now).label("now")),
            *(whole.label("whole"), tax.label("tax"), rate.label("rate"), Order.currency),
        )
        .select_from(Document)
        .join(Refund, Document.refund_id == _NOTED)
        .join(Order, Order.id == Document.order_id)
        .where(Document.order_id.in_(order_ids), Refund.order_id == Document.order_id)
        .group_by(Document.id, Document.refund_id, of, *invoiced, Order.currency)
        .order_by(Document.id, of)
    )
