"""Papers about an order: packing slip, invoice, credit note, as they are printed.

Knows what must stand on each; refuses to number one: numbers come with the payment and the refund.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.cart.sums import SumRow, discount_rows, rate_text
from storefront.checkout.addresses import address_lines
from storefront.config import settings
from storefront.database import session
from storefront.errors import NotFound
from storefront.money import Money, total
from storefront.orders.books import Document, DocumentKind
from storefront.orders.discounts import discounts_of
from storefront.orders.models import Order, OrderLine
from storefront.orders.queries import LineShown, OrderRecord
from storefront.orders.refund import Refund
from storefront.orders.taxes import shipping_price, taxes_of_order
from storefront.pricing.tax import TaxSplit
from storefront.refunds.credited import credit_notes
from storefront.refunds.models import RefundLine
from storefront.shop.order_page import paid_rows
from storefront.web.text import day_text


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A line of a paper; amounts are None on a packing slip."""

    title: str
    more: str
    quantity: int | None
    unit: Money | None
    total: Money | None


@dataclass(frozen=True, slots=True)
class TaxRow:
    """What of the total is taxed at one rate."""

    rate: str
    net: Money
    tax: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper; `facts` are (name, value), `taxes` and `total` are empty and None on a packing slip; `paid` is by what
    an invoice was paid where that was not a card alone."""

    title: str
    seller: tuple[str, ...]
    to: list[str]
    to_title: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[PaperRow, ...]
    taxes: tuple[TaxRow, ...]
    total: Money | None
    notes: tuple[str, ...]
    is_demo: bool
    paid: tuple[SumRow, ...] = ()


def packing_slip(record: OrderRecord) -> Paper:
    """What goes into the parcel: all that is left to send, or, when nothing is, all that was sent. No prices."""
    order = record.order
    is_left = any(line.to_ship for line in record.lines)
    pieces = [(line, line.to_ship if is_left else line.shipped) for line in record.lines]
    facts = [
        order_fact(order),
        (_("Placed on"), day_text(order.placed_at, "long")),
        (_("By"), order.shipping_name),
    ]
    return Paper(
        title=_("Packing slip for order %(number)s", number=order.number),
        seller=seller(),
        to=address_lines(order.delivery),
        to_title=_("Deliver to"),
        facts=tuple(facts),
        rows=tuple(PaperRow(line.title, _more(line), count, None, None) for line, count in pieces if count),
        taxes=(),
        total=None,
        notes=(_("Thank you. Questions: %(email)s.", email=settings().support_email),),
        is_demo=order.is_demo,
    )


def invoice(record: OrderRecord, document: Document) -> Paper:
    """The invoice: what was sold, to whom, at which rates of tax, as it was frozen when it was ordered."""
    order = record.order
    rows = [PaperRow(line.title, _more(line), line.quantity, line.unit, line.before) for line in record.lines]
    taken_off = discount_rows(discounts_of(order))
    rows.extend(PaperRow(each.label, "", None, None, each.amount) for each in taken_off)
    if shipping := shipping_price(order):
        rows.append(PaperRow(order.shipping_name, "", None, None, shipping))
    paid = [(_("Paid on"), day_text(order.paid_at, "long"))] if order.paid_at else []
    paper = _paper(
        _("Invoice %(number)s", number=document.number), record, document, rows, taxes_of(record), facts=paid
    )
    return replace(paper, paid=paid_rows(record)[0])


def credit_note(record: OrderRecord, document: Document) -> Paper:
    """The credit note: what was given back, and how much of it was tax. Raises NotFound without its refund."""
    order = record.order
    refund = next((each for each in record.refunds if each.id == document.refund_id), None)
    if refund is None:
        raise NotFound()
    rows, taxes = _given_back(record, refund, Money(document.amount_minor, order.currency))
    invoices = [each.number for each in record.documents if each.kind == DocumentKind.INVOICE]
    facts = [(_("For invoice"), ", ".join(invoices))] if invoices else []
    return _paper(
        _("Credit note %(number)s", number=document.number), record, document, rows, taxes, facts=facts
    )


def paper_of(record: OrderRecord, document: Document) -> Paper:
    """The paper that a number belongs to."""
    return (invoice if document.kind == DocumentKind.INVOICE else credit_note)(record, document)


def _paper(
    title: str,
    record: OrderRecord,
    document: Document,
    rows: Sequence[PaperRow],
    taxes: Iterable[TaxRow],
    *,
    facts: Sequence[tuple[str, str]],
) -> Paper:
    order = record.order
    when = [(_("Date"), day_text(document.issued_at, "long")), order_fact(order)]
    return Paper(
        title=title,
        seller=seller(),
        to=address_lines(order.billing),
        to_title=_("Bill to"),
        facts=(*when, (_("Ordered on"), day_text(order.placed_at, "long")), *facts),
        rows=tuple(rows),
        taxes=tuple(taxes),
        total=Money(document.amount_minor, order.currency),
        notes=(),
        is_demo=order.is_demo,
    )


def taxes_of(record: OrderRecord) -> list[TaxRow]:
    """The order's total by rate of tax."""
    return [_tax_row(rate, split) for rate, split in taxes_of_order(record)]


def _given_back(record: OrderRecord, refund: Refund, amount: Money) -> tuple[list[PaperRow], list[TaxRow]]:
    """The lines and the shipping that a refund was for; what is left of it is shared among the order's rates."""
    note = credit_notes(sa.select(Order.id).where(Order.id == record.order.id))[refund.id]
    rows = [
        PaperRow(line.title, line.variant_title, int(pieces), None, Money(int(minor), amount.currency))
        for line, pieces, minor in _parts(refund)
    ]
    for_goods = total((row.total for row in rows if row.total is not None), amount.currency)
    if shipping := note.shipping:
        rows.append(PaperRow(_("Shipping"), "", None, None, shipping))
    if rest := amount - for_goods - shipping:
        # Below zero where another note had taken some of it off the invoice, as for a refund made at Stripe.
        title = _("Given back of the order") if rest.minor > 0 else _("Credited before")
        rows.append(PaperRow(title, "", None, None, rest))
    return rows, _tax_rows(note.by_rate)


def _parts(refund: Refund) -> Sequence[Any]:
    """What a refund was for, with the credit that stayed of it where the bank sent the rest back."""
    return (
        session()
        .execute(
            sa.select(OrderLine, sa.func.sum(RefundLine.quantity), sa.func.sum(RefundLine.amount_minor))
            .join(RefundLine, RefundLine.order_line_id == OrderLine.id)
            .join(Refund, Refund.id == RefundLine.refund_id)
            .where(sa.or_(Refund.id == refund.id, Refund.split_of == refund.id))
            .group_by(OrderLine)
            .order_by(OrderLine.position, OrderLine.id)
        )
        .all()
    )


def _tax_rows(by_rate: dict[int, TaxSplit]) -> list[TaxRow]:
    return [_tax_row(rate, split) for rate, split in sorted(by_rate.items())]


def _tax_row(rate: int, split: TaxSplit) -> TaxRow:
    return TaxRow(rate_text(rate), split.net, split.tax, split.total)


def seller() -> tuple[str, ...]:
    """Who sends it: the shop, its address, and where it is asked."""
    made = settings()
    return tuple(each for each in (made.shop_name, made.address_line, made.support_email) if each)


def order_fact(order: Order) -> tuple[str, str]:
    """Which order a paper is about."""
    return _("Order"), str(order.number)


def _more(line: LineShown) -> str:
    return ", ".join(each for each in (line.sku, line.variant_title) if each)
