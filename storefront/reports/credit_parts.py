"""The proof that credit is what its books say: balances, what orders spent of them, and what refunds gave.

Reads everything, writes nothing; each difference is a sentence that names the row.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from storefront.credit.models import CreditAccount, CreditCause, CreditEntry, CreditUse
from storefront.database import session
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.models import Order, OrderLine, number_of_id


def balances_are_their_entries() -> Iterator[str]:
    """I1: what stands on a gift card or store credit is the sum of its entries, and never below zero."""
    moved = (
        sa.select(CreditEntry.account_id, sa.func.sum(CreditEntry.amount_minor).label("minor"))
        .group_by(CreditEntry.account_id)
        .subquery()
    )
    entered = sa.func.coalesce(moved.c.minor, 0)
    rows = sa.select(CreditAccount.id, CreditAccount.balance_minor, entered).outerjoin(
        moved, moved.c.account_id == CreditAccount.id
    )
    for account_id, balance, minor in session().execute(
        rows.where(sa.or_(CreditAccount.balance_minor != entered, CreditAccount.balance_minor < 0))
    ):
        yield f"Credit {account_id} has {balance}, but its entries add up to {minor}."


def credit_is_what_orders_say() -> Iterator[str]:
    """I1, I4: what credit paid of each order is in the ledger, in its total and in the accounts, and so is what
    refunds gave back as credit."""
    spent = _by_order(CreditEntry, CreditEntry.cause.in_((CreditCause.SPENT, CreditCause.GIVEN_BACK)))
    refunded = _by_order(CreditEntry, CreditEntry.cause == CreditCause.REFUNDED)
    held = _by_order(CreditUse, CreditUse.released_at.is_(None))
    paid = _by_order(LedgerEntry, LedgerEntry.kind == EntryKind.CREDIT_SPENT)
    given = _by_order(LedgerEntry, LedgerEntry.kind == EntryKind.CREDIT_GIVEN)
    for order_id in sorted(spent.keys() | held.keys()):
        if -spent.get(order_id, 0) != held.get(order_id, 0):
            yield (
                f"Order {number_of_id(order_id)} holds {held.get(order_id, 0)} of credit, but its accounts say "
                f"{-spent.get(order_id, 0)}."
            )
    orders = sa.select(Order.id, Order.credit_minor, Order.paid_at).where(
        sa.or_(
            Order.credit_minor != 0,
            Order.id.in_(sa.select(LedgerEntry.order_id).where(LedgerEntry.kind == EntryKind.CREDIT_SPENT)),
            Order.id.in_(sa.select(CreditEntry.order_id).where(CreditEntry.cause == CreditCause.SPENT)),
        )
    )
    for order_id, credit, paid_at in session().execute(orders):
        wanted, entered = (0 if paid_at is None else credit), paid.get(order_id, 0)
        if entered != wanted:
            yield f"Order {number_of_id(order_id)} is paid by credit of {wanted}, its ledger says {entered}."
        if paid_at is not None and entered != -spent.get(order_id, 0):
            yield (
                f"Order {number_of_id(order_id)} spent credit of {entered}, but its accounts say "
                f"{-spent.get(order_id, 0)}."
            )
    for order_id in sorted(given.keys() | refunded.keys()):
        if -given.get(order_id, 0) != refunded.get(order_id, 0):
            yield (
                f"Order {number_of_id(order_id)} gave {-given.get(order_id, 0)} back as credit, but its accounts "
                f"got {refunded.get(order_id, 0)}."
            )


def cards_are_what_was_sold() -> Iterator[str]:
    """A paid order has put on gift cards what its lines sold of them, and no other order anything."""
    opened = _by_order(CreditEntry, CreditEntry.cause == CreditCause.SOLD)
    lines = (
        sa.select(OrderLine.order_id, sa.func.sum(OrderLine.unit_minor * OrderLine.quantity))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.is_gift_card, Order.paid_at.is_not(None))
        .group_by(OrderLine.order_id)
    )
    sold = {row[0]: int(row[1]) for row in session().execute(lines)}
    for order_id in sorted(opened.keys() | sold.keys()):
        if opened.get(order_id, 0) != sold.get(order_id, 0):
            yield (
                f"Order {number_of_id(order_id)} sold gift cards of {sold.get(order_id, 0)}, but "
                f"{opened.get(order_id, 0)} was put on cards."
            )


def _by_order(table: Any, which: sa.ColumnElement[bool]) -> dict[int, int]:
    """What rows of a table come to, by order."""
    rows = session().execute(
        sa.select(table.order_id, sa.func.sum(table.amount_minor))
        .where(which, table.order_id.is_not(None))
        .group_by(table.order_id)
    )
    return {row[0]: int(row[1]) for row in rows}
