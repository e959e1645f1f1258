"""An order made at the desk: picked, priced by the quote, placed once, and paid by its link."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront.catalogue.models import Variant
from storefront.database import session
from storefront.orders.access import order_link
from storefront.orders.models import Order, Source, number_of_id
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import BERLIN, a_shelf, token, words
from tests.builders.discounts import a_discount, uses
from tests.client import ShopClient, browser
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def variant(app: Flask) -> Variant:
    """Three kits at 24.00."""
    return a_shelf(app, on_hand=3, price_minor=2400, title="Lion’s mane kit")


@pytest.fixture
def desk(app: Flask, variant: Variant) -> ShopClient:
    """Somebody of the support's."""
    with app.app_context():
        noa = a_staff_member(role="support").id
    return signed_in(app, noa)


def send(desk: ShopClient, page: TestResponse, **fields: Any) -> TestResponse:
    """Send the form with what the page holds and these fields."""
    kept = dict(re.findall(r'name="(cart|total|pieces_\d+)" value="([^"]*)"', page.text))
    return desk.post(
        "/staff/orders/new", data={**kept, **fields, "csrf_token": token(page)}, follow_redirects=True
    )


def orders_made(app: Flask) -> list[Order]:
    with app.app_context():
        return list(session().scalars(sa.select(Order)))


def test_goods_are_found_put_in_and_ordered_for_somebody(
    app: Flask, desk: ShopClient, variant: Variant
) -> None:
    page = desk.get("/staff/orders/new")
    found = send(desk, page, q="MANE", find="1")
    added = send(desk, found, q="mane", add=str(variant.id))
    filled = send(desk, added, **{f"pieces_{variant.id}": "2"}, **BERLIN)
    done = send(desk, filled, **BERLIN, place="1")

    assert "1 found" in words(found)
    assert "€48.00" in words(filled)
    assert "The order is made." in words(done)
    assert "The link to pay" in words(done)
    (order,) = orders_made(app)
    assert (order.source, order.total_minor, order.email) == (Source.STAFF, 4800, "mara@example.org")


def test_the_same_form_twice_is_one_order(app: Flask, desk: ShopClient, variant: Variant) -> None:
    filled = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "2"}, **BERLIN)

    for _again in range(2):
        send(desk, filled, **BERLIN, place="1")

    assert len(orders_made(app)) == 1


@pytest.mark.parametrize("pieces", ["-1", "1.5", str(2**63), "x", "1000", "٢"])
def test_what_is_no_number_of_pieces_orders_nothing(
    app: Flask, desk: ShopClient, variant: Variant, pieces: str
) -> None:
    page = desk.get("/staff/orders/new")

    answer = send(desk, page, **{f"pieces_{variant.id}": pieces}, **BERLIN, place="1")

    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert orders_made(app) == []


@pytest.mark.parametrize("fields", [{"total": "1"}, {"total": "-5"}, {"total": ""}, {"pieces_999999": "1"}])
def test_a_price_of_their_own_orders_nothing(
    app: Flask, desk: ShopClient, variant: Variant, fields: dict[str, str]
) -> None:
    filled = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "1"}, **BERLIN)

    answer = send(desk, filled, **BERLIN, place="1", **fields)

    assert answer.status_code == 409
    assert orders_made(app) == []


def test_a_discount_that_this_person_has_used_is_shown_as_gone_and_the_order_can_be_placed(
    app: Flask, desk: ShopClient, variant: Variant
) -> None:
    with app.app_context():
        a_discount("", person_limit=1)
    filled = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "1"}, **BERLIN)
    send(desk, filled, **BERLIN, place="1")
    again = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "1"}, **BERLIN)

    changed = send(desk, again, **BERLIN, place="1")
    done = send(desk, changed, **BERLIN, place="1")

    assert (changed.status_code, done.status_code) == (409, 200)
    assert sorted(order.total_minor for order in orders_made(app)) == [2160, 2400]


def test_a_code_takes_off_what_it_takes_off_for_shoppers(
    app: Flask, desk: ShopClient, variant: Variant
) -> None:
    with app.app_context():
        discount = a_discount("SPRING10")
    filled = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "1"}, **BERLIN)

    priced = send(desk, filled, **BERLIN, code="spring-10")
    for _again in range(2):
        done = send(desk, priced, **BERLIN, code="SPRING10", place="1")

    assert "Discount SPRING10" in words(priced)
    assert "Make the order over €21.60" in words(priced)
    assert "The order is made." in words(done)
    (order,) = orders_made(app)
    assert (order.total_minor, order.discount_minor) == (2160, 240)
    with app.app_context():
        assert uses(discount) == [order.id]


@pytest.mark.parametrize(
    ("said", "sentence", "ordered"),
    [
        ({"code": "SUMMER"}, "This code is not valid, or no longer.", 0),
        ({"code": "SPRING10", "minimum_minor": 5000}, "applies from a higher sum: €26.00 is missing.", 1),
    ],
)
def test_a_code_that_takes_nothing_off_is_answered_in_the_same_sentences(
    app: Flask, desk: ShopClient, variant: Variant, said: dict[str, Any], sentence: str, ordered: int
) -> None:
    with app.app_context():
        a_discount("SPRING10", **{name: value for name, value in said.items() if name != "code"})
    filled = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "1"}, **BERLIN)

    answer = send(desk, filled, **BERLIN, code=said["code"])
    placed = send(desk, answer, **BERLIN, code=said["code"], place="1")

    assert sentence in words(answer)
    assert (placed.status_code == 422) == (not ordered)
    assert [order.total_minor for order in orders_made(app)] == [2400] * ordered


def test_a_shop_without_codes_has_no_field_for_one(desk: ShopClient, variant: Variant) -> None:
    filled = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "1"}, **BERLIN)

    assert 'name="code"' not in filled.text


def test_a_wrong_address_keeps_all_that_was_typed(app: Flask, desk: ShopClient, variant: Variant) -> None:
    filled = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "1"}, **BERLIN)

    answer = send(desk, filled, **{**BERLIN, "delivery_postal_code": "1", "email": "no"}, place="1")

    assert answer.status_code == 422
    assert 'value="Gartenweg 8"' in answer.text
    assert orders_made(app) == []


def test_the_link_leads_its_holder_to_a_payment_page_and_nobody_else(
    app: Flask, desk: ShopClient, variant: Variant, sandbox: StripeStandIn
) -> None:
    filled = send(desk, desk.get("/staff/orders/new"), **{f"pieces_{variant.id}": "1"}, **BERLIN)
    send(desk, filled, **BERLIN, place="1")
    (order,) = orders_made(app)
    with app.test_request_context():
        link = order_link(order.id)
    mara, stranger = browser(app), browser(app)

    page = mara.get(link, follow_redirects=True)
    pay = f"/orders/{number_of_id(order.id)}/pay"
    answer = mara.post(pay, data={"csrf_token": token(page)})
    strange = stranger.post(pay, data={"csrf_token": token(stranger.get("/orders/find"))})

    assert "Pay €24.00" in words(page)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(sandbox.settings["payment_origin"])
    assert sandbox.settings["payment_origin"] in page.headers["Content-Security-Policy"]
    assert strange.status_code == 404
    assert mara.post(pay).status_code == 400


def test_the_list_of_orders_leads_here(desk: ShopClient) -> None:
    assert 'href="/staff/orders/new"' in desk.get("/staff/orders").text


def test_who_may_not_edit_orders_makes_none(app: Flask, variant: Variant) -> None:
    with app.app_context():
        rae = a_staff_member(role="refunds").id

    assert signed_in(app, rae).get("/staff/orders/new").status_code == 404
