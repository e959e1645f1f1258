"""What is known of carts in the database: only which were bought.

Knows spent ids; refuses to write.
"""

import sqlalchemy as sa

from storefront.cart.models import SpentCart
from storefront.database import read


def is_spent(cart_id: str) -> bool:
    """Whether an order of this cart was paid, by one query."""
    return bool(read(_SPENT, {"cart": cart_id}))


_SPENT = sa.select(SpentCart.id).where(SpentCart.id == sa.bindparam("cart"))
