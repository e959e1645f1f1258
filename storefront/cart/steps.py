"""What settlement and sign-in do to a cart, within their transaction.

Knows that a cart was bought or taken in; refuses to know for how much.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from storefront import clock
from storefront.cart.contents import as_list, from_list, new_id
from storefront.cart.models import SavedCart, SpentCart
from storefront.cart.queries import is_spent
from storefront.database import Prepared, insert_ignore, lock, read


def spend(cart_id: str, bought: Mapping[int, int]) -> bool:
    """From now on a cart is without the pieces by variant that were bought of it, wherever its cookie is, and so is a
    customer's; what was put in besides, while its order waited, stays, as a cart of its own. Whether it was not spent
    already. A step."""
    rest_id = new_id()
    for row in read(_SAVED_AS, {"cart": cart_id}):
        saved = lock(SavedCart, row.customer_id)
        # Nobody has emptied it, or begun another, before the lock was had.
        if saved.cart_id == cart_id:
            rest = from_list(saved.contents).without(bought, rest_id=rest_id)
            saved.contents, saved.cart_id, saved.changed_at = as_list(rest), rest.id or None, clock.now()
    return _mark_spent(cart_id, bought={str(key): pieces for key, pieces in bought.items()}, rest_id=rest_id)


_SAVED_AS = Prepared(sa.select(SavedCart.customer_id).where(SavedCart.cart_id == sa.bindparam("cart")))


def absorb(cart_id: str, *, into_new: bool) -> bool:
    """A guest's cart becomes, or goes into, a customer's; whether it may: once, and not when it was bought. A step.

    `into_new`: the customer had none, so that the cart keeps its id, and the goods that are held for it.
    """
    return not is_spent(cart_id) if into_new else _mark_spent(cart_id)


def _mark_spent(cart_id: str, *, bought: dict[str, int] | None = None, rest_id: str | None = None) -> bool:
    values = {"id": cart_id, "spent_at": clock.now(), "bought": bought, "rest_id": rest_id}
    return insert_ignore(SpentCart, values, unique=("id",))
