"""What may be done to an order inside a transaction: placed, paid, cancelled.

Each step expects the order's lock (`lock_order`) and leaves its invariants true. Money back is in `money_back`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront import audit, clock, mail, states
from storefront.config import settings
from storefront.credit.queries import spent_by
from storefront.credit.steps import give_back, spend_again
from storefront.database import Prepared, insert_ignore, inserting, lock, require_transaction, session, write
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders import finding
from storefront.orders.discounts import kept_discounts
from storefront.orders.issuing import open_sold_cards
from storefront.orders.models import (
    Document,
    DocumentKind,
    EntryKind,
    Fulfilment,
    LedgerEntry,
    NumberSeries,
    Order,
    OrderLine,
    OrderState,
    Source,
    number_of_id,
)
from storefront.pricing.offers import Given
from storefront.pricing.steps import Holder, give_uses_back, take_uses, take_uses_again


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line as it was priced; `total` is for the whole line, with tax, after `discount`. `left_out_by` is the slug
    by which the policy leaves it out of the guarantee."""

    variant_id: int
    product_id: int
    title: str
    variant_title: str
    sku: str | None
    quantity: int
    unit: Money
    net: Money
    tax: Money
    total: Money
    tax_basis_points: int
    requires_shipping: bool
    left_out_by: str | None = None
    post_id: int | None = None
    discount: Money | None = None
    is_gift_card: bool = False


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as it is promised, before it is written; the posts that led to it are ids that are known to exist."""

    draft_id: str
    cart_id: str
    email: str
    delivery: dict[str, Any]
    billing: dict[str, Any]
    country: str
    lines: tuple[LineFacts, ...]
    goods: Money
    shipping: Money
    shipping_net: Money
    shipping_tax: Money
    net: Money
    tax: Money
    total: Money
    shipping_code: str
    shipping_name: str
    delivery_from_on: date | None
    delivery_to_on: date | None
    policy_version_id: int
    terms: list[str]
    hold_until: datetime
    first_post_id: int | None = None
    last_post_id: int | None = None
    discount: Money | None = None
    tax_included: bool = True
    shipping_rate: int = 0
    given: tuple[Given, ...] = ()
    credit: Money | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An order that was just written: what its payment page says of it."""

    id: int
    email: str
    total: Money

    @property
    def number(self) -> int:
        """What people call it by."""
        return number_of_id(self.id)


Actor = tuple[str, object | None]

# Nobody in particular: the shop itself, by a rule.
SYSTEM: Actor = ("system", None)
SHOPPER: Actor = ("customer", None)


def write_order(facts: OrderFacts, *, source: Source = Source.SHOP, by: Actor = SHOPPER) -> Written:
    """Write the order with every promise copied onto it; a customer who is signed in owns it. A step."""
    is_to_send = any(line.requires_shipping for line in facts.lines)
    require_transaction()
    now = clock.now()
    order = {
        "draft_id": facts.draft_id,
        "cart_id": facts.cart_id,
        "customer_id": owner(by),
        "email": facts.email,
        "delivery": facts.delivery,
        "billing": facts.billing,
        "country": facts.country,
        "currency": facts.total.currency,
        "goods_minor": facts.goods.minor,
        "discount_minor": facts.discount.minor if facts.discount else 0,
        "discounts": kept_discounts(facts.given),
        "shipping_minor": facts.shipping.minor,
        "shipping_net_minor": facts.shipping_net.minor,
        "shipping_tax_minor": facts.shipping_tax.minor,
        "net_minor": facts.net.minor,
        "tax_minor": facts.tax.minor,
        "tax_included": facts.tax_included,
        "shipping_tax_basis_points": facts.shipping_rate,
        "total_minor": facts.total.minor,
        "credit_minor": facts.credit.minor if facts.credit else 0,
        "captured_minor": 0,
        "refunded_minor": 0,
        "shipping_code": facts.shipping_code,
        "shipping_name": facts.shipping_name,
        "delivery_from_on": facts.delivery_from_on,
        "delivery_to_on": facts.delivery_to_on,
        "policy_version_id": facts.policy_version_id,
        "terms": facts.terms,
        "is_demo": settings().is_sandbox,
        "placed_at": now,
        "hold_until": facts.hold_until,
        "fulfilment": Fulfilment.UNSHIPPED if is_to_send else Fulfilment.NOTHING,
        "source": source,
        "first_post_id": facts.first_post_id,
        "last_post_id": facts.last_post_id,
    }
    # Rows and no objects: nobody changes them in this transaction.
    order_id: int = write(_adding(Order, tuple(order)), order).key
    lines = [
        {**_line(order_id, position, line), "tax_included": facts.tax_included}
        for position, line in enumerate(facts.lines)
    ]
    write(_adding(OrderLine, tuple(lines[0])), lines)
    if facts.given:
        take_uses(facts.given, Holder(order_id, facts.cart_id, facts.email))
    finding.add_words(order_id, _words(facts), placed_at=now, total_minor=facts.total.minor)
    audit.record("order.placed", subject=("order", order_id), actor=by)
    return Written(order_id, facts.email, facts.total)


@lru_cache
def _adding(model: type[Any], columns: tuple[str, ...]) -> Prepared:
    return inserting(model, *columns)


def _words(facts: OrderFacts) -> set[str]:
    return finding.words_of_order(
        email=facts.email,
        addresses=(facts.delivery, facts.billing),
        codes=(line.sku for line in facts.lines),
    )


def _line(order_id: int, position: int, line: LineFacts) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "position": position,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "title": line.title,
        "variant_title": line.variant_title,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_minor": line.unit.minor,
        "discount_minor": line.discount.minor if line.discount else 0,
        "net_minor": line.net.minor,
        "tax_minor": line.tax.minor,
        "total_minor": line.total.minor,
        "tax_basis_points": line.tax_basis_points,
        "requires_shipping": line.requires_shipping,
        "left_out_by": line.left_out_by,
        "is_gift_card": line.is_gift_card,
        "post_id": line.post_id,
    }


