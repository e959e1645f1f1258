"""The cart's cookie: signed, small, and worth nothing once its order is paid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask, Response

from storefront import web
from storefront.cart.actions import forget_spent_carts
from storefront.cart.contents import Cart, CartFull, CartLine, new_id
from storefront.cart.cookie import keep_cart, packed, read_cart
from storefront.cart.models import SpentCart
from storefront.cart.queries import is_spent, rest_of
from storefront.cart.steps import spend
from storefront.database import session, transaction
from tests.builders.cart import a_cart, a_shelf, pieces, put_in
from tests.client import ShopClient, browser


def _read(app: Flask, cookie: str) -> Cart:
    with app.test_request_context(headers={"Cookie": f"cart={cookie}"}):
        return read_cart()


def test_a_cart_comes_back_as_it_was_kept(app: Flask) -> None:
    cart = Cart(new_id(), (CartLine(7, 2, 2400, 12), CartLine(9, 1)), "JP")
    with app.app_context():
        cookie = packed(cart)

    read = _read(app, cookie)

    assert read == cart


def test_fifty_lines_fit_a_cookie(app: Flask) -> None:
    lines = tuple(CartLine(987_654 + 7919 * n, 999 - n, 123_456 + 7907 * n, 54_321 + n) for n in range(50))

    with app.app_context():
        cookie = packed(Cart(new_id(), lines, "DE"))

    assert len(cookie) < 2000


def test_a_cart_that_fits_no_cookie_is_refused_not_lost(app: Flask) -> None:
    lines = tuple(
        CartLine(2**62 + 7919**9 * n, 999, 10**18 - 7907**4 * n, 2**61 - 6841**4 * n) for n in range(99)
    )

    with app.app_context(), pytest.raises(CartFull):
        packed(Cart(new_id(), lines))


def _tampered(cookie: str) -> dict[str, str]:
    middle = len(cookie) // 2
    other = "A" if cookie[middle] != "A" else "B"
    return {
        "one letter": cookie[:middle] + other + cookie[middle + 1 :],
        "cut off": cookie[:-3],
        "no signature": cookie.rpartition(".")[0],
        "oversized": cookie + "A" * 9000,
        "nonsense": "x.y.z",
        "nothing": "",
        "nested": "[" * 3000,
    }


@pytest.mark.parametrize(
    "how", ["one letter", "cut off", "no signature", "oversized", "nonsense", "nothing", "nested"]
)
def test_a_tampered_cookie_is_an_empty_cart(app: Flask, client: ShopClient, how: str) -> None:
    put_in(client, a_shelf(app), 2)
    cookie = client.get_cookie("cart")
    assert cookie

    page = browser(app).get("/cart", headers={"Cookie": f"cart={_tampered(cookie.value)[how]}"})

    assert page.status_code == 200
    assert "Nothing in it yet." in page.text


def test_a_value_signed_for_something_else_is_an_empty_cart(app: Flask) -> None:
    with app.app_context():
        cookie = web.sign("draft", ["cart-1", [[7, 2, None, None]], ""])

    assert _read(app, cookie) == Cart()


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"id": "x"},
        ["cart-1", "lines", ""],
        ["cart-1", [[1, 1, None, None]] * 51, ""],
        [
            "cart-1",
            [[1, 0, None, None], [2, -1, None, None], [3, 1000, None, None], ["4", 1, None, None], 5],
            "",
        ],
    ],
)
def test_another_form_of_cookie_is_an_empty_cart(app: Flask, value: object) -> None:
    with app.app_context():
        cookie = web.sign("cart", value)

    assert not _read(app, cookie)


def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask, client: ShopClient) -> None:
    answer = put_in(client, a_shelf(app))

    flags = answer.headers.getlist("Set-Cookie")
    cart = next(each for each in flags if each.startswith("cart="))
    assert "HttpOnly" in cart
    assert "SameSite=Lax" in cart
    assert "Path=/" in cart


def test_on_https_the_cookie_is_bound_to_host_and_tls(make_app: Callable[..., Flask]) -> None:
    app: Flask = make_app(origin="https://shop.example")
    with app.test_request_context(base_url="https://shop.example"):
        response = Response()

        keep_cart(response, a_cart((1, 1)))

    assert response.headers["Set-Cookie"].startswith("__Host-cart=")
    assert "Secure" in response.headers["Set-Cookie"]


def test_a_paid_cart_is_empty_wherever_its_cookie_is(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)
    put_in(client, variant, 2)
    with app.test_request_context(headers={"Cookie": f"cart={_cookie(client)}"}):
        spent = read_cart().id

    with app.app_context(), transaction():
        spend(spent, {variant.id: 2})

    assert pieces(client) == 0
    put_in(client, variant, 1)
    assert _read(app, _cookie(client)).id not in {"", spent}
    assert pieces(client) == 1


def test_of_carts_paid_one_after_another_what_nobody_paid_is_left_under_one_id(inside: Flask) -> None:
    cart = replace(a_cart((7, 3), (9, 1), (11, 1)), country="JP", code="SPRING10")
    with transaction():
        spend(cart.id, {7: 2, 9: 1})
    rest = rest_of(cart)
    with transaction():
        spend(rest.id, {11: 1})

    last, again = rest_of(cart), rest_of(rest)

    assert (rest.country, rest.code, [(line.variant_id, line.quantity) for line in rest.lines]) == (
        "JP",
        "",
        [(7, 1), (11, 1)],
    )
    assert last == again
    assert (last.quantity_of(7), last.pieces) == (1, 1)
    assert len({cart.id, rest.id, last.id}) == 3


def _cookie(client: ShopClient) -> str:
    cookie = client.get_cookie("cart")
    assert cookie
    return cookie.value


def test_spending_twice_is_spending_once_and_of_more_the_more_is_taken(inside: Flask) -> None:
    cart = a_cart((7, 2), (9, 1))
    with transaction():
        spend(cart.id, {7: 1})
    with transaction():
        spend(cart.id, {7: 1})
    once = rest_of(cart)
    with transaction():
        spend(cart.id, {7: 1, 9: 1})
    with transaction():
        spend(cart.id, {7: 1, 9: 1})

    twice = rest_of(cart)

    assert [(line.variant_id, line.quantity) for line in once.lines] == [(7, 1), (9, 1)]
    assert [(line.variant_id, line.quantity) for line in twice.lines] == [(7, 1)]


def test_spent_ids_are_forgotten_after_thirty_days_and_not_before(inside: Flask, frozen: ModuleType) -> None:
    with transaction():
        spend("cart-1", {7: 1})

    frozen.advance(timedelta(days=30))
    forget_spent_carts()
    assert is_spent("cart-1")
    frozen.advance(timedelta(seconds=1))
    forget_spent_carts()

    assert session().get(SpentCart, "cart-1") is None
