"""The review, the order button, and the way to the payment page and back."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront import web
from storefront.catalogue import stock
from storefront.catalogue.models import Cause, Variant
from storefront.checkout.actions import settle_payment
from storefront.database import session, transaction
from storefront.orders.models import Order, OrderState
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
from tests.builders.catalogue import a_product, a_variant, on_hand, the_variants, variant_facts
from tests.client import ShopClient, browser
from tests.counting import Counting
from tests.policies.documents import a_document, a_method, a_zone
from tests.servers.stripe import StripeStandIn

EXPRESS = a_method(
    code="express", name="Express", price_minor=1290, free_from_minor=None, days_min=1, days_max=1
)


def _review(client: ShopClient, variant: Variant | int, quantity: int = 1) -> TestResponse:
    put_in(client, variant, quantity)
    submit_details(client)
    return client.get("/checkout/review")


def _orders(app: Flask) -> list[Order]:
    with app.app_context():
        return list(session().scalars(sa.select(Order).order_by(Order.id)))


def _pay(sandbox: StripeStandIn, url: str) -> str:
    """Pay on the payment page; where it then leads, as a path of the shop."""
    answer = sandbox.page.post(url, data={"choice": "pay"})
    return answer.location.removeprefix("http://localhost")


def test_the_review_says_everything_before_it_is_paid(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE", methods=(a_method(), EXPRESS))))
        variant = a_variant(title="Lion’s mane kit", price_minor=2400)

    page = _review(client, variant)

    said = words(page)
    for text in (
        "mara@example.org",
        "Mara Lindt, Gartenweg 8, 10115 Berlin, Germany",
        "To the same address",
        "Lion’s mane kit",
        "Shipping to Germany €4.90",
        "Total €28.90",
        "Order and pay €28.90",
        "60 days money back",
        "Express",
    ):
        assert text in said
    assert 'name="total" value="2890"' in page.text


def test_only_a_page_that_leads_to_payment_may_lead_there(app: Flask, client: ShopClient) -> None:
    page = _review(client, a_shelf(app))

    origin = app.config["STOREFRONT"].payment_origin
    assert f"form-action 'self' {origin}" in page.headers["Content-Security-Policy"]
    assert origin not in client.get("/checkout").headers["Content-Security-Policy"]


def test_another_way_to_ship_changes_the_sum_without_script(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE", methods=(a_method(), EXPRESS))))
        variant = a_variant(price_minor=2400)
    page = _review(client, variant)

    answer = submit_order(client, page, shipping="express", change="shipping")

    assert (answer.status_code, answer.location) == (303, "/checkout/review")
    assert "Order and pay €36.90" in words(client.get("/checkout/review"))
    assert _orders(app) == []


def test_a_way_to_ship_whose_price_was_not_shown_is_shown_before_it_is_ordered(
    app: Flask, client: ShopClient
) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE", methods=(a_method(), EXPRESS))))
        variant = a_variant(price_minor=2400)
    page = _review(client, variant)

    answer = submit_order(client, page, shipping="express")

    assert answer.status_code == 422
    assert "The total was €28.90 and is now €36.90." in words(answer)
    assert "Order and pay €36.90" in words(answer)
    assert _orders(app) == []


@pytest.mark.parametrize("code", ["drone", "", "x" * 300, "../", "a\x00b"])
def test_a_way_to_ship_that_is_not_offered_is_never_ordered(
    app: Flask, client: ShopClient, code: str
) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE")))
        variant = a_variant(price_minor=2400)
    page = _review(client, variant)

    submit_order(client, page, shipping=code, change="shipping")
    after = client.get("/checkout/review")

    assert after.status_code == 200
    assert "Order and pay €28.90" in words(after)


def test_a_price_that_changed_meanwhile_is_named_before_it_is_paid(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        product = a_product("kit", variant_facts(price_minor=2400), title="Kit")
        variant_id = the_variants(product.slug)[0].id
    page = _review(client, variant_id)
    with app.app_context():
        a_product("kit", variant_facts(price_minor=2600), title="Kit")

    answer = submit_order(client, page)

    assert answer.status_code == 422
    said = words(answer)
    assert "Kit was €24.00 and is now €26.00." in said
    assert "The total was €24.00 and is now €26.00." in said
    assert "Order and pay €26.00" in said
    assert _orders(app) == []


@pytest.mark.parametrize("total", ["", "-2400", "24.00", "2.4e3", "２４００", "9" * 30, "0", "1"])
def test_a_total_that_was_not_shown_orders_nothing(app: Flask, client: ShopClient, total: str) -> None:
    page = _review(client, a_shelf(app))

    answer = submit_order(client, page, total=total)

    assert answer.status_code == 422
    assert _orders(app) == []


def test_what_sold_out_meanwhile_is_said_at_its_line(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=3)
    page = _review(client, variant, 3)
    with app.app_context(), transaction():
        stock.move(variant.id, -3, cause=Cause.ADJUSTMENT, reference="test")

    answer = submit_order(client, page, shipping="standard")

    assert answer.status_code == 409
    said = words(answer)
    assert "This is sold out. Remove it to go on." in said
    assert "Nothing was ordered and nothing was charged." in said
    assert _orders(app) == []


def test_what_another_took_at_the_same_moment_is_said_in_the_cart(
    app: Flask, client: ShopClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = a_shelf(app, on_hand=1)
    page = _review(client, variant)

    def taken(_quantities: object, *, reference: str) -> None:
        raise stock.SoldOut("Kit is sold out.", variant_id=variant.id, left=0)

    monkeypatch.setattr(stock, "take", taken)
    answer = submit_order(client, page)

    assert answer.status_code == 409
    assert "Kit is sold out. Nothing was ordered and nothing was charged." in words(answer)
    assert _orders(app) == []


def test_a_cart_that_cannot_be_ordered_has_no_review(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=3)
    _review(client, variant, 3)
    with app.app_context(), transaction():
        stock.move(variant.id, -1, cause=Cause.ADJUSTMENT, reference="test")

    answer = client.get("/checkout/review")

    assert (answer.status_code, answer.location) == (303, "/cart")


def test_a_country_that_is_no_longer_served_leads_back_to_the_address(app: Flask, client: ShopClient) -> None:
    _review(client, a_shelf(app))
    with app.app_context():
        a_policy(a_document(a_zone("AT")))

    answer = client.get("/checkout/review")

    assert answer.location == "/checkout"
    assert "We do not ship to Germany." in words(client.get("/checkout"))


def test_an_order_without_its_token_is_refused(app: Flask, client: ShopClient) -> None:
    _review(client, a_shelf(app))

    answer = client.post("/checkout/order", data={"total": "2400", "shipping": "standard"})

    assert answer.status_code == 400
    assert _orders(app) == []


def test_another_site_cannot_order(app: Flask, client: ShopClient) -> None:
    page = _review(client, a_shelf(app))
    client.come_from("cross-site")

    answer = submit_order(client, page)

    assert answer.status_code == 403
    assert _orders(app) == []


def test_where_nobody_answers_nothing_is_charged_and_the_goods_are_held(
    app: Flask, client: ShopClient
) -> None:
    variant = a_shelf(app, on_hand=1)
    page = _review(client, variant)

    answer = submit_order(client, page)

    assert answer.status_code == 503
    said = words(answer)
    assert "Nothing was charged; please try again" in said
    assert "Your goods are held until" in said
    assert "Order and pay €24.00" in said
    assert [order.state for order in _orders(app)] == [OrderState.AWAITING_PAYMENT]


def test_goods_held_for_this_cart_stay_orderable_in_it(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=1)
    submit_order(client, _review(client, variant))
    with app.app_context():
        assert on_hand(variant.id) == 0

    review, cart = client.get("/checkout/review"), client.get("/cart")

    assert review.status_code == 200
    assert "Go to checkout" in words(cart)
    stranger = browser(app)
    assert put_in(stranger, variant).status_code == 422


def test_an_order_leads_to_payment_and_back_to_itself(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    page = _review(client, a_shelf(app), 2)

    paying = submit_order(client, page)
    assert paying.status_code == 303
    assert paying.location.startswith(sandbox.url)
    back = client.get(_pay(sandbox, paying.location))

    order = _orders(app)[0]
    assert order.state == OrderState.PAID
    assert (back.status_code, back.location) == (303, f"/orders/{order.number}")
    assert client.get(back.location).status_code == 200
    assert pieces(client) == 0


def test_back_in_another_browser_the_order_is_still_reached(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    paying = submit_order(client, _review(client, a_shelf(app)))
    link = _pay(sandbox, paying.location)
    other = browser(app)

    back = other.get(link)

    assert other.get(back.location).status_code == 200
    assert browser(app).get(back.location).status_code == 404


def test_the_return_link_may_be_opened_again(app: Flask, client: ShopClient, sandbox: StripeStandIn) -> None:
    link = _pay(sandbox, submit_order(client, _review(client, a_shelf(app))).location)
    first = client.get(link)

    again = client.get(link)

    assert (again.status_code, again.location) == (303, first.location)
    assert len(_orders(app)) == 1


def test_who_comes_back_without_paying_is_told_so(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    submit_order(client, _review(client, a_shelf(app)))
    with app.app_context():
        attempt_id = session().scalars(sa.select(PaymentAttempt.id)).one()
        link = web.sign("attempt", attempt_id)

    back = client.get(f"/checkout/return/{link}")

    assert back.status_code == 303
    assert _orders(app)[0].state == OrderState.AWAITING_PAYMENT
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
    page = _review(client, a_shelf(app))
    first = submit_order(client, page)

    again = submit_order(client, page)

    assert again.location == first.location
    assert len(_orders(app)) == 1


def test_the_back_button_after_paying_shows_the_order(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    page = _review(client, a_shelf(app))
    back = client.get(_pay(sandbox, submit_order(client, page).location))

    review, posted = client.get("/checkout/review"), submit_order(client, page)

    assert review.location == posted.location == back.location
    assert len(_orders(app)) == 1


def test_paid_by_webhook_alone_the_form_shows_the_order_too(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    page = _review(client, a_shelf(app))
    _pay(sandbox, submit_order(client, page).location)
    with app.app_context():
        settle_payment(session().scalars(sa.select(PaymentAttempt.id)).one())

    again = submit_order(client, page)

    assert again.location == f"/orders/{_orders(app)[0].number}"


def test_after_paying_a_new_cart_makes_a_new_order(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    variant = a_shelf(app, on_hand=5)
    client.get(_pay(sandbox, submit_order(client, _review(client, variant)).location))

    put_in(client, variant, 2)
    assert client.get("/checkout/review").location == "/checkout"
    assert 'value="Mara Lindt"' in client.get("/checkout").text
    submit_details(client)
    answer = submit_order(client, client.get("/checkout/review"))

    assert answer.location.startswith(sandbox.url)
    assert [order.state for order in _orders(app)] == [OrderState.PAID, OrderState.AWAITING_PAYMENT]


def test_two_tabs_with_different_carts_end_in_one_open_order(
    app: Flask, client: ShopClient, sandbox: StripeStandIn
) -> None:
    variant = a_shelf(app, on_hand=5)
    submit_order(client, _review(client, variant, 1))
    put_in(client, variant, 2)

    submit_order(client, client.get("/checkout/review"))

    assert [(order.state, order.total_minor) for order in _orders(app)] == [
        (OrderState.CANCELLED, 2400),
        (OrderState.AWAITING_PAYMENT, 7200),
    ]
    with app.app_context():
        assert on_hand(variant.id) == 2


def test_where_nothing_is_due_the_order_is_paid_at_once(app: Flask, client: ShopClient) -> None:
    page = _review(client, a_shelf(app, price_minor=0))
    assert "Order, nothing to pay" in words(page)

    answer = submit_order(client, page)
    back = client.get(answer.location)

    assert answer.location.startswith("/checkout/return/")
    assert [order.state for order in _orders(app)] == [OrderState.PAID]
    assert back.location == f"/orders/{_orders(app)[0].number}"
    assert pieces(client) == 0


def test_too_many_payments_are_refused_and_choosing_is_not_paying(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_payments="2 per 10 minutes")
    client = browser(app)
    page = _review(client, a_shelf(app))
    for _each in range(4):
        assert submit_order(client, page, change="shipping").status_code == 303

    answers = [submit_order(client, page).status_code for _each in range(3)]

    assert answers == [503, 503, 429]


def test_the_hold_is_said_until_it_ends(app: Flask, client: ShopClient, frozen: ModuleType) -> None:
    submit_order(client, _review(client, a_shelf(app)))

    held = words(client.get("/checkout/review"))
    frozen.advance(timedelta(minutes=75))
    after = words(client.get("/checkout/review"))

    assert "Your goods are held until 3:15" in held
    assert "Your goods are held" not in after


def test_the_review_asks_few_things_and_writes_nothing(
    app: Flask, client: ShopClient, count_queries: Counting
) -> None:
    with app.app_context():
        a_policy()
        for variant in [a_variant() for _each in range(5)]:
            put_in(client, variant.id)
    submit_details(client)

    with count_queries() as counted:
        client.get("/checkout/review")

    own = [text for text in counted.statements if "FROM collection" not in text]
    assert len(own) <= 5, str(counted)
    assert counted.writes == 0


def test_an_order_without_details_asks_for_them(app: Flask, client: ShopClient) -> None:
    put_in(client, a_shelf(app))
    known = token(client.get("/cart"))

    answer = client.post("/checkout/order", data={"csrf_token": known, "total": "2400"})

    assert (answer.status_code, answer.location) == (303, "/checkout")
