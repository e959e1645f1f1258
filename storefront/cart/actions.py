"""What happens to carts by itself: at sign-in, and when a spent id may be forgotten.

Knows when; refuses to know how carts become one.
"""

from typing import Any

import sqlalchemy as sa
from flask import after_this_request

from storefront import clock, jobs
from storefront.accounts.signals import signed_in
from storefront.cart.cookie import cart_in_cookie, drop_cart
from storefront.cart.models import KEPT, SavedCart, SpentCart
from storefront.cart.saved import take_in_cart
from storefront.database import transaction


@signed_in.connect
def take_in_this_browsers_cart(_app: Any, *, customer_id: int, **_facts: Any) -> None:
    """What the browser's cart held goes into the customer's, and out of the browser: signed out, it shows nothing."""
    if sent := cart_in_cookie():
        take_in_cart(customer_id, sent)
        after_this_request(drop_cart)


@jobs.every("cart.forget_spent", minutes=24 * 60)
def forget_spent_carts() -> None:
    """Remove the ids of carts that no browser and no account has any more."""
    saved = sa.select(SavedCart.cart_id).where(SavedCart.cart_id == SpentCart.id)
    old = sa.delete(SpentCart).where(SpentCart.spent_at < clock.now() - KEPT, ~saved.exists())
    with transaction() as session:
        session.execute(old)
