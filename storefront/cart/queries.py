"""What is known of carts in the database: only which were bought, and on which terms they would be now.

Knows spent ids; refuses to write.
"""

import sqlalchemy as sa

from storefront.cart.models import SpentCart
from storefront.database import read
from storefront.policies.queries import NEWEST, Policy, in_force


def is_spent(cart_id: str) -> bool:
    """Whether an order of this cart was paid, by one query."""
    return bool(read(_SPENT, {"cart": cart_id}))


def standing(cart_id: str) -> tuple[Policy, bool]:
    """The policy in force, and whether an order of this cart was paid, by one query."""
    rows = read(_STANDING, {"cart": cart_id})
    return in_force(rows), bool(rows and rows[0].is_spent)


_SPENT = sa.select(SpentCart.id).where(SpentCart.id == sa.bindparam("cart"))
_STANDING = NEWEST.add_columns(_SPENT.exists().label("is_spent"))
