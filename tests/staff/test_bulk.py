"""What is done to many orders at once: asked first, each for itself, never twice."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit
from storefront.database import session
from storefront.orders.models import Fulfilment, OrderState, number_of_id
from storefront.orders.parcels import Shipment
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.orders import an_order, pay, the_order
from tests.builders.payments import a_paid_order, a_refund
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def iris(app: Flask) -> ShopClient:
    """The browser of somebody who packs orders."""
    with app.app_context():
        person = a_staff_member(role="orders").id
    return signed_in(app, person)


@pytest.fixture
def orders(app: Flask) -> list[int]:
    """The ids of two paid orders and one that waits for its payment."""
    with app.app_context():
        return [an_order(paid=number < 2, cart_id=f"cart-{number}") for number in range(3)]


def _asked(client: ShopClient, act: str, orders: list[int]) -> dict[str, list[str]]:
    """The fields of the question's form."""
    page = client.get("/staff/orders/chosen", query_string={"act": act, "n": list(map(number_of_id, orders))})
    assert page.status_code == 200, page.text
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text):
        fields.setdefault(name, []).append(value)
    return fields


def test_the_list_offers_what_may_be_done(iris: ShopClient, orders: list[int]) -> None:
    page = iris.get("/staff/orders").text

    assert page.count('name="n"') == 3
    for text in ("Mark as shipped", "Cancel unpaid", "Print packing slips"):
        assert text in page


def test_asking_changes_nothing_and_leaves_out_what_does_not_fit(
    app: Flask, iris: ShopClient, orders: list[int]
) -> None:
    asked = _asked(iris, "ship", orders)

    assert sorted(map(int, asked["n"])) == [number_of_id(each) for each in orders[:2]]
    with app.app_context():
        assert the_order(orders[0]).fulfilment == Fulfilment.UNSHIPPED


def test_all_chosen_orders_are_shipped_once_each(app: Flask, iris: ShopClient, orders: list[int]) -> None:
    asked = _asked(iris, "ship", orders) | {"carrier": ["dhl"]}

    first = iris.post("/staff/orders/chosen", data=asked)
    again = iris.post("/staff/orders/chosen", data=asked)

    assert first.status_code == again.status_code == 200
    assert "2 orders are marked as shipped." in first.text
    with app.app_context():
        assert [the_order(each).fulfilment for each in orders[:2]] == [Fulfilment.SHIPPED] * 2
        assert session().scalar(sa.select(sa.func.count()).select_from(Shipment)) == 2
        assert [entry.actor_kind for entry in audit.history(("order", orders[0]))][-1] == "staff"


def test_an_order_that_is_refused_does_not_keep_the_others(
    app: Flask, iris: ShopClient, orders: list[int]
) -> None:
    asked = _asked(iris, "ship", orders) | {"carrier": ["dhl"]}
    asked["n"].append(str(number_of_id(orders[2])))

    answer = iris.post("/staff/orders/chosen", data=asked)

    assert answer.status_code == 409
    assert "2 orders are marked as shipped." in answer.text
    assert "Only a paid order is sent." in answer.text
    assert f"Order {number_of_id(orders[2])}" in answer.text


def test_only_unpaid_orders_are_cancelled_together(
    sandbox: StripeStandIn, app: Flask, iris: ShopClient, orders: list[int]
) -> None:
    asked = _asked(iris, "cancel", orders) | {"reason": ["customer_asked"]}
    assert asked["n"] == [str(number_of_id(orders[2]))]

    # A form of somebody's own making names a paid order as well.
    answer = iris.post(
        "/staff/orders/chosen", data=asked | {"n": [*asked["n"], str(number_of_id(orders[0]))]}
    )

    assert answer.status_code == 409
    assert "1 order is cancelled." in answer.text
    with app.app_context():
        assert [the_order(each).state for each in orders] == [
            OrderState.PAID,
            OrderState.PAID,
            OrderState.CANCELLED,
        ]


def test_what_was_paid_since_the_question_stays(app: Flask, iris: ShopClient, orders: list[int]) -> None:
    asked = _asked(iris, "cancel", orders) | {"reason": ["other"]}
    with app.app_context():
        pay(orders[2])

    answer = iris.post("/staff/orders/chosen", data=asked)

    assert "It is paid, or a payment is under way." in answer.text
    with app.app_context():
        assert the_order(orders[2]).state == OrderState.PAID


