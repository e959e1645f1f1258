"""What settlement does to a cart, within its transaction.

Knows that a cart was bought; refuses to know for how much.
"""

from storefront import clock
from storefront.cart.models import SpentCart
from storefront.database import insert_ignore


def spend(cart_id: str) -> bool:
    """From now on the cart reads as empty, wherever its cookie is; whether it did not already. A step."""
    return insert_ignore(SpentCart, {"id": cart_id, "spent_at": clock.now()}, unique=("id",))
