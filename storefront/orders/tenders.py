"""By which tender money goes back: to Stripe what Stripe took, to gift cards and store credit the rest.

Knows how a refund is split and whose credit it becomes; refuses to decide whether it is owed. The steps expect the
order's lock.
"""

from collections.abc import Iterator
from enum import StrEnum

import sqlalchemy as sa

from storefront import clock, mail
from storefront.credit.models import CreditAccount, CreditCause, CreditEntry, CreditKind, CreditUse
from storefront.credit.steps import Why, open_card, pay_in, store_credit_of
from storefront.database import session
from storefront.money import Money
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.models import Order
from storefront.orders.refund import RESERVED, Refund
from storefront.orders.steps import enter
from storefront.payments.models import PaymentAttempt, new_id

# What an entry for money that went back at Stripe without being owed is named by: taken out, or given again.
EXCESS = "excess:"


class Way(StrEnum):
    """How money goes back. as_paid: to Stripe as far as Stripe has it, the rest as credit; stripe: to Stripe alone;
    credit: all of it as credit."""

    AS_PAID = "as_paid"
    STRIPE = "stripe"
    CREDIT = "credit"


def as_credit(amount: Money, *, at_stripe: Money, way: Way) -> Money:
    """What of a refund becomes credit where Stripe has `at_stripe` of the payment left: nobody else decides it."""
    if way is Way.CREDIT:
        return amount
    return amount - min(amount, at_stripe) if way is Way.AS_PAID else Money.zero(amount.currency)


def captured_by(attempt: PaymentAttempt) -> Money:
    """What Stripe captured by one payment, which may be another currency than was asked."""
    captured = sa.select(LedgerEntry.amount_minor, LedgerEntry.currency).where(
        LedgerEntry.kind == EntryKind.CAPTURE, LedgerEntry.stripe_id == (attempt.payment_intent_id or "")
    )
    entry = session().execute(captured).first()
    return Money.zero(attempt.currency) if entry is None else Money(entry.amount_minor, entry.currency)


def left_of_payment(attempt: PaymentAttempt) -> Money:
    """What Stripe captured by one payment and no refund has reserved of it; nothing where one made at Stripe has
    taken what another had reserved."""
    reserved = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor - Refund.credit_minor), 0)).where(
        Refund.attempt_id == attempt.id, Refund.state.in_(RESERVED)
    )
    captured = captured_by(attempt)
    return Money(max(0, captured.minor - int(session().scalar(reserved) or 0)), captured.currency)


def left_of_credit(order: Order) -> Money:
    """What gift cards and credit paid of an order and no refund has reserved as credit."""
    spent = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0)).where(
        LedgerEntry.order_id == order.id, LedgerEntry.kind == EntryKind.CREDIT_SPENT
    )
    reserved = sa.select(sa.func.coalesce(sa.func.sum(Refund.credit_minor), 0)).where(
        Refund.order_id == order.id, Refund.state.in_(RESERVED)
    )
    left = sa.select(spent.scalar_subquery() - reserved.scalar_subquery())
    # Below zero where more became credit than credit had paid: somebody chose it.
    return Money(max(0, int(session().scalar(left) or 0)), order.currency)


def shares_of_credit(order: Order, amount: Money) -> tuple[dict[str, Money], Money]:
    """By account what it gets back of `amount`: what paid the order, in that order and up to what each paid; and the
    rest, which nothing paid."""
    shares, rest = dict[str, Money](), amount
    if not amount:
        return shares, rest
    for account_id, room in _paid_by(order):
        share = min(rest, room)
        if share:
            shares[account_id] = share
            rest -= share
    return shares, rest


def give_credit(order: Order, refund: Refund) -> None:
    """Pay in what of a refund becomes credit, and enter it into the books: to what paid the order, the rest to the
    store credit of its owner or, where nobody owns it, on a new gift card. A step."""
    shares, rest = shares_of_credit(order, refund.as_credit)
    theirs = _store_credit(order) if rest else None
    if theirs is not None:
        shares[theirs] = shares.get(theirs, Money.zero(rest.currency)) + rest
    elif rest:
        _give_on_new_card(order, refund, rest)
    # In one order whoever comes, as they are spent: nobody waits for one another.
    for account_id, amount in sorted(shares.items()):
        pay_in(account_id, amount, _why(refund))
        _enter(order, refund, account_id, amount)


def give_again(refund: Refund) -> None:
    """Pay in again what was taken out of credit, and off cards, because a refund at Stripe had given it as well: that
    money is back in the shop. A second call changes nothing. A step."""
    moved = sa.select(CreditEntry.account_id, CreditEntry.cause, sa.func.sum(CreditEntry.amount_minor)).where(
        CreditEntry.refund_id == refund.id, CreditEntry.reference.startswith(EXCESS)
    )
    rows = moved.group_by(CreditEntry.account_id, CreditEntry.cause).order_by(CreditEntry.account_id)
    for account_id, cause, minor in (
        session().execute(rows.having(sa.func.sum(CreditEntry.amount_minor) < 0)).all()
    ):
        why = Why(cause, refund.order_id, refund.id, f"{EXCESS}{refund.id}:again")
        pay_in(account_id, Money(-int(minor), refund.currency), why)


def has_store_credit(order: Order) -> bool:
    """Whether what nothing paid goes to the store credit of the order's owner, which is opened where they have none:
    somebody owns it, and staff have not closed it."""
    closed = sa.select(CreditAccount.id).where(
        CreditAccount.customer_id == order.customer_id,
        CreditAccount.currency == order.currency,
        CreditAccount.kind == CreditKind.STORE_CREDIT,
        CreditAccount.closed_at.is_not(None),
    )
    return order.customer_id is not None and session().scalar(closed) is None


def _store_credit(order: Order) -> str | None:
    """The account of whoever owns the order; None where nobody does, or it was closed."""
    if order.customer_id is None:
        return None
    return store_credit_of(order.customer_id, order.currency, account_id=new_id("crd"))


def _paid_by(order: Order) -> Iterator[tuple[str, Money]]:
    """The accounts that paid an order, in the order in which they did, and what each has not got back."""
    uses = sa.select(CreditUse.account_id, CreditUse.amount_minor).where(
        CreditUse.order_id == order.id, CreditUse.released_at.is_(None)
    )
    back = sa.select(CreditEntry.account_id, sa.func.sum(CreditEntry.amount_minor)).where(
        CreditEntry.order_id == order.id, CreditEntry.cause == CreditCause.REFUNDED
    )
    got = {row[0]: int(row[1]) for row in session().execute(back.group_by(CreditEntry.account_id))}
    for account_id, paid in session().execute(uses.order_by(CreditUse.position)).all():
        if paid > got.get(account_id, 0):
            yield account_id, Money(paid - got.get(account_id, 0), order.currency)


def _give_on_new_card(order: Order, refund: Refund, amount: Money) -> None:
    card = open_card(amount, _why(refund), account_id=new_id("crd"), email=order.email)
    _enter(order, refund, card.account_id, amount)
    mail.owe(
        "gift_card_refund",
        subject=f"refund:{refund.id}",
        recipient=order.email,
        facts={"order_id": order.id, "account_id": card.account_id, "code": card.code},
    )


def _why(refund: Refund) -> Why:
    return Why(CreditCause.REFUNDED, order_id=refund.order_id, refund_id=refund.id, reference=refund.id)


def _enter(order: Order, refund: Refund, account_id: str, amount: Money) -> None:
    reference = f"credit:{refund.id}:{account_id}"
    enter(order, EntryKind.CREDIT_GIVEN, -amount, stripe_id=reference, at=clock.now())