@pytest.mark.parametrize("reason", ["", "staff", "<b>"])
def test_cancelling_together_wants_a_reason(
    app: Flask, iris: ShopClient, orders: list[int], reason: str
) -> None:
    asked = _asked(iris, "cancel", orders) | {"reason": [reason]}

    answer = iris.post("/staff/orders/chosen", data=asked)

    assert answer.status_code == 422
    assert "Please say why." in answer.text
    with app.app_context():
        assert the_order(orders[2]).state == OrderState.AWAITING_PAYMENT


def test_each_order_has_its_own_tracking_number(app: Flask, iris: ShopClient, orders: list[int]) -> None:
    first, second = (number_of_id(each) for each in orders[:2])
    asked = _asked(iris, "ship", orders) | {"carrier": ["dhl"], f"tracking_{first}": [" 00 340 "]}

    answer = iris.post("/staff/orders/chosen", data=asked | {f"tracking_{second}": ["JJD 999"]})

    assert answer.status_code == 200
    with app.app_context():
        numbers = dict(session().execute(sa.select(Shipment.order_id, Shipment.tracking_number)).all())
    assert numbers == {orders[0]: "00340", orders[1]: "JJD999"}


def test_a_wrong_tracking_number_sends_nothing_and_keeps_what_was_typed(
    app: Flask, iris: ShopClient, orders: list[int]
) -> None:
    first, second = (number_of_id(each) for each in orders[:2])
    asked = _asked(iris, "ship", orders) | {"carrier": ["gls"], f"tracking_{first}": ["JJD 999"]}

    answer = iris.post("/staff/orders/chosen", data=asked | {f"tracking_{second}": ["<x>"]})

    assert answer.status_code == 422
    assert f'<a href="#tracking_{second}">A tracking number has' in answer.text
    assert 'value="JJD 999"' in answer.text
    assert '<option value="gls" selected>' in answer.text
    with app.app_context():
        assert session().scalar(sa.select(sa.func.count()).select_from(Shipment)) == 0


def test_what_was_refunded_since_the_question_is_not_sent(
    app: Flask, iris: ShopClient, sandbox: StripeStandIn
) -> None:
    with app.app_context():
        placed = a_paid_order(sandbox, price_minor=2400)
    asked = _asked(iris, "ship", [placed.order_id]) | {"carrier": ["dhl"]}
    with app.app_context():
        a_refund(placed, minor=2400)

    answer = iris.post("/staff/orders/chosen", data=asked)

    assert answer.status_code == 409
    assert "its money goes back" in answer.text
    with app.app_context():
        assert the_order(placed.order_id).fulfilment == Fulfilment.UNSHIPPED


def test_slips_of_chosen_orders_are_printed(iris: ShopClient, orders: list[int]) -> None:
    numbers = [number_of_id(each) for each in orders[:2]]

    answer = iris.get("/staff/orders/chosen", query_string={"act": "slips", "n": numbers})

    assert answer.status_code == 303
    assert iris.get(answer.location).status_code == 200


@pytest.mark.parametrize("act", ["", "delete", "ship;", "__class__"])
def test_what_cannot_be_done_is_not_there(iris: ShopClient, orders: list[int], act: str) -> None:
    assert iris.get(f"/staff/orders/chosen?act={act}&n=1001").status_code == 404


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "9" * 30, "999999", "1001' OR 1=1"])
def test_numbers_of_no_order_are_nobodys(
    app: Flask, iris: ShopClient, orders: list[int], number: str
) -> None:
    page = iris.get("/staff/orders/chosen", query_string={"act": "ship", "n": number})

    assert page.status_code == 200
    assert "None of the chosen orders fits." in page.text


def test_a_form_without_its_token_does_nothing(app: Flask, iris: ShopClient, orders: list[int]) -> None:
    asked = _asked(iris, "ship", orders) | {"carrier": ["dhl"], "csrf_token": ["wrong"]}

    assert iris.post("/staff/orders/chosen", data=asked).status_code == 400
    with app.app_context():
        assert the_order(orders[0]).fulfilment == Fulfilment.UNSHIPPED


def test_who_may_only_look_is_offered_nothing(app: Flask, orders: list[int]) -> None:
    with app.app_context():
        person = a_staff_member(role="refunds").id
    client = signed_in(app, person)

    page = client.get("/staff/orders").text

    assert 'name="n"' not in page
    assert client.get("/staff/orders/chosen?act=ship&n=1001").status_code == 404
    assert client.post("/staff/orders/chosen", data={"act": "ship", "n": "1001"}).status_code in {400, 404}
