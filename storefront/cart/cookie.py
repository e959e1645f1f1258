"""Where a guest's cart is kept: in a signed cookie, a few bytes a line.

Knows how a cart is written and read back; refuses to trust anything it did not sign.
"""

from typing import Any

from flask import Response
from flask_babel import gettext as _

from storefront import web
from storefront.cart.contents import MOST_LINES, MOST_PIECES, Cart, CartFull, CartLine
from storefront.cart.models import KEPT
from storefront.cart.queries import is_spent, standing
from storefront.policies.queries import Policy

NAME = "cart"
# Browsers drop a cookie whose name, value and attributes exceed 4096 bytes.
MOST_BYTES = 3800


def cart_in_cookie() -> Cart:
    """The cart that the browser sent, spent or not; a forged or damaged one is empty."""
    return _unpacked(web.unsign(NAME, web.read_cookie(NAME)))


def read_cart() -> Cart:
    """The cart of this request, by at most one query; a spent one is empty."""
    cart = cart_in_cookie()
    if cart and is_spent(cart.id):
        return Cart(country=cart.country)
    return cart


def read_cart_and_policy() -> tuple[Cart, Policy]:
    """The cart of this request and the policy in force, by one query: what a quote needs besides the goods."""
    cart = cart_in_cookie()
    policy, spent = standing(cart.id)
    return (Cart(country=cart.country) if spent else cart), policy


def keep_cart(response: Response, cart: Cart) -> None:
    """Put the cart into the browser, for as long as spent ids are known: no paid cart comes back to life."""
    web.set_cookie(response, NAME, packed(cart), days=KEPT.days)


def packed(cart: Cart) -> str:
    """The cart as a cookie's signed text; raises CartFull where no browser would keep it."""
    lines = [[each.variant_id, each.quantity, each.seen_minor, each.post_id] for each in cart.lines]
    text = web.sign(NAME, [cart.id, lines, cart.country])
    if len(text) > MOST_BYTES:
        raise CartFull(_("The cart is full. Please order what is in it first."))
    return text


def _unpacked(value: Any) -> Cart:
    """The cart in a signed value, or an empty one: an older version may have signed another form."""
    match value:
        case [str(id_), list(lines), str(country)] if len(lines) <= MOST_LINES:
            read = [_line(line) for line in lines]
            return Cart(id_, tuple(line for line in read if line), country)
    return Cart()


def _line(value: Any) -> CartLine | None:
    match value:
        case [int(variant_id), int(quantity), int() | None as seen, int() | None as post_id]:
            if 1 <= quantity <= MOST_PIECES:
                return CartLine(variant_id, quantity, seen, post_id)
    return None
