"""What may be done to an order inside a transaction: paid, cancelled, its invoice numbered.

Each step expects the order's lock (`lock_order`) and leaves its invariants true. Placing is in `placing`, money back
in `money_back`.
"""

from datetime import datetime

import sqlalchemy as sa

from storefront import audit, clock, mail, states
from storefront.config import settings
from storefront.credit.queries import spent_by
from storefront.credit.steps import give_back, spend_again
from storefront.database import Prepared, insert_ignore, inserting, lock, require_transaction, session, write
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.books import Document, DocumentKind, EntryKind, LedgerEntry, NumberSeries
from storefront.orders.issuing import open_sold_cards
from storefront.orders.models import Order, OrderLine, OrderState
from storefront.pricing.steps import Holder, give_uses_back, take_uses_again

Actor = tuple[str, object | None]

# Nobody in particular: the shop itself, by a rule.
SYSTEM: Actor = ("system", None)
SHOPPER: Actor = ("customer", None)


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
    write(_ADD_DOCUMENT, document)


_ADD_DOCUMENT = inserting(
    Document, "kind", "year", "serial", "order_id", "refund_id", "amount_minor", "issued_at"
)


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
