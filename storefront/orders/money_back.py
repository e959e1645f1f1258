"""Refund rows: reserved, sent, settled or failed, with the books kept beside them.

Each step expects the order's lock. What we reserve never exceeds what was captured: checked here and by CHECK. What
was given back at Stripe is recorded always, and what of it was not owed stands beside it.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, mail, states
from storefront.database import require_transaction
from storefront.errors import Refused
from storefront.money import Money, exponent
from storefront.orders.books import Document, DocumentKind, EntryKind
from storefront.orders.disputes import refuse_disputed
from storefront.orders.models import Order, OrderLine
from storefront.orders.refund import RESERVED, Refund, RefundState
from storefront.orders.steps import enter, issue_document
from storefront.orders.tenders import (
    Way,
    as_credit,
    give_again,
    give_credit,
    left_of_credit,
    left_of_payment,
)
from storefront.payments.models import PaymentAttempt

# Who does something: a kind and an id, as the record keeps it.
Actor = tuple[str, object | None]
SYSTEM: Actor = ("system", None)

# Money that was never the order's: no invoice names it, so no credit note takes it back.
SURPLUS = frozenset({"late_payment", "paid_twice", "overpaid", "payment_returned"})

# Those who paid in vain were written to when it was decided.
_TOLD = frozenset({"late_payment", "paid_twice", "payment_returned"})


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund before it is written; `shipping` is what of `amount` pays shipping back, `way` how it goes."""

    refund_id: str
    attempt_id: str
    amount: Money
    reason: str
    source: str = "shop"
    shipping: Money | None = None
    form_key: str | None = None
    retry_of: str | None = None
    way: Way = Way.AS_PAID


def reserve_refund(
    order: Order,
    *,
    refund_id: str,
    attempt_id: str,
    amount: Money,
    reason: str,
    source: str = "shop",
    by: Actor = SYSTEM,
) -> Refund:
    """Write an approved refund of what one payment brought, and reserve its amount; raises Refused beyond what was
    captured, and Disputed where the bank decides about the money. A step."""
    facts = RefundFacts(refund_id, attempt_id, amount, reason, source, way=Way.STRIPE)
    refund = request_refund(order, facts, by=by)
    approve_request(order, refund, by=by)
    return refund


def request_refund(order: Order, facts: RefundFacts, *, by: Actor) -> Refund:
    """Write a refund that waits for its approval and reserve its amount; raises as `reserve_refund`. A step."""
    session = require_transaction()
    amount = facts.amount
    # One made at Stripe is a fact already, disputed or not.
    if facts.source == "shop":
        refuse_disputed(order)
    credit = _credit(order, facts) if facts.source == "shop" else Money.zero(amount.currency)
    if exponent(amount.currency) == 3 and (amount - credit).minor % 10:
        # What Stripe cannot give back exactly would stay `sent` for ever.
        raise Refused(_("Amounts of this currency end in 0: nothing smaller can be paid back."))
    refund = _written(order, facts, credit, by=by)
    _reserve(order, refund)
    session.add(refund)
    session.flush()
    return refund


def _reserve(order: Order, refund: Refund) -> None:
    if not counts(refund.amount, order):
        return
    # What was done at Stripe is a fact, also where credit was given for the same money before.
    over = refund.amount_minor - order.refundable.minor if refund.source == "stripe" else 0
    refund.excess_minor = max(0, over)
    order.refunded_minor += refund.amount_minor - refund.excess_minor


def _free(order: Order, refund: Refund) -> None:
    """Its amount is free again; what had gone back at Stripe beyond what was captured takes that place."""
    if not counts(refund.amount, order):
        return
    freed = refund.amount_minor - refund.excess_minor
    give_again(refund)
    refund.excess_minor = refund.regained_minor = refund.spent_minor = 0
    for other in _in_excess(order):
        # What was taken out of credit again the shopper has once: it takes no other's place.
        taken = min(freed, other.excess.minor)
        other.excess_minor -= taken
        freed -= taken
    order.refunded_minor -= freed


