"""Discounts as staff see them, and what of their uses a cart itself holds.

Knows rows and counts; refuses to write.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from storefront.database import Prepared, read, session
from storefront.errors import NotFound
from storefront.pricing.models import Discount, DiscountUse


class Standing(StrEnum):
    """Whether a discount holds: before its first day, now, used up, after its last day or ended."""

    COMING = "coming"
    RUNNING = "running"
    SPENT = "spent"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class UseShown:
    """An order that holds a use."""

    order_id: int
    at: datetime
    amount_minor: int


def discounts(*, most: int) -> Sequence[Discount]:
    """Discounts, the newest first, those that ended last. One statement."""
    ordered = sa.select(Discount).order_by(Discount.ended_at.is_not(None), Discount.id.desc())
    found: Sequence[Discount] = (
        session().scalars(ordered.limit(most), execution_options={"populate_existing": True}).all()
    )
    return found


def discount_by_id(discount_id: int) -> Discount:
    """One discount; raises NotFound."""
    row: Discount | None = (
        session().get(Discount, discount_id, populate_existing=True) if 0 < discount_id < 2**63 else None
    )
    if row is None:
        raise NotFound()
    return row


def standing(row: Discount, *, today: date) -> Standing:
    """Whether it holds on a day of the shop."""
    if row.ended_at is not None or (row.until_on is not None and row.until_on < today):
        return Standing.OVER
    if row.total_limit is not None and row.uses >= row.total_limit:
        return Standing.SPENT
    return Standing.COMING if row.from_on is not None and today < row.from_on else Standing.RUNNING


def uses_of(discount_id: int, *, before: int | None, most: int) -> list[UseShown]:
    """The orders that hold it, the newest first, those before an order's id. One statement."""
    mine = sa.select(DiscountUse.order_id, DiscountUse.at, DiscountUse.amount_minor).where(
        DiscountUse.discount_id == discount_id
    )
    if before is not None:
        mine = mine.where(DiscountUse.order_id < before)
    return [UseShown(*row) for row in read(mine.order_by(DiscountUse.order_id.desc()).limit(most))]


def held_by_cart(cart_id: str) -> set[int]:
    """Ids of the discounts of which an order of this cart holds a use: for that cart they are there. One
    statement."""
    return {row[0] for row in read(_HELD, {"cart": cart_id})} if cart_id else set()


_HELD = Prepared(sa.select(DiscountUse.discount_id).where(DiscountUse.cart_id == sa.bindparam("cart")))


def uses_by(person: str, discount_ids: Collection[int], *, besides_cart: str) -> dict[int, int]:
    """How many uses somebody (`people.email_key`) has of each of these discounts, those of this cart not counted. One
    statement."""
    mine = sa.select(DiscountUse.discount_id, sa.func.count()).where(
        DiscountUse.discount_id.in_(list(discount_ids)),
        DiscountUse.person == person,
        DiscountUse.cart_id != besides_cart,
    )
    return {row[0]: int(row[1]) for row in read(mine.group_by(DiscountUse.discount_id))}