def owner(by: Actor) -> int | None:
    """The id of the customer who acts, if one does."""
    kind, person_id = by
    return person_id if kind == "customer" and isinstance(person_id, int) else None


def lock_order(order_id: int) -> Order:
    """The order, read anew and locked until the commit; raises NotFound. A step, before any other on it."""
    order: Order | None = lock(Order, order_id) if 0 < order_id < 2**63 else None
    if order is None:
        raise NotFound()
    return order


def quantities(order_id: int) -> dict[int, int]:
    """Pieces per variant id in an order: what its stock movements amount to."""
    rows = session().execute(
        sa.select(OrderLine.variant_id, sa.func.sum(OrderLine.quantity))
        .where(OrderLine.order_id == order_id)
        .group_by(OrderLine.variant_id)
    )
    return {variant_id: int(pieces) for variant_id, pieces in rows}


def enter(order: Order, kind: EntryKind, amount: Money, *, stripe_id: str, at: datetime) -> bool:
    """Enter money that moved into the books, once per kind and Stripe id; whether it was new. A step."""
    values = {
        "order_id": order.id,
        "kind": kind,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "stripe_id": stripe_id,
        "at": at,
    }
    return insert_ignore(LedgerEntry, values, unique=("kind", "stripe_id"))


def record_capture(order: Order, *, amount: Money, payment_intent_id: str) -> bool:
    """Enter captured money into the books, once per payment intent; whether it was new. A step."""
    new = enter(order, EntryKind.CAPTURE, amount, stripe_id=payment_intent_id, at=clock.now())
    # Money of another currency is in the ledger, but cannot count towards this order's total.
    if new and amount.currency == order.currency:
        order.captured_minor += amount.minor
    return new


def mark_paid(order: Order) -> None:
    """Advance to paid: what credit paid enters the books, invoice number, gift cards that it sold, confirmation mail,
    record. A step."""
    now = clock.now()
    states.advance(order, OrderState.PAID)
    order.paid_at, order.cancelled_at, order.cancel_code = now, None, None
    _enter_credit(order, at=now)
    issue_document(DocumentKind.INVOICE, order, amount=order.total, at=now)
    open_sold_cards(order)
    mail.owe(
        "order_confirmation",
        subject=f"order:{order.id}",
        recipient=order.email,
        facts={"order_id": order.id},
    )
    audit.record("order.paid", subject=("order", order.id))


def _enter_credit(order: Order, *, at: datetime) -> None:
    """Once per account, however often an order is paid. Nothing is asked where credit paid nothing."""
    for part in spent_by([order.id]) if order.credit_minor else ():
        stripe_id = f"credit:{order.id}:{part.account_id}"
        if enter(order, EntryKind.CREDIT_SPENT, part.amount, stripe_id=stripe_id, at=at):
            order.captured_minor += part.amount.minor


def mark_processing(order: Order, *, hold_until: datetime) -> None:
    """The payment is under way and settles by its own method within days; goods stay held. A step."""
    states.advance(order, OrderState.PROCESSING)
    order.hold_until = hold_until
    audit.record("order.processing", subject=("order", order.id))


def mark_cancelled(order: Order, *, code: str, note: str = "", by: Actor = SYSTEM) -> None:
    """Advance to cancelled; `code` says why: expired, changed, payment_failed, or what staff chose; `note` is kept in
    the record. Stock is the caller's. A step."""
    states.advance(order, OrderState.CANCELLED)
    order.cancelled_at, order.cancel_code = clock.now(), code
    detail = {"note": (None, note)} if note else None
    audit.record("order.cancelled", subject=("order", order.id), actor=by, code=code, detail=detail)


def let_go(order: Order) -> None:
    """An order that is cancelled unpaid uses no discount and holds no credit: others may. What it was given stays
    written on it. A step."""
    if order.discounts:
        give_uses_back(order.id)
    if order.credit_minor:
        give_back(order.id)


def take_hold_again(order: Order) -> None:
    """An order that lives again uses what it was promised, and is paid with the credit that it was; raises
    DiscountOver or CreditGone where others have it now. A step."""
    if order.discounts:
        take_uses_again(order.discounts, Holder(order.id, order.cart_id, order.email))
    if order.credit_minor:
        spend_again(order.id)


def issue_document(
    kind: DocumentKind, order: Order, *, amount: Money, at: datetime, refund_id: str | None = None
) -> None:
    """Give the next number of the series in the shop's year, in the transaction that needs it: no gaps. A step."""
    require_transaction()
    year = at.astimezone(settings().timezone).year
    document = {
        "kind": kind,
        "year": year,
        "serial": _next_serial(kind, year),
        "order_id": order.id,
        "refund_id": refund_id,
        "amount_minor": amount.minor,
        "issued_at": at,
    }
    write(_adding(Document, tuple(document)), document)


def _next_serial(kind: DocumentKind, year: int) -> int:
    this = {"kind": kind, "in_year": year}
    if not (counted := write(_COUNT, this).rows):
        # The first of its year.
        insert_ignore(NumberSeries, {"series": kind, "year": year, "last": 0}, unique=("series", "year"))
        counted = write(_COUNT, this).rows
    return int(counted[0].last)


_series = NumberSeries.__table__
_COUNT = Prepared(
    sa.update(_series)
    .where(_series.c.series == sa.bindparam("kind"), _series.c.year == sa.bindparam("in_year"))
    .values(last=_series.c.last + 1)
    .returning(_series.c.last)
)