def _in_excess(order: Order) -> list[Refund]:
    session = require_transaction()
    session.flush()
    over = sa.select(Refund).where(
        Refund.order_id == order.id, Refund.excess_minor > 0, Refund.state.in_(RESERVED)
    )
    fresh = {"populate_existing": True}
    return list(
        session.scalars(over.order_by(Refund.created_at.desc(), Refund.id), execution_options=fresh).all()
    )


def _credit(order: Order, facts: RefundFacts) -> Money:
    """What of it becomes credit; raises Refused where one of the tenders has not so much left."""
    amount = facts.amount
    if not counts(amount, order):
        return Money.zero(amount.currency)
    attempt = require_transaction().get_one(PaymentAttempt, facts.attempt_id)
    left = left_of_payment(attempt)
    at_stripe = left if counts(left, order) else Money.zero(order.currency)
    credit = as_credit(amount, at_stripe=at_stripe, way=facts.way)
    is_over = amount > order.refundable or amount - credit > at_stripe
    if is_over or (facts.way is not Way.CREDIT and credit and credit > left_of_credit(order)):
        raise Refused(_("That is more than what is left of this payment."))
    return credit


def _written(order: Order, facts: RefundFacts, credit: Money, *, by: Actor) -> Refund:
    return Refund(
        id=facts.refund_id,
        order_id=order.id,
        attempt_id=facts.attempt_id,
        state=RefundState.REQUESTED,
        amount_minor=facts.amount.minor,
        currency=facts.amount.currency,
        shipping_minor=facts.shipping.minor if facts.shipping else 0,
        credit_minor=credit.minor,
        reason=facts.reason,
        source=facts.source,
        form_key=facts.form_key,
        retry_of=facts.retry_of,
        requested_by=None if by[1] is None else str(by[1]),
        created_at=clock.now(),
    )


def approve_request(order: Order, refund: Refund, *, by: Actor) -> None:
    """It may be sent. Raises Disputed where a bank has taken the matter up since it was asked for. A step."""
    if refund.source == "shop":
        refuse_disputed(order)
    states.advance(refund, RefundState.APPROVED)
    refund.decided_by = None if by[1] is None else str(by[1])
    audit.record(
        "refund.approved",
        subject=("order", order.id),
        actor=by,
        code=refund.reason,
        detail={"refund": (None, refund.id), "amount": (None, amount_said(refund))},
    )


def decline_request(order: Order, refund: Refund, *, by: Actor) -> None:
    """It is not sent, and its amount is free again. A step."""
    states.advance(refund, RefundState.DECLINED)
    refund.decided_by, refund.ended_at = None if by[1] is None else str(by[1]), clock.now()
    _free(order, refund)


def amount_said(refund: Refund) -> str:
    """The amount as the record keeps it: 17.55 EUR."""
    return f"{refund.amount.decimal} {refund.currency}"


def counts(amount: Money, order: Order) -> bool:
    """Whether an amount counts towards the order: money of another currency is in the ledger alone."""
    return amount.currency == order.currency


def mark_refund_sent(refund: Refund) -> None:
    """Committed before Stripe is called: from now on the money may move. A step."""
    states.advance(refund, RefundState.SENT)
    refund.sent_at = clock.now()


def settle_refund(order: Order, refund: Refund, *, stripe_refund_id: str) -> None:
    """Stripe gave its part of the money back: credit, books and credit note. A second call changes nothing. A
    step."""
    refund.stripe_refund_id = stripe_refund_id
    if refund.state == RefundState.SENT:
        enter(order, EntryKind.REFUND, -refund.by_stripe, stripe_id=stripe_refund_id, at=clock.now())
        _settle(order, refund)


def settle_as_credit(order: Order, refund: Refund) -> None:
    """All of it becomes credit: Stripe is not asked. A second call changes nothing. A step."""
    if refund.state == RefundState.SENT:
        _settle(order, refund)


