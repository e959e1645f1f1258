"""The proof that discounts are used as often as they say, by the orders that say so (I6).

Reads uses and what orders were given; writes nothing.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from storefront.database import session
from storefront.orders.models import Order, OrderState, number_of_id
from storefront.pricing.models import Discount, DiscountUse


def discounts_are_used_as_orders_say() -> Iterator[str]:
    """I6: the uses of each discount are its rows and not above its limit; each row is an order's that stands, or was
    paid, and was given just that."""
    used = sa.select(DiscountUse.discount_id, sa.func.count()).group_by(DiscountUse.discount_id)
    counted: dict[int, int] = {row[0]: int(row[1]) for row in session().execute(used)}
    for discount_id, uses, limit in session().execute(
        sa.select(Discount.id, Discount.uses, Discount.total_limit)
    ):
        rows = counted.get(discount_id, 0)
        if uses != rows or (limit is not None and rows > limit):
            yield f"Discount {discount_id} says {uses} uses, {rows} orders hold it, its limit is {limit}."
    yield from _given_and_held()


def _given_and_held() -> Iterator[str]:
    held: dict[int, dict[int, int]] = {}
    rows = sa.select(DiscountUse.order_id, DiscountUse.discount_id, DiscountUse.amount_minor)
    for order_id, discount_id, minor in session().execute(rows):
        held.setdefault(order_id, {})[discount_id] = int(minor)
    # Only orders that were given something have more than the empty list.
    given = sa.select(Order.id, Order.state, Order.paid_at, Order.discount_minor, Order.discounts).where(
        sa.cast(Order.discounts, sa.Text) != "[]"
    )
    for order_id, state, paid_at, off, discounts in session().execute(given):
        name = f"Order {number_of_id(order_id)}"
        has_ended = state == OrderState.CANCELLED and paid_at is None
        wanted = {} if has_ended else {each["discount"]: each["amount_minor"] for each in discounts}
        if wanted != held.pop(order_id, {}):
            yield f"{name} was given other discounts than it holds."
        if off != _of_goods(discounts):
            yield f"{name} is {off} cheaper, its discounts add up to {_of_goods(discounts)}."
    for order_id in sorted(held):
        yield f"Order {number_of_id(order_id)} holds a discount that it was not given."


def _of_goods(discounts: list[dict[str, Any]]) -> int:
    return sum(each["amount_minor"] for each in discounts if each["kind"] != "shipping")
