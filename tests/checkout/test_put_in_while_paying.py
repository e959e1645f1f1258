"""What is put into a cart while its order waits for the payment is still there when that was paid."""

import pytest
from flask import Flask

from storefront.orders.models import OrderState
from storefront.orders.steps import quantities
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import a_shelf, pieces, put_in, submit_details, submit_order, token, words
from tests.builders.catalogue import a_variant
from tests.checkout.reviewing import all_orders, pay_on_page, reviewed
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn


@pytest.mark.parametrize("who", ["guest", "customer"])
def test_it_stays_in_the_cart_and_can_be_ordered(
    app: Flask, client: ShopClient, sandbox: StripeStandIn, who: str
) -> None:
    kit = a_shelf(app, on_hand=9)
    with app.app_context():
        cup = a_variant(on_hand=9, price_minor=1100, title="Cup").id
        customer = a_customer().id
    if who == "customer":
        client = signed_in(app, customer)
    ordered = submit_order(client, reviewed(client, kit, 2))
    put_in(client, cup)
    put_in(client, kit)
    back = pay_on_page(sandbox, ordered.location)

    client.get(back)

    assert pieces(client) == 2
    assert "Cup" in words(client.get("/cart"))
    submit_details(client)
    again = submit_order(client, client.get("/checkout/review"))
    client.get(pay_on_page(sandbox, again.location))
    assert pieces(client) == 0
    with app.app_context():
        first, second = sorted(all_orders(app), key=lambda each: each.id)
        assert (first.state, second.state) == (OrderState.PAID, OrderState.PAID)
        assert first.cart_id != second.cart_id
        assert [quantities(each.id) for each in (first, second)] == [{kit.id: 2}, {kit.id: 1, cup: 1}]


def test_a_review_of_what_is_paid_leads_to_its_order_and_one_of_the_rest_orders_only_that(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    kit = a_shelf(app, on_hand=9)
    with app.app_context():
        cup = a_variant(on_hand=9, price_minor=1100, title="Cup").id
    review = reviewed(client, kit)
    ordered = submit_order(client, review)
    with_nothing_else = submit_order(client, review)
    put_in(client, cup)
    client.get(pay_on_page(sandbox, ordered.location))

    with_a_rest = submit_order(client, review)

    assert with_nothing_else.status_code == 303
    assert with_a_rest.location.startswith("/orders/")
    assert len(all_orders(app)) == 1
    assert pieces(client) == 1


@pytest.mark.parametrize("pieces_again", [1, 2])
def test_a_cart_that_was_emptied_while_its_order_waited_takes_what_is_put_in_later(
    app: Flask, client: ShopClient, sandbox: StripeStandIn, pieces_again: int
) -> None:
    kit = a_shelf(app, on_hand=9)
    ordered = submit_order(client, reviewed(client, kit))
    client.post("/cart", data={"csrf_token": token(client.get("/cart")), "remove": str(kit.id)})
    client.get(pay_on_page(sandbox, ordered.location))

    put_in(client, kit, pieces_again)

    assert pieces(client) == pieces_again


def test_of_one_cart_ordered_on_two_devices_and_paid_twice_nothing_that_was_paid_is_left(
    app: Flask, sandbox: StripeStandIn
) -> None:
    kit = a_shelf(app, on_hand=9)
    with app.app_context():
        cup = a_variant(on_hand=9, price_minor=1100, title="Cup").id
        customer = a_customer().id
    laptop, phone = signed_in(app, customer), signed_in(app, customer)
    first = submit_order(laptop, reviewed(laptop, kit))
    second = submit_order(phone, reviewed(phone, cup))

    laptop.get(pay_on_page(sandbox, first.location))
    phone.get(pay_on_page(sandbox, second.location))

    assert [each.state for each in all_orders(app)] == [OrderState.PAID] * 2
    assert (pieces(laptop), pieces(phone)) == (0, 0)
