"""What is known of carts in the database: which were bought, what customers keep, and on which terms it would be now.

Knows spent ids and saved carts; refuses to write.
"""

import sqlalchemy as sa

from storefront.cart.contents import Cart, from_list
from storefront.cart.models import SavedCart, SpentCart
from storefront.database import Prepared, read
from storefront.policies.queries import NEWEST, Policy, in_force


def is_spent(cart_id: str) -> bool:
    """Whether an order of this cart was paid, by one query."""
    return bool(read(_SPENT, {"cart": cart_id}))


def standing(cart_id: str) -> tuple[Policy, bool]:
    """The policy in force, and whether an order of this cart was paid, by one query."""
    rows = read(_STANDING, {"cart": cart_id})
    return in_force(rows), bool(rows and rows[0].is_spent)


_spent = sa.select(SpentCart.id).where(SpentCart.id == sa.bindparam("cart"))


def saved_cart(customer_id: int) -> Cart:
    """The customer's cart, by one query."""
    rows = read(_SAVED, {"customer": customer_id})
    return from_list(rows[0].contents) if rows else Cart()


_SAVED = sa.select(SavedCart.contents).where(SavedCart.customer_id == sa.bindparam("customer"))
_SPENT = Prepared(_spent)
_STANDING = Prepared(NEWEST.add_columns(_spent.exists().label("is_spent")))
