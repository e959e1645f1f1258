"""The account shows its owner what is theirs, a page at a time, and nobody else anything."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from storefront.orders import owners
from storefront.orders.access import order_link
from storefront.orders.owners import attach_orders
from storefront.shop import account_views
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import words
from tests.builders.orders import an_order, cancel, pay, pay_later, the_order
from tests.builders.shipments import a_shipment
from tests.client import ShopClient
from tests.counting import Counted


@pytest.fixture
def owner(app: Flask) -> int:
    """The id of a customer with three orders of different fates."""
    with app.app_context():
        customer_id = a_customer(email="mara@example.org").id
        first, second, third = (an_order(cart_id=f"cart-{each}", title=f"Kit {each}") for each in "abc")
        cancel(first)
        pay(second)
        a_shipment(second)
        pay_later(third)
        attach_orders(customer_id)
        return customer_id


def test_the_account_lists_orders_with_how_they_stand(app: Flask, owner: int) -> None:
    page = signed_in(app, owner).get("/account/orders")

    said = words(page)
    assert page.headers["Cache-Control"] == "no-store"
    for sentence in ("Order 1001 Cancelled Kit a", "On its way Kit b", "Payment under way Kit c"):
        assert sentence in said
    assert said.index("1003") < said.index("1002") < said.index("1001")


def test_the_overview_says_who_is_signed_in_and_leads_everywhere(app: Flask, owner: int) -> None:
    page = signed_in(app, owner).get("/account")

    assert "You are signed in as mara@example.org" in words(page)
    assert "/account/orders" in page.text
    assert "/orders/1003" in page.text


def test_an_account_without_orders_says_so(app: Flask) -> None:
    with app.app_context():
        customer_id = a_customer().id

    assert "You have not ordered anything yet" in words(signed_in(app, customer_id).get("/account"))


def test_a_long_list_is_turned_page_by_page(app: Flask, owner: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (owners, account_views):
        monkeypatch.setattr(module, "PAGE", 2)
    monkeypatch.setattr(owners.own_orders, "__kwdefaults__", {"before": None, "most": 2})
    client = signed_in(app, owner)

    assert "/account/orders?before=1002" in client.get("/account/orders").text
    last = client.get("/account/orders?before=1002")

    assert "Order 1001" in words(last)
    assert "Order 1002" not in words(last)


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 40, "１００２", "%00"])
def test_nonsense_in_the_address_shows_what_there_is(app: Flask, owner: int, before: str) -> None:
    assert signed_in(app, owner).get(f"/account/orders?before={before}").status_code == 200


def test_another_customer_sees_nothing_of_it(app: Flask, owner: int) -> None:
    with app.app_context():
        other = a_customer().id

    assert "Kit" not in words(signed_in(app, other).get("/account/orders"))


@pytest.mark.parametrize("path", ["/account", "/account/orders"])
def test_a_stranger_is_asked_to_sign_in(client: ShopClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize(("path", "most"), [("/account", 6), ("/account/orders", 6)])
def test_the_list_costs_the_same_however_long_it_is(
    app: Flask,
    owner: int,
    count_queries: Callable[[], AbstractContextManager[Counted]],
    path: str,
    most: int,
) -> None:
    client = signed_in(app, owner)

    with count_queries() as counted:
        client.get(path)

    assert counted.selects <= most, str(counted)
    assert counted.writes == 0


def test_an_account_is_offered_after_the_purchase_and_only_to_who_has_none(app: Flask, owner: int) -> None:
    with app.app_context():
        number = the_order(1).number
    signed = signed_in(app, owner).get(f"/orders/{number}")

    assert "Keep your orders together" not in words(signed)


def test_a_guest_is_offered_an_account_on_the_orders_page(app: Flask, client: ShopClient) -> None:
    with app.app_context(), app.test_request_context():
        link = order_link(an_order(paid=True))

    page = client.get(link, follow_redirects=True)

    assert "Keep your orders together" in words(page)
    assert "You need none to follow it here" in words(page)
