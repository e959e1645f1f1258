"""An order's page: what it says in every state, and to whom it opens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront.orders.access import MOST_REMEMBERED, order_link
from storefront.orders.models import number_of_id
from storefront.policies.document import default_document
from storefront.policies.parts import Start
from storefront.web import sign
from tests.builders import orders
from tests.builders.cart import a_policy, words
from tests.builders.orders import an_order
from tests.client import ShopClient, browser


def _link(app: Flask, order_id: int) -> str:
    with app.test_request_context():
        return order_link(order_id)


def _page(app: Flask, client: ShopClient, order_id: int) -> str:
    answer = client.get(_link(app, order_id), follow_redirects=True)
    assert answer.status_code == 200
    return words(answer)


@pytest.fixture
def order_id(app: Flask) -> int:
    """A paid order."""
    with app.app_context():
        return an_order(paid=True)


def test_the_signed_link_opens_the_order_at_an_address_without_the_key(
    app: Flask, client: ShopClient, order_id: int
) -> None:
    answer = client.get(_link(app, order_id))

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{number_of_id(order_id)}")
    assert client.get(answer.headers["Location"]).status_code == 200


def test_an_orders_page_is_kept_by_nobody(app: Flask, client: ShopClient, order_id: int) -> None:
    first = client.get(_link(app, order_id))
    second = client.get(first.headers["Location"])

    assert (first.headers["Cache-Control"], second.headers["Cache-Control"]) == ("no-store", "no-store")
    assert second.headers["X-Robots-Tag"] == "noindex"


def test_the_cookie_is_for_the_shop_alone(app: Flask, client: ShopClient, order_id: int) -> None:
    cookie = client.get(_link(app, order_id)).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_stranger_finds_nothing(client: ShopClient, order_id: int) -> None:
    answer = client.get(f"/orders/{number_of_id(order_id)}")

    assert answer.status_code == 404
    assert "mara@example.org" not in answer.text


def test_an_order_that_never_was_looks_like_anothers(client: ShopClient, order_id: int) -> None:
    others, nobodys = client.get(f"/orders/{number_of_id(order_id)}"), client.get("/orders/99999")

    assert others.status_code == nobodys.status_code == 404
    assert words(others).split("number")[0] == words(nobodys).split("number")[0]


@pytest.mark.parametrize(
    "number", ["0", "1000", "1", "2001", "9223372036854775807", "9" * 30, "-1", "１００１", "1001.0"]
)
def test_odd_numbers_are_404(client: ShopClient, order_id: int, number: str) -> None:
    assert client.get(f"/orders/{number}").status_code == 404
    assert client.get(f"/orders/{number}?key=x").status_code == 404


def test_a_key_opens_its_own_order_only(app: Flask, client: ShopClient, order_id: int) -> None:
    with app.app_context():
        other = an_order(email="other@example.org", cart_id="cart-2")
    key = _link(app, order_id).split("key=")[1]

    assert client.get(f"/orders/{number_of_id(other)}?key={key}").status_code == 404


@pytest.mark.parametrize(
    "forge", [lambda key: "", lambda key: key[:-1], lambda key: key + "x", lambda key: "\x00"]
)
def test_a_forged_key_opens_nothing(
    app: Flask, client: ShopClient, order_id: int, forge: Callable[[str], str]
) -> None:
    key = forge(_link(app, order_id).split("key=")[1])

    answer = client.get(f"/orders/{number_of_id(order_id)}", query_string={"key": key})

    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_a_key_made_for_another_purpose_opens_nothing(app: Flask, client: ShopClient, order_id: int) -> None:
    with app.app_context():
        key = sign("orders", order_id)

    assert client.get(f"/orders/{number_of_id(order_id)}?key={key}").status_code == 404


def test_a_forged_cookie_opens_nothing(client: ShopClient, order_id: int) -> None:
    client.set_cookie("orders", f"[{order_id}]")

    assert client.get(f"/orders/{number_of_id(order_id)}").status_code == 404


def test_a_browser_remembers_its_newest_orders(app: Flask, client: ShopClient, order_id: int) -> None:
    client.get(_link(app, order_id))
    for other in range(order_id + 1, order_id + MOST_REMEMBERED):
        client.get(_link(app, other))
    still = client.get(f"/orders/{number_of_id(order_id)}").status_code
    client.get(_link(app, order_id + MOST_REMEMBERED))

    assert (still, client.get(f"/orders/{number_of_id(order_id)}").status_code) == (200, 404)


def test_a_paid_order_shows_all_that_was_promised(app: Flask, client: ShopClient, order_id: int) -> None:
    said = _page(app, client, order_id)

    for each in (
        f"Order {number_of_id(order_id)}",
        "Paid. Thank you.",
        "Lion’s mane kit",
        "€24.00",
        "Includes €3.83 tax.",
        "Gartenweg 8 04109 Leipzig Germany",
        "60 days money back, counted from delivery.",
        "Invoice 2026-00001",
        "DEMO",
    ):
        assert each in said, each


def test_an_order_keeps_the_terms_it_was_sold_under(app: Flask, client: ShopClient, order_id: int) -> None:
    document = default_document("EUR")
    with app.app_context():
        a_policy(replace(document, money_back=replace(document.money_back, window_days=7)))

    said = _page(app, client, order_id).split("The terms of this order")[1]

    assert "60 days money back" in said
    assert "7 days" not in said


def test_the_last_day_of_the_guarantee_is_named_once_it_is_known(
    app: Flask, client: ShopClient, frozen: ModuleType
) -> None:
    document = default_document("EUR")
    with app.app_context():
        a_policy(replace(document, money_back=replace(document.money_back, starts=Start.PAID)))
        order_id = an_order(paid=True)

    # NOON is 17 June; the day after is the first of sixty.
    assert "your money back is Sunday, August 16, 2026." in _page(app, client, order_id)


def test_an_order_that_waits_says_how_long_and_where_to_pay(
    app: Flask, client: ShopClient, frozen: ModuleType
) -> None:
    with app.app_context():
        order_id = an_order()

    said = _page(app, client, order_id)

    # NOON is 14:00 in Berlin; sessions last 60 minutes, and goods are held 15 longer.
    assert "Not paid yet" in said
    assert "Pay €24.00 Your goods are held until 3:15 PM." in said.replace("\u202f", " ")


def test_an_order_that_waited_too_long_can_no_longer_be_paid(
    app: Flask, client: ShopClient, frozen: ModuleType
) -> None:
    with app.app_context():
        order_id = an_order()
    frozen.advance(timedelta(minutes=75))

    said = _page(app, client, order_id)

    assert "The time to pay is over" in said
    assert "Pay €24.00" not in said


def test_a_payment_in_review_asks_not_to_pay_again(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        order_id = an_order()
        orders.pay_wrongly(order_id, minor=2300)

    said = _page(app, client, order_id)

    assert "We are looking at your payment" in said
    assert "Pay €24.00" not in said


def test_a_payment_under_way_says_so(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        order_id = an_order()
        orders.pay_later(order_id)

    assert "Your payment is under way" in _page(app, client, order_id)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("expired", "It was not paid in time. Nothing has been charged."),
        ("changed", "You went on with another order of this cart instead."),
        ("payment_failed", "The payment did not go through."),
        ("something_new", "Nothing has been charged."),
    ],
)
def test_a_cancelled_order_says_why(app: Flask, client: ShopClient, code: str, said: str) -> None:
    with app.app_context():
        order_id = an_order()
        orders.cancel(order_id, code=code)

    assert said in _page(app, client, order_id)


def test_a_late_payment_is_shown_on_its_way_back_and_then_back(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        order_id = an_order()
        orders.pay_too_late(order_id)
    before = _page(app, client, order_id)
    with app.app_context():
        orders.settle_refunds(order_id)
    after = _page(app, client, order_id)

    assert "Cancelled, and your money goes back" in before
    assert "€24.00 paid back on its way to you (still to come)" in before
    assert "on its way to you" not in after


@pytest.mark.parametrize(
    "name",
    ["李小龍", "محمد علي", "<script>alert(1)</script>", "O’Brien & Søn", "x" * 200],
)
def test_any_name_is_shown_as_it_was_typed(app: Flask, client: ShopClient, name: str) -> None:
    with app.app_context():
        order_id = an_order(delivery={**orders.LEIPZIG, "name": name})

    answer = client.get(_link(app, order_id), follow_redirects=True)

    assert name in words(answer).replace("\xa0", " ")
    assert "<script>alert" not in answer.text


def test_two_browsers_see_their_own_orders(app: Flask, order_id: int) -> None:
    first, second = browser(app), browser(app)
    first.get(_link(app, order_id))

    assert first.get(f"/orders/{number_of_id(order_id)}").status_code == 200
    assert second.get(f"/orders/{number_of_id(order_id)}").status_code == 404
