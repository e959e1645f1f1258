"""What a change of the cart has to say: told once, on the next page that shows it, and no session is begun for it."""

from http.cookies import SimpleCookie

import pytest
from flask import Flask

from storefront import web
from tests.builders.cart import a_shelf, pieces, put_in, token, words
from tests.client import ShopClient, browser


def _cookies(headers: list[str]) -> dict[str, str]:
    return {name: each.value for text in headers for name, each in SimpleCookie(text).items()}


def test_a_guest_fills_a_cart_and_changes_it_without_a_session(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)

    added = put_in(client, variant)
    page = client.get("/cart")
    changed = client.post("/cart", data={f"quantity-{variant.id}": "2", "csrf_token": token(page)})

    assert set(_cookies(added.headers.getlist("Set-Cookie"))) == {"cart", "said"}
    assert _cookies(page.headers.getlist("Set-Cookie")) == {"said": ""}
    assert set(_cookies(changed.headers.getlist("Set-Cookie"))) == {"cart"}
    assert client.get_cookie("session") is None
    assert pieces(client) == 2


def test_the_carts_page_says_it_once(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app, title="Lion’s mane kit"))

    first, second = words(client.get("/cart")), words(client.get("/cart"))

    assert "Lion’s mane kit is in your cart." in first
    assert "is in your cart." not in second


def test_what_left_the_cart_meanwhile_is_not_said_to_be_in_it(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, title="Lion’s mane kit")
    put_in(client, variant)
    said = client.get_cookie("said")
    page = client.get("/cart")
    client.post("/cart", data={"remove": str(variant.id), "csrf_token": token(page)})
    assert said

    client.set_cookie("said", said.value)

    assert "is in your cart." not in words(client.get("/cart"))


@pytest.mark.parametrize(
    "forged", ["", "x", "W1siYWRkZWQiLDEsMCwwXV0", "W1siYWRkZWQiLDEsMCwwXV0.x", "A" * 3000]
)
def test_a_forged_cookie_says_nothing(app: Flask, client: ShopClient, forged: str) -> None:
    put_in(client, a_shelf(app, title="Lion’s mane kit"))

    client.set_cookie("said", forged)

    assert "is in your cart." not in words(client.get("/cart"))


@pytest.mark.parametrize(
    "facts", [None, "added", ["added"], [["added"]], [["lost", 1, 0, 0]], [["kept", "1", 2, 3]]]
)
def test_what_an_older_version_wrote_says_nothing(app: Flask, client: ShopClient, facts: object) -> None:
    put_in(client, a_shelf(app, title="Lion’s mane kit"))
    with app.app_context():
        text = web.sign("said", facts)

    client.set_cookie("said", text)

    page = client.get("/cart")
    assert page.status_code == 200
    assert "is in your cart." not in words(page)


def test_the_token_of_another_cart_changes_nothing(app: Flask, client: ShopClient) -> None:
    variant, other = a_shelf(app), browser(app)
    put_in(client, variant, 2)
    put_in(other, variant, 1)

    strange = token(other.get("/cart"))
    answer = client.post("/cart", data={f"quantity-{variant.id}": "1", "csrf_token": strange})

    assert answer.status_code == 400
    assert "This page was open for too long. Please send it once more." in words(answer)
    assert pieces(client) == 2


def test_the_form_of_a_cart_that_is_empty_by_now_leads_to_the_cart(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)
    put_in(client, variant)
    fields = {"remove": str(variant.id), "csrf_token": token(client.get("/cart"))}
    client.post("/cart", data=fields)

    answer = client.post("/cart", data=fields)

    assert (answer.status_code, answer.location) == (303, "/cart")
