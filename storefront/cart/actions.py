"""What happens to carts by itself: at sign-in, and when a spent id may be forgotten.

Knows when; refuses to know how carts become one.
"""

from typing import Any

import sqlalchemy as sa
from flask import after_this_request

from storefront import clock, jobs
from storefront.accounts.signals import signed_in
from storefront.cart.cookie import cart_in_cookie, drop_cart
from storefront.cart.models import KEPT, SpentCart
from storefront.cart.queries import rest_of
from storefront.cart.saved import take_in_cart
from storefront.database import transaction


@signed_in.connect
def take_in_this_browsers_cart(_app: Any, *, customer_id: int, **_facts: Any) -> None:
    """What the browser's cart held goes into the customer's, and out of the browser: signed out, it shows nothing."""
    if sent := cart_in_cookie():
        take_in_cart(customer_id, rest_of(sent))
        after_this_request(drop_cart)


@jobs.every("cart.forget_spent", minutes=24 * 60)
def forget_spent_carts() -> None:
    """Remove the ids of carts whose cookies no browser keeps any more."""
    with transaction() as session:
        session.execute(sa.delete(SpentCart).where(SpentCart.spent_at < clock.now() - KEPT))