def _settle(order: Order, refund: Refund) -> None:
    now = clock.now()
    states.advance(refund, RefundState.SETTLED)
    refund.ended_at = now
    if refund.credit_minor:
        give_credit(order, refund)
    # A credit note corrects an invoice; money that never had one is only given back.
    is_of_invoice = order.paid_at is not None and refund.reason not in SURPLUS
    if is_of_invoice and counts(refund.amount, order) and not _is_credited(refund):
        amount = min(refund.amount, _left_of_invoice(order))
        if amount:
            issue_document(DocumentKind.CREDIT_NOTE, order, amount=amount, at=now, refund_id=refund.id)
    if refund.reason not in _TOLD:
        facts = {"order_id": order.id, "refund_id": refund.id}
        mail.owe("refund_paid", subject=f"refund:{refund.id}", recipient=order.email, facts=facts)
    audit.record("refund.settled", subject=("order", order.id), code=refund.reason)


def _left_of_invoice(order: Order) -> Money:
    """What no credit note has taken back of the order's invoice: the same money given back twice corrects it once."""
    sums = sa.select(Document.kind, sa.func.sum(Document.amount_minor)).where(Document.order_id == order.id)
    by_kind = {
        kind: int(minor) for kind, minor in require_transaction().execute(sums.group_by(Document.kind))
    }
    left = by_kind.get(DocumentKind.INVOICE, 0) - by_kind.get(DocumentKind.CREDIT_NOTE, 0)
    return Money(max(0, left), order.currency)


def _is_credited(refund: Refund) -> bool:
    """Whether a refund that this one tries again had its credit note, before the bank sent the money back: what one
    refund takes back of an invoice is taken back once."""
    session, before = require_transaction(), refund.retry_of
    while before is not None:
        if session.scalar(sa.select(Document.id).where(Document.refund_id == before)) is not None:
            return True
        before = session.scalar(sa.select(Refund.retry_of).where(Refund.id == before))
    return False


def fail_refund(order: Order, refund: Refund, *, stripe_refund_id: str | None, code: str | None) -> None:
    """Stripe or the bank did not give the money back, at once or days later: the reservation ends, and what the
    books had is entered back. What became credit stays, and was split off before. A second call changes nothing. A
    step."""
    refund.stripe_refund_id = stripe_refund_id or refund.stripe_refund_id
    if refund.state not in {RefundState.SENT, RefundState.SETTLED}:
        return
    now, was_settled = clock.now(), refund.state == RefundState.SETTLED
    states.advance(refund, RefundState.FAILED)
    refund.ended_at, refund.failure_code = now, code
    _free(order, refund)
    if was_settled and refund.stripe_refund_id:
        enter(order, EntryKind.REFUND_RETURNED, refund.amount, stripe_id=refund.stripe_refund_id, at=now)
    audit.record("refund.failed", subject=("order", order.id), code=code)


_line = OrderLine.__table__


def claim_back(order_id: int, line_id: int, *, pieces: int) -> bool:
    """The guard: count pieces of a line as asked back only where so many were bought and are not asked back yet;
    whether they were. A step."""
    found = require_transaction().execute(_CLAIM, {"key": line_id, "of": order_id, "pieces": pieces})
    return found.first() is not None


_CLAIM = (
    sa.update(_line)
    .where(
        _line.c.id == sa.bindparam("key"),
        _line.c.order_id == sa.bindparam("of"),
        _line.c.quantity - _line.c.asked_back >= sa.bindparam("pieces", type_=sa.BigInteger),
    )
    .values(asked_back=_line.c.asked_back + sa.bindparam("pieces"))
    .returning(_line.c.id)
)


def ask_no_more(order_id: int, line_id: int, *, pieces: int) -> None:
    """Count pieces of a line as no longer asked back. A step."""
    mine = (_line.c.id == line_id, _line.c.order_id == order_id)
    fewer = sa.update(_line).where(*mine).values(asked_back=_line.c.asked_back - pieces)
    require_transaction().execute(fewer)
