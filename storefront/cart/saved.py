"""A customer's cart, kept with the account: the same on every device, and there again after the next sign-in.

Knows how carts become one; refuses to let devices overwrite each other: each change is made under the row's lock.
"""

from collections.abc import Callable

from storefront import clock
from storefront.cart.contents import Cart, as_list, from_list
from storefront.cart.models import SavedCart
from storefront.cart.queries import rest_of
from storefront.cart.quote import Quote
from storefront.cart.steps import absorb
from storefront.database import insert_ignore, lock, transaction


def change_saved_cart(customer_id: int, change: Callable[[Cart], Cart]) -> Cart:
    """Keep what `change` makes of the customer's cart as it stands under the lock, and answer it. What `change`
    raises leaves the cart as it was."""
    with transaction():
        row = _locked(customer_id)
        return _keep(row, change(_mine(row)))


def take_in_cart(customer_id: int, guest: Cart) -> Cart:
    """Put a guest's cart into the customer's, once: of what is in both the larger quantity, of nothing more than
    there is. Answers the customer's cart."""
    with transaction():
        row = _locked(customer_id)
        mine, guest = _mine(row), rest_of(guest)
        while guest and guest.id != mine.id:
            if absorb(guest.id, into_new=not mine):
                return _keep(row, _fitting(mine.with_the_larger(guest) if mine else guest))
            # Paid at this moment: what is left of it is taken in.
            guest = rest_of(guest)
        return mine


def _locked(customer_id: int) -> SavedCart:
    """The customer's row, made where there was none, and held until the commit."""
    values = {"customer_id": customer_id, "contents": as_list(Cart()), "changed_at": clock.now()}
    insert_ignore(SavedCart, values, unique=("customer_id",))
    row: SavedCart = lock(SavedCart, customer_id)
    return row


def _mine(row: SavedCart) -> Cart:
    # Paid in the moment in which it came into the account, a cart was not there yet to be emptied.
    return rest_of(from_list(row.contents))


def _keep(row: SavedCart, cart: Cart) -> Cart:
    row.contents, row.cart_id, row.changed_at = as_list(cart), cart.id or None, clock.now()
    return cart


def _fitting(cart: Cart) -> Cart:
    """The cart with no more of anything than there is; what is sold out stays, so that it is not gone unsaid."""
    for line in Quote.of(cart).lines:
        if line.can_have:
            cart = cart.change(line.variant_id, line.can_have)
    return cart
