"""Where a cart is kept: a guest's in a signed cookie, a few bytes a line; a customer's with the account.

Knows how a cart is written and read back; refuses to trust anything it did not sign.
"""

from collections.abc import Callable

from flask import Response
from flask_babel import gettext as _

from storefront import web
from storefront.accounts.access import find_customer
from storefront.cart.contents import Cart, CartFull, as_list, from_list
from storefront.cart.models import KEPT
from storefront.cart.queries import Standing, rest_of, saved_cart, standing
from storefront.cart.saved import change_saved_cart

NAME = "cart"
# Browsers drop a cookie whose name, value and attributes exceed 4096 bytes.
MOST_BYTES = 3800


def cart_in_cookie() -> Cart:
    """The cart that the browser sent, spent or not; a forged or damaged one is empty."""
    return from_list(web.unsign(NAME, web.read_cookie(NAME)))


def cart_as_sent() -> Cart:
    """The cart of this request, spent or not: of one that was paid what is left, or all of it where nothing is."""
    cart = _kept_cart()
    return rest_of(cart) or cart


def read_cart() -> Cart:
    """The cart of this request, by one query at most (a customer's cart by another); of one that was paid what is
    left, by one more."""
    return rest_of(_kept_cart())


def read_cart_and_standing() -> tuple[Cart, Standing]:
    """The cart of this request and how it stands, by one query (a customer's cart by another): what a quote
    needs besides the goods."""
    cart = _kept_cart()
    found = standing(cart.id)
    return (rest_of(cart), found._replace(is_spent=False)) if found.is_spent else (cart, found)


def _kept_cart() -> Cart:
    customer = find_customer()
    return saved_cart(customer.id) if customer else cart_in_cookie()


def change_cart(response: Response, cart: Cart, change: Callable[[Cart], Cart]) -> None:
    """Keep what `change` makes of the cart that was read, in the browser, or of the customer's as it now stands.

    `change` may raise Refused; it is called once.
    """
    customer = find_customer()
    if customer:
        change_saved_cart(customer.id, change)
    else:
        keep_cart(response, change(cart))


def keep_seen(response: Response, cart: Cart, prices_minor: dict[int, int]) -> None:
    """Let a guest's cart remember the prices that are being shown. A customer's is written by what changes it: a page
    that is only looked at writes nothing into the database."""
    seen = cart.having_seen(prices_minor)
    if seen != cart and find_customer() is None:
        keep_cart(response, seen)


def keep_cart(response: Response, cart: Cart) -> None:
    """Put the cart into the browser, for as long as spent ids are known: no paid cart comes back to life."""
    web.set_cookie(response, NAME, packed(cart), days=KEPT.days)


def drop_cart(response: Response) -> Response:
    """Take the cart out of the browser."""
    web.set_cookie(response, NAME, "", days=0)
    return response


def packed(cart: Cart) -> str:
    """The cart as a cookie's signed text; raises CartFull where no browser would keep it."""
    text = web.sign(NAME, as_list(cart))
    if len(text) > MOST_BYTES:
        raise CartFull(_("The cart is full. Please order what is in it first."))
    return text
