"""What settlement and sign-in do to a cart, within their transaction.

Knows that a cart was bought or taken in; refuses to know for how much.
"""

import sqlalchemy as sa

from storefront import clock
from storefront.cart.models import SavedCart, SpentCart
from storefront.cart.queries import is_spent
from storefront.database import Prepared, insert_ignore, write


def spend(cart_id: str) -> bool:
    """From now on the cart reads as empty, wherever its cookie is, and a customer's is empty; whether it was not
    already. A step."""
    write(_EMPTY, {"cart": cart_id})
    return _mark_spent(cart_id)


_saved = SavedCart.__table__
_EMPTY = Prepared(sa.delete(_saved).where(_saved.c.cart_id == sa.bindparam("cart")))


def absorb(cart_id: str, *, into_new: bool) -> bool:
    """A guest's cart becomes, or goes into, a customer's; whether it may: once, and not when it was bought. A step.

    `into_new`: the customer had none, so that the cart keeps its id, and the goods that are held for it.
    """
    return not is_spent(cart_id) if into_new else _mark_spent(cart_id)


def _mark_spent(cart_id: str) -> bool:
    return insert_ignore(SpentCart, {"id": cart_id, "spent_at": clock.now()}, unique=("id",))
