"""Discounts for tests, made as staff make them.

Knows the usual one, ten per cent by a code; refuses to use it.
"""

from typing import Any

import sqlalchemy as sa

from storefront.database import session
from storefront.pricing.actions import DiscountFacts, make_discount
from storefront.pricing.models import Discount, DiscountKind, DiscountUse

BY = ("customer", 1)


def a_discount(code: str = "SPRING10", *, percent: int = 10, **said: Any) -> int:
    """The id of a discount: `percent` off all goods by a code, but for what is said; without code, by itself."""
    facts = {
        "title": "Spring sale",
        "kind": DiscountKind.PERCENT,
        "basis_points": percent * 100,
        **said,
    }
    if facts["kind"] != DiscountKind.PERCENT:
        facts["basis_points"] = 0
    return make_discount(DiscountFacts(code=code, **facts), by=BY)


def the_discount(discount_id: int) -> Discount:
    """It as it now stands."""
    return session().get_one(Discount, discount_id, populate_existing=True)


def uses(discount_id: int) -> list[int]:
    """Ids of the orders that hold it; the counter says the same."""
    mine = sa.select(DiscountUse.order_id).where(DiscountUse.discount_id == discount_id)
    found = sorted(session().scalars(mine))
    assert len(found) == the_discount(discount_id).uses
    return found
