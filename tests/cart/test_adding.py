"""What goes into the cart, and what is refused at its door."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront.catalogue.models import ProductState
from tests.builders.cart import a_policy, a_shelf, pieces, put_in, words
from tests.builders.catalogue import a_product, a_variant, the_variants
from tests.client import ShopClient

# Numbers of pieces that nobody can order, as browsers and others send them.
NO_QUANTITIES = [
    "-1",
    "0",
    "1.5",
    "1000000000",
    "9223372036854775808",
    "1e3",
    "３",
    "٣",
    "",
    " ",
    "NaN",
    "1 2",
    "+1",
]


def test_what_is_added_is_in_the_cart(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, title="Lion’s mane kit")

    answer = put_in(client, variant, 2)

    assert (answer.status_code, answer.location) == (303, "/cart")
    assert pieces(client) == 2
    assert "Lion’s mane kit is in your cart." in words(client.get("/cart"))


def test_adding_again_adds_up(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)
    put_in(client, variant, 2)

    put_in(client, variant, 1)

    assert pieces(client) == 3


@pytest.mark.parametrize("quantity", NO_QUANTITIES)
def test_what_is_no_number_of_pieces_is_refused_in_words(
    app: Flask, client: ShopClient, quantity: str
) -> None:
    variant = a_shelf(app, on_hand=None)
    put_in(client, variant, 2)

    answer = put_in(client, variant, quantity)

    assert answer.status_code == 422
    assert "is not a number of pieces. Write a whole number from 1 to 999." in words(answer)
    assert pieces(client) == 2


def test_white_space_and_leading_zeros_do_no_harm(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=None)

    put_in(client, variant, " 007 ")

    assert pieces(client) == 7


@pytest.mark.parametrize("variant", ["", "0", "-1", "1e3", "999999", "9" * 30, "１", "1;drop", "1\x00"])
def test_a_variant_that_does_not_exist_is_refused_in_words(
    app: Flask, client: ShopClient, variant: str
) -> None:
    a_shelf(app)

    answer = client.post("/cart/lines", data={"variant": variant, "quantity": "1"})

    assert answer.status_code == 422
    assert "We do not have this." in words(answer) or "no longer sold" in words(answer)
    assert pieces(client) == 0


@pytest.mark.parametrize("state", [ProductState.DRAFT])
def test_what_is_not_published_is_not_sold(app: Flask, client: ShopClient, state: ProductState) -> None:
    with app.app_context():
        a_policy()
        hidden = a_product("hidden", title="Secret kit", state=state)
        variant = the_variants(hidden.slug)[0]

    answer = put_in(client, variant)

    assert answer.status_code == 422
    assert "This is no longer sold." in words(answer)
    assert "Secret kit" not in answer.text


def test_what_is_sold_out_is_refused_in_words(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=0, title="Oyster kit")

    answer = put_in(client, variant)

    assert answer.status_code == 422
    assert "Oyster kit is sold out." in words(answer)
    assert pieces(client) == 0


def test_more_than_there_is_becomes_what_there_is_and_says_so(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=3)

    put_in(client, variant, 4)

    assert pieces(client) == 3
    assert "You asked for 4; only 3 are left. We have kept 3 for you." in words(client.get("/cart"))


def test_goods_that_are_not_counted_are_always_there(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=None)

    put_in(client, variant, 999)

    assert pieces(client) == 999


def test_a_thousandth_piece_is_refused(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=None)
    put_in(client, variant, 999)

    answer = put_in(client, variant, 1)

    assert answer.status_code == 422
    assert "at most 999 pieces" in words(answer)
    assert pieces(client) == 999


def test_a_cart_holds_fifty_different_things_and_no_more(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        variants = [a_variant(title=f"Kit {number}").id for number in range(51)]
    for variant_id in variants[:50]:
        assert put_in(client, variant_id).status_code == 303

    answer = put_in(client, variants[50])

    assert answer.status_code == 422
    assert "at most 50 different things" in words(answer)
    assert pieces(client) == 50


def test_another_site_cannot_fill_a_cart(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)
    client.come_from("cross-site")

    answer = put_in(client, variant)

    assert answer.status_code == 403
    assert pieces(client) == 0


def test_a_form_leads_to_the_cart_and_nowhere_else(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)

    answer = client.post(
        "/cart/lines?next=//evil.example", data={"variant": variant.id, "next": "https://evil.example"}
    )

    assert answer.location == "/cart"


def test_too_many_changes_at_once_are_refused(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_cart="2 per minute")
    variant = a_shelf(app)
    client = ShopClient(app, app.response_class, use_cookies=True)
    put_in(client, variant)
    put_in(client, variant)

    answer = put_in(client, variant)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert pieces(client) == 2
