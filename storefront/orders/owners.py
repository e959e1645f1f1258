"""Whose an order is: of the customer who placed it, or who has proved that its e-mail address is theirs.

Knows orders and verified addresses; refuses to believe an address that is only typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront import audit, people
from storefront.accounts.models import Customer
from storefront.accounts.signals import email_verified, signed_in
from storefront.database import lock, require_transaction, session, transaction
from storefront.orders.finding import OrderWord, spelled
from storefront.orders.models import Order, OrderLine

PAGE = 20


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order in its owner's list, with the titles of its first lines."""

    order: Order
    titles: tuple[str, ...]
    pieces: int


def attach_orders(customer_id: int) -> int:
    """Make orders that guests placed under the customer's verified address the customer's; how many there were.

    One that belongs to somebody stays theirs, so that it may run twice and two at a time.
    """
    with transaction():
        person: Customer | None = lock(Customer, customer_id)
        if person is None or not person.active or person.confirmed_at is None:
            return 0
        found = _claim(customer_id, person.email)
        for order_id in found:
            audit.record("order.attached", subject=("order", order_id), actor=("customer", customer_id))
        return len(found)


def _claim(customer_id: int, email: str) -> list[int]:
    """The guard: an order is taken only where nobody has it."""
    nobodys = under_address(people.spellings(email)) & Order.customer_id.is_(None)
    claimed = sa.update(Order).where(nobodys).values(customer_id=customer_id).returning(Order.id)
    return sorted(require_transaction().scalars(claimed, execution_options={"synchronize_session": False}))


def under_address(emails: frozenset[str]) -> sa.ColumnElement[bool]:
    """Whether an order was placed under one of these addresses, capitals or not; found by its words' index."""
    written = sorted(spelled(each) for each in emails)
    named = sa.select(OrderWord.order_id).where(OrderWord.word.in_(written))
    return Order.id.in_(named) & people.is_one_of(Order.email, emails)


def is_own(order_id: int, customer_id: int | None) -> bool:
    """Whether the order is this customer's; nobody's order is not nobody's to see."""
    if customer_id is None:
        return False
    mine = sa.select(Order.id).where(Order.id == order_id, Order.customer_id == customer_id)
    return session().scalar(mine) is not None


def own_orders(customer_id: int, *, before: int | None = None, most: int = PAGE) -> list[OwnOrder]:
    """The customer's newest orders, those before the given id where there is one; one more than `most` if more
    follow. Two statements."""
    mine = sa.select(Order).where(Order.customer_id == customer_id).order_by(Order.id.desc()).limit(most + 1)
    if before is not None:
        mine = mine.where(Order.id < before)
    orders = list(session().scalars(mine))
    lines = _lines([order.id for order in orders])
    return [
        OwnOrder(
            order,
            tuple(title for title, _quantity in lines.get(order.id, ())),
            sum(quantity for _title, quantity in lines.get(order.id, ())),
        )
        for order in orders
    ]


def _lines(order_ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    if not order_ids:
        return {}
    found = sa.select(OrderLine.order_id, OrderLine.title, OrderLine.quantity)
    found = found.where(OrderLine.order_id.in_(order_ids)).order_by(OrderLine.order_id, OrderLine.position)
    lines: dict[int, list[tuple[str, int]]] = {}
    for order_id, title, quantity in session().execute(found):
        lines.setdefault(order_id, []).append((title, quantity))
    return lines


@signed_in.connect
@email_verified.connect
def attach_on_proof(_app: Any, *, customer_id: int, **_facts: Any) -> None:
    """Whoever proves an address, or comes in again, finds what was ordered under it."""
    attach_orders(customer_id)
