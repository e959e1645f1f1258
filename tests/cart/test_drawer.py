"""The cart in brief, shown over the page where something was put in."""

from flask import Flask

from tests.builders.cart import a_policy, a_shelf, put_in, words
from tests.client import ShopClient


def test_the_drawer_says_what_was_put_in_and_what_all_of_it_costs(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app, title="Lion’s mane kit"), 2)

    drawer = client.get("/cart/drawer")

    assert "Lion’s mane kit is in your cart." in words(drawer)
    assert "Total €48.00" in words(drawer)
    assert '<a class="button button-wide" href="/checkout">' in drawer.text


def test_the_drawer_is_a_fragment_that_nobody_keeps(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))

    drawer = client.get("/cart/drawer")

    assert drawer.headers["Cache-Control"] == "no-store"
    assert "<html" not in drawer.text


def test_what_was_said_once_is_not_said_again(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app, title="Lion’s mane kit"))
    client.get("/cart/drawer")

    assert "is in your cart" not in words(client.get("/cart/drawer"))


def test_fewer_pieces_than_asked_for_are_told_in_the_drawer_too(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app, on_hand=3), 5)

    assert "You asked for 5; only 3 are left. We have kept 3 for you." in words(client.get("/cart/drawer"))


def test_the_drawer_of_an_empty_cart_has_no_way_to_the_checkout(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()

    drawer = client.get("/cart/drawer")

    assert drawer.status_code == 200
    assert 'href="/checkout"' not in drawer.text
