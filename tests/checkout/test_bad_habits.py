"""Shoppers with several windows, the back button and little patience: each way ends in a sentence, and nothing that
was not shown is ordered."""

from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue.models import Product, ProductState, Variant
from storefront.checkout.giving_up import expire_order
from storefront.database import transaction
from storefront.orders.models import OrderState
from tests.builders.cart import a_shelf, pieces, put_in, submit_details, submit_order, token, words
from tests.builders.catalogue import a_variant
from tests.checkout.reviewing import all_orders, reviewed
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn

NOTHING = "Nothing was ordered and nothing was charged."


@pytest.mark.parametrize(
    "changed", [{"delivery_street_address": "Hafenstr. 1"}, {"email": "omar@example.org"}]
)
def test_an_address_changed_in_another_window_is_shown_before_it_is_ordered(
    app: Flask, client: ShopClient, sandbox: StripeStandIn, changed: dict[str, str]
) -> None:
    review = reviewed(client, a_shelf(app))
    submit_details(client, **changed)

    answer = submit_order(client, review)
    again = submit_order(client, answer)

    assert answer.status_code == 422
    assert "was changed in another window" in words(answer)
    assert next(iter(changed.values())) in words(answer)
    assert again.status_code == 303
    assert len(all_orders(app)) == 1


def test_a_window_that_shows_another_address_neither_takes_nor_cancels_the_order_of_the_other(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    stale = reviewed(client, a_shelf(app))
    submit_details(client, delivery_street_address="Hafenstr. 1")
    submit_order(client, client.get("/checkout/review"))

    answer = submit_order(client, stale)

    assert answer.status_code == 422
    assert "was changed in another window" in words(answer)
    assert [each.state for each in all_orders(app)] == [OrderState.AWAITING_PAYMENT]


def test_goods_of_the_same_price_put_in_elsewhere_are_shown_before_they_are_ordered(
    app: Flask, client: ShopClient
) -> None:
    kit = a_shelf(app)
    with app.app_context():
        other = a_variant(price_minor=2400, title="Other")
    review = reviewed(client, kit)
    client.post("/cart", data={"csrf_token": token(client.get("/cart")), "remove": str(kit.id)})
    put_in(client, other)

    answer = submit_order(client, review)

    assert answer.status_code == 422
    assert "was changed in another window" in words(answer)
    assert all_orders(app) == []


def test_a_review_from_before_the_shop_was_updated_still_orders(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    answer = submit_order(client, reviewed(client, a_shelf(app)), seen="")

    assert answer.status_code == 303


def test_who_lost_what_was_typed_is_told_and_keeps_the_cart(app: Flask, client: ShopClient) -> None:
    review = reviewed(client, a_shelf(app))
    client.delete_cookie("draft")

    answer = submit_order(client, review)
    page = client.get(answer.location)

    assert answer.location == "/checkout"
    assert f"{NOTHING} Please type your address once more" in words(page)
    assert all_orders(app) == []


def test_who_pressed_after_the_session_ended_sends_the_same_review_once_more(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    review = reviewed(client, a_shelf(app))
    client.delete_cookie("session")

    answer = submit_order(client, review)
    again = submit_order(client, answer)

    assert answer.status_code == 400
    assert "This page was open for too long. Please send it once more." in words(answer)
    assert again.status_code == 303


def test_a_cart_emptied_in_another_window_orders_nothing_and_says_so(app: Flask, client: ShopClient) -> None:
    kit = a_shelf(app)
    review = reviewed(client, kit)
    client.post("/cart", data={"csrf_token": token(client.get("/cart")), "remove": str(kit.id)})

    page = client.get(submit_order(client, review).location)

    assert f"Your cart is empty. {NOTHING}" in words(page)


def withdraw(app: Flask, kit: Variant) -> None:
    with app.app_context(), transaction() as current:
        current.execute(
            sa.update(Product).where(Product.id == kit.product_id).values(state=ProductState.DRAFT)
        )


@pytest.mark.parametrize("path", ["/checkout/order", "/checkout/code"])
def test_who_opens_the_address_of_a_form_comes_to_the_review(
    app: Flask, client: ShopClient, path: str
) -> None:
    reviewed(client, a_shelf(app))

    page = client.get(path, follow_redirects=True)

    assert page.status_code == 200
    assert "Order and pay" in words(page)


def test_goods_withdrawn_meanwhile_are_named_in_the_cart(app: Flask, client: ShopClient) -> None:
    kit = a_shelf(app)
    review = reviewed(client, kit)
    withdraw(app, kit)

    answer = submit_order(client, review)

    assert answer.status_code == 409
    assert NOTHING in words(answer)
    assert "no longer" in words(answer)
    assert all_orders(app) == []


@pytest.mark.parametrize("how", ["left", "return"])
def test_who_comes_back_after_the_hold_reads_that_nothing_was_charged(
    app: Flask, client: ShopClient, sandbox: StripeStandIn, frozen: ModuleType, how: str
) -> None:
    review = reviewed(client, a_shelf(app))
    paying = submit_order(client, review)
    back = sandbox.page.post(paying.location, data={"choice": "cancel"}).location
    (placed,) = all_orders(app)
    frozen.advance(timedelta(hours=3))
    with app.app_context():
        expire_order(placed.id)

    path = back.removeprefix("http://localhost").replace("/left/", f"/{how}/")
    page = client.get(path, follow_redirects=True)

    (placed,) = all_orders(app)
    assert placed.state == OrderState.CANCELLED
    assert "It was not paid in time. Nothing has been charged." in words(page)
    assert pieces(client) == 1
