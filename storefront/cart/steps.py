"""What settlement and sign-in do to a cart, within their transaction.

Knows that a cart was bought or taken in; refuses to know for how much.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from storefront import clock
from storefront.cart.contents import as_list, from_list, new_id
from storefront.cart.models import SavedCart, SpentCart
from storefront.cart.queries import SPENT, is_spent, rest_of
from storefront.database import Prepared, insert_ignore, lock, read


def spend(cart_id: str, bought: Mapping[int, int]) -> None:
    """From now on a cart is without the pieces by variant that were bought of it, wherever its cookie is, and so is a
    customer's; what was put in besides, while its order waited, stays, as a cart of its own. The same again changes
    nothing; of a second order of the cart what the first one did not have is taken. A step."""
    saved = [lock(SavedCart, row.customer_id) for row in read(_SAVED_AS, {"cart": cart_id})]
    if not _mark_spent(cart_id, bought=dict(bought), rest_id=new_id()):
        _spend_more(cart_id, bought)
    for each in saved:
        # Nobody has begun another, or closed the account, before the lock was had.
        if each is not None and each.cart_id == cart_id:
            rest = rest_of(from_list(each.contents))
            each.contents, each.cart_id, each.changed_at = as_list(rest), rest.id or None, clock.now()


def _spend_more(cart_id: str, bought: Mapping[int, int]) -> None:
    (before,) = read(SPENT, {"cart": cart_id})
    if before.rest_id is None:
        return
    had = before.bought
    more = {
        key: pieces - had.get(str(key), 0) for key, pieces in bought.items() if pieces > had.get(str(key), 0)
    }
    if more:
        spend(before.rest_id, more)


_SAVED_AS = Prepared(
    sa.select(SavedCart.customer_id)
    .where(SavedCart.cart_id == sa.bindparam("cart"))
    .order_by(SavedCart.customer_id)
)


def absorb(cart_id: str, *, into_new: bool) -> bool:
    """A guest's cart becomes, or goes into, a customer's; whether it may: once, and not when it was bought. A step.

    `into_new`: the customer had none, so that the cart keeps its id, and the goods that are held for it.
    """
    return not is_spent(cart_id) if into_new else _mark_spent(cart_id)


def _mark_spent(cart_id: str, *, bought: dict[int, int] | None = None, rest_id: str | None = None) -> bool:
    values = {"id": cart_id, "spent_at": clock.now(), "bought": bought, "rest_id": rest_id}
    return insert_ignore(SpentCart, values, unique=("id",))
