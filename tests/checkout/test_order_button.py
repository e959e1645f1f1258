"""The order button, the way to the payment page and the way back, once or many times."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import web
from storefront.checkout.actions import settle_payment
from storefront.database import session
from storefront.orders.models import OrderState
from storefront.payments.models import PaymentAttempt
from tests.builders.cart import (
    a_policy,
    a_shelf,
    pieces,
    put_in,
    submit_details,
    submit_order,
    token,
    words,
)
from tests.builders.catalogue import on_hand
from tests.checkout.reviewing import all_orders, pay_on_page, reviewed
from tests.client import ShopClient, browser
from tests.servers.stripe import StripeStandIn


def test_an_order_without_its_token_is_refused(app: Flask, client: ShopClient) -> None:
    reviewed(client, a_shelf(app))

    answer = client.post("/checkout/order", data={"total": "2400", "shipping": "standard"})

    assert answer.status_code == 400
    assert all_orders(app) == []


def test_another_site_cannot_order(app: Flask, client: ShopClient) -> None:
    page = reviewed(client, a_shelf(app))
    client.come_from("cross-site")

    answer = submit_order(client, page)

    assert answer.status_code == 403
    assert all_orders(app) == []


def test_where_nobody_answers_nothing_is_charged_and_the_goods_are_held(
    app: Flask, client: ShopClient
) -> None:
    variant = a_shelf(app, on_hand=1)
    page = reviewed(client, variant)

    answer = submit_order(client, page)

    assert answer.status_code == 503
    said = words(answer)
    assert "Nothing was charged; please try again" in said
    assert "Your goods are held until" in said
    assert "Order and pay €24.00" in said
    assert [order.state for order in all_orders(app)] == [OrderState.AWAITING_PAYMENT]


def test_an_order_leads_to_payment_and_back_to_itself(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    page = reviewed(client, a_shelf(app), 2)

    paying = submit_order(client, page)
    assert paying.status_code == 303
    assert paying.location.startswith(sandbox.url)
    back = client.get(pay_on_page(sandbox, paying.location))

    order = all_orders(app)[0]
    assert order.state == OrderState.PAID
    assert (back.status_code, back.location) == (303, f"/orders/{order.number}")
    assert client.get(back.location).status_code == 200
    assert pieces(client) == 0


def test_back_in_another_browser_the_order_is_still_reached(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    paying = submit_order(client, reviewed(client, a_shelf(app)))
    link = pay_on_page(sandbox, paying.location)
    other = browser(app)

    back = other.get(link)

    assert other.get(back.location).status_code == 200
    assert browser(app).get(back.location).status_code == 404


def test_the_return_link_may_be_opened_again(app: Flask, client: ShopClient, sandbox: StripeStandIn) -> None:
    link = pay_on_page(sandbox, submit_order(client, reviewed(client, a_shelf(app))).location)
    first = client.get(link)

    again = client.get(link)

    assert (again.status_code, again.location) == (303, first.location)
    assert len(all_orders(app)) == 1


def test_who_comes_back_without_paying_is_told_so(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    submit_order(client, reviewed(client, a_shelf(app)))
    with app.app_context():
        attempt_id = session().scalars(sa.select(PaymentAttempt.id)).one()
        link = web.sign("attempt", attempt_id)

    back = client.get(f"/checkout/return/{link}")

    assert back.status_code == 303
    assert all_orders(app)[0].state == OrderState.AWAITING_PAYMENT
    assert pieces(client) == 1


@pytest.mark.parametrize("token_", ["x", "1.2.3", "att_000000000000000000000000", "%00", "A" * 5000])
def test_a_forged_return_is_not_found(client: ShopClient, app: Flask, token_: str) -> None:
    with app.app_context():
        a_policy()

    assert client.get(f"/checkout/return/{token_}").status_code == 404


def test_a_return_for_an_attempt_that_never_was_is_not_found(client: ShopClient, app: Flask) -> None:
    with app.app_context():
        a_policy()
        links = [web.sign("attempt", "att_unknown"), web.sign("attempt", 7), web.sign("order", "att_unknown")]

    assert [client.get(f"/checkout/return/{link}").status_code for link in links] == [404, 404, 404]


def test_the_same_form_again_leads_to_the_same_payment(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    page = reviewed(client, a_shelf(app))
    first = submit_order(client, page)

    again = submit_order(client, page)

    assert again.location == first.location
    assert len(all_orders(app)) == 1


def test_the_back_button_after_paying_shows_the_order(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    page = reviewed(client, a_shelf(app))
    back = client.get(pay_on_page(sandbox, submit_order(client, page).location))

    review, posted = client.get("/checkout/review"), submit_order(client, page)

    assert review.location == posted.location == back.location
    assert len(all_orders(app)) == 1


def test_paid_by_webhook_alone_the_form_shows_the_order_too(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    page = reviewed(client, a_shelf(app))
    pay_on_page(sandbox, submit_order(client, page).location)
    with app.app_context():
        settle_payment(session().scalars(sa.select(PaymentAttempt.id)).one())

    again = submit_order(client, page)

    assert again.location == f"/orders/{all_orders(app)[0].number}"


def test_after_paying_a_new_cart_makes_a_new_order(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    variant = a_shelf(app, on_hand=5)
    client.get(pay_on_page(sandbox, submit_order(client, reviewed(client, variant)).location))

    put_in(client, variant, 2)
    assert client.get("/checkout/review").location == "/checkout"
    assert 'value="Mara Lindt"' in client.get("/checkout").text
    submit_details(client)
    answer = submit_order(client, client.get("/checkout/review"))

    assert answer.location.startswith(sandbox.url)
    assert [order.state for order in all_orders(app)] == [OrderState.PAID, OrderState.AWAITING_PAYMENT]


def test_two_tabs_with_different_carts_end_in_one_open_order(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    variant = a_shelf(app, on_hand=5)
    submit_order(client, reviewed(client, variant, 1))
    put_in(client, variant, 2)

    submit_order(client, client.get("/checkout/review"))

    assert [(order.state, order.total_minor) for order in all_orders(app)] == [
        (OrderState.CANCELLED, 2400),
        (OrderState.AWAITING_PAYMENT, 7200),
    ]
    with app.app_context():
        assert on_hand(variant.id) == 2


def test_where_nothing_is_due_the_order_is_paid_at_once(app: Flask, client: ShopClient) -> None:
    page = reviewed(client, a_shelf(app, price_minor=0))
    assert "Order, nothing to pay" in words(page)

    answer = submit_order(client, page)
    back = client.get(answer.location)

    assert answer.location.startswith("/checkout/return/")
    assert [order.state for order in all_orders(app)] == [OrderState.PAID]
    assert back.location == f"/orders/{all_orders(app)[0].number}"
    assert pieces(client) == 0


def test_too_many_payments_are_refused_and_choosing_is_not_paying(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_payments="2 per 10 minutes")
    client = browser(app)
    page = reviewed(client, a_shelf(app))
    for _each in range(4):
        assert submit_order(client, page, change="shipping").status_code == 303

    answers = [submit_order(client, page).status_code for _each in range(3)]

    assert answers == [503, 503, 429]


def test_an_order_without_details_asks_for_them(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))
    known = token(client.get("/checkout"))

    answer = client.post("/checkout/order", data={"csrf_token": known, "total": "2400"})

    assert (answer.status_code, answer.location) == (303, "/checkout")


def _leave(sandbox: StripeStandIn, url: str) -> str:
    """Press "Cancel and go back" on the payment page; where that leads, as a path of the shop."""
    answer = sandbox.page.post(url, data={"choice": "cancel"})
    return str(answer.location.removeprefix("http://localhost"))


def test_who_leaves_the_payment_page_reads_that_nothing_was_charged(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    paying = submit_order(client, reviewed(client, a_shelf(app), 2))

    back = client.get(_leave(sandbox, paying.location), follow_redirects=True)

    assert "You left the payment page before you paid: nothing was charged" in words(back)
    assert "Order and pay" in words(back)
    assert pieces(client) == 2
    assert "You left" not in words(client.get("/checkout/review"))


def test_who_leaves_a_page_that_was_paid_meanwhile_sees_the_order(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    paying = submit_order(client, reviewed(client, a_shelf(app)))
    way_out = _leave(sandbox, paying.location)
    pay_on_page(sandbox, paying.location)

    back = client.get(way_out)

    assert back.location == f"/orders/{all_orders(app)[0].number}"


def test_where_stripe_is_silent_nothing_is_claimed(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    paying = submit_order(client, reviewed(client, a_shelf(app)))
    way_out = _leave(sandbox, paying.location)
    sandbox.close()

    back = client.get(way_out, follow_redirects=True)

    assert "You left the payment page, and your cart is as it was." in words(back)
    assert "charged" not in words(back).split("Check your order")[0]


@pytest.mark.parametrize("token", ["x", "attempt.1", "%00"])
def test_a_made_up_way_out_is_not_there(client: ShopClient, token: str) -> None:
    assert client.get(f"/checkout/left/{token}").status_code == 404
