"""Gift cards and store credit on the pages: typed, shown beside the total, taken out, and refused in words."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront import jobs
from storefront.cart.contents import Cart, as_list, from_list
from storefront.catalogue.models import Variant
from storefront.credit.codes import new_code
from storefront.credit.models import CreditCause, CreditUse
from storefront.credit.steps import Why, take_out
from storefront.database import session, transaction
from storefront.money import Money
from storefront.orders.access import order_link
from storefront.orders.models import OrderState
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import a_shelf, put_in, submit_details, submit_order, token, words
from tests.builders.credit import Given, a_gift_card, a_store_credit, balance, close
from tests.builders.discounts import a_discount
from tests.builders.mail import the_newest_mail
from tests.builders.orders import pay
from tests.checkout.reviewing import all_orders, pay_on_page, reviewed
from tests.client import ShopClient, browser
from tests.counting import Counting
from tests.servers.stripe import StripeStandIn

UNKNOWN = "This code is not valid, or no longer."


@pytest.fixture
def kit(app: Flask) -> Variant:
    """Goods for €24.00 in a shop with a policy."""
    return a_shelf(app, price_minor=2400, on_hand=10)


def a_card(app: Flask, minor: int = 2000, currency: str = "EUR") -> Given:
    with app.app_context():
        return a_gift_card(minor, currency)


def type_code(client: ShopClient, code: str, *, at: str = "/cart") -> str:
    """Type a code on the cart's page or at the review; what the next page says."""
    page = client.get("/checkout/review" if at == "/checkout" else at)
    answer = client.post(f"{at}/code", data={"csrf_token": token(page), "code": code})
    return words(client.get(answer.location) if answer.status_code == 303 else answer)


def review_with(client: ShopClient, kit: Variant, card: Given) -> TestResponse:
    """The review of an order that a card helps to pay."""
    put_in(client, kit)
    type_code(client, card.code)
    submit_details(client)
    return client.get("/checkout/review")


def credit_of(page: TestResponse) -> str:
    found = re.search(r'name="credit" value="(\d+)"', page.text)
    return found[1] if found else "0"


def order(client: ShopClient, review: TestResponse) -> TestResponse:
    return submit_order(client, review, credit=credit_of(review))


@pytest.mark.parametrize("at", ["/cart", "/checkout"])
def test_a_card_is_typed_shown_below_the_total_and_taken_out(
    app: Flask, client: ShopClient, kit: Variant, at: str
) -> None:
    card = a_card(app)
    reviewed(client, kit)

    said = type_code(client, card.code.lower(), at=at)

    name = f"Gift card ending {card.code[-4:]}"
    assert "The gift card is used for this order." in said
    assert f"Total €24.00 {name} -€20.00 To pay €4.00" in said
    page = client.get("/checkout/review" if at == "/checkout" else at)
    client.post(f"{at}/code", data={"csrf_token": token(page), "code": "", "remove_card": card.id})
    after = words(client.get("/cart"))
    assert "The gift card was taken out; nothing was taken from it." in after or at == "/checkout"
    assert name not in after
    assert "To pay" not in after


def test_the_review_asks_for_the_rest_and_the_order_shows_who_paid(
    app: Flask, client: ShopClient, kit: Variant, sandbox: StripeStandIn
) -> None:
    card = a_card(app)
    review = review_with(client, kit, card)

    answer = order(client, review)
    (waits,) = all_orders(app)
    with app.test_request_context():
        link = order_link(waits.id)
    waiting = words(client.get(client.get(link).location or link))
    client.get(pay_on_page(sandbox, answer.location))

    assert "Order and pay €4.00" in words(review)
    (placed,) = all_orders(app)
    assert (placed.state, placed.total_minor, placed.credit_minor) == (OrderState.PAID, 2400, 2000)
    end = card.code[-4:]
    assert "Pay €4.00" in waiting
    assert f"Gift card ending {end} -€20.00 To pay €4.00" in waiting
    page = words(client.get(f"/orders/{placed.number}"))
    assert f"Total €24.00 Paid by gift card ending {end} €20.00 Paid by card €4.00" in page
    invoice = re.search(r'href="(/orders/\d+/documents/\d+)"', client.get(f"/orders/{placed.number}").text)
    assert invoice
    assert f"Total €24.00 Paid by gift card ending {end} €20.00 Paid by card €4.00" in words(
        client.get(invoice[1])
    )


def test_staff_the_file_of_orders_and_the_mail_say_by_what_it_was_paid(
    app: Flask, client: ShopClient, kit: Variant
) -> None:
    card = a_card(app)
    order(client, review_with(client, kit, card))
    (placed,) = all_orders(app)
    with app.app_context():
        pay(placed.id)
        iris = a_staff_member(role="orders").id
    jobs.drain(app)
    staff = signed_in(app, iris)

    page = words(staff.get(f"/staff/orders/{placed.number}"))
    header, line = csv.reader(io.StringIO(staff.get("/staff/orders.csv").text))
    with app.app_context():
        confirmation = the_newest_mail()

    paid = f"Total €24.00 Paid by gift card ending {card.code[-4:]} €20.00 Paid by card €4.00"
    assert paid in page
    said = dict(zip(header, line, strict=True))
    assert [said[name] for name in ("Total", "Paid by credit", "Paid by card")] == ["24.00", "20.00", "4.00"]
    for text in (confirmation.text or "", re.sub("<[^>]+>", " ", confirmation.html or "")):
        assert re.sub(r"\s+", " ", paid.replace(":", "")) in re.sub(r"[\s:]+", " ", text)


def test_a_card_that_pays_all_leads_past_the_payment_page(
    app: Flask, client: ShopClient, kit: Variant
) -> None:
    card = a_card(app, 9900)
    review = review_with(client, kit, card)

    answer = order(client, review)

    assert "Order and pay with your credit" in words(review)
    assert "You enter your card" not in words(review)
    assert answer.location.startswith("/checkout/return/")
    assert client.get(answer.location).location.startswith("/orders/")
    with app.app_context():
        assert balance(card.id) == 7500


def test_each_code_that_pays_nothing_is_refused_in_a_sentence(
    app: Flask, client: ShopClient, kit: Variant
) -> None:
    put_in(client, kit)
    empty, closed, other = a_card(app, 1), a_card(app), a_card(app, 900, "USD")
    with app.app_context():
        spend(empty.id)
        close(closed.id)

    said = [type_code(client, code) for code in (new_code(), empty.code, closed.code, other.code)]

    wanted = (
        UNKNOWN,
        "Nothing is left on this gift card.",
        "This gift card was closed.",
        "This gift card holds USD; prices here are in EUR.",
    )
    assert all(sentence in page for sentence, page in zip(wanted, said, strict=True))
    assert all("Total €24.00" in page and "To pay" not in page for page in said)


def spend(account_id: str) -> None:
    with transaction():
        assert take_out(account_id, Money(1, "EUR"), Why(CreditCause.ADJUSTED))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "<script>alert(1)</script>",
        "'; DROP TABLE orders; --",
        "é" * 16,
        "0" * 16,
        "A" * 10_240,
        "\x00",
    ],
)
@pytest.mark.parametrize("at", ["/cart", "/checkout"])
def test_whatever_is_typed_is_answered_in_words(
    app: Flask, client: ShopClient, kit: Variant, typed: str, at: str
) -> None:
    a_card(app)
    reviewed(client, kit)

    said = type_code(client, typed, at=at)

    assert UNKNOWN in said
    assert "Total €24.00" in said


def test_a_sixth_card_is_refused(app: Flask, client: ShopClient, kit: Variant) -> None:
    put_in(client, kit)
    for _each in range(5):
        type_code(client, a_card(app, 100).code)

    said = type_code(client, a_card(app, 100).code)

    assert "An order takes at most 5 gift cards." in said
    assert "To pay €19.00" in said


def test_codes_are_tried_ten_times_an_hour_wherever_they_are_typed(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_discounts="10 per hour")
    kit = a_shelf(app)
    card = a_card(app)
    client = browser(app)
    page = reviewed(client, kit)
    here, there = token(client.get("/cart")), token(page)

    answers = [
        client.post("/cart/code", data={"csrf_token": here, "code": new_code()})
        if number % 2
        else client.post("/checkout/code", data={"csrf_token": there, "code": new_code()})
        for number in range(10)
    ]
    refused = [
        client.post("/cart/code", data={"csrf_token": here, "code": card.code}),
        client.post("/checkout/code", data={"csrf_token": there, "code": card.code}),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert [answer.status_code for answer in refused] == [429, 429]
    free = client.post("/checkout/code", data={"csrf_token": there, "own_credit": "save"})
    assert free.status_code == 303


def test_a_customer_uses_store_credit_unless_it_is_saved(
    app: Flask, kit: Variant, sandbox: StripeStandIn
) -> None:
    with app.app_context():
        customer = a_customer()
        own = a_store_credit(customer.id, 1200)
    client = signed_in(app, customer)
    review = reviewed(client, kit)
    assert "€12.00 of your store credit (€12.00) is used." in words(review)
    assert "Store credit -€12.00 To pay €12.00" in words(review)

    fields = {"csrf_token": token(review), "own_credit": "save"}
    assert client.post("/checkout/code", data=fields).status_code == 303
    saved = client.get("/checkout/review")
    assert "Use your store credit (€12.00)" in words(saved)
    assert "To pay" not in words(saved)
    client.post("/checkout/code", data={**fields, "own_credit": "use"})
    order(client, client.get("/checkout/review"))

    (placed,) = all_orders(app)
    assert (placed.credit_minor, placed.customer_id) == (1200, customer.id)
    with app.app_context():
        assert balance(own) == 0


def test_who_is_not_signed_in_sees_nobodys_store_credit(app: Flask, client: ShopClient, kit: Variant) -> None:
    with app.app_context():
        customer = a_customer(email="mara@example.org")
        a_store_credit(customer.id, 1200)

    assert "store credit" not in words(reviewed(client, kit)).lower()


def test_a_card_that_was_spent_meanwhile_is_told_with_what_is_to_pay_now(
    app: Flask, client: ShopClient, kit: Variant
) -> None:
    card = a_card(app)
    review = review_with(client, kit, card)
    with app.app_context():
        close(card.id)

    answer = order(client, review)

    assert answer.status_code == 422
    said = words(answer)
    assert "Gift cards and credit paid €20.00 of it and now pay €0.00." in said
    assert "This gift card was closed." in said
    assert "Order and pay €24.00" in said
    assert all_orders(app) == []


@pytest.mark.parametrize("credit", ["0", "", "-1", "2400", "99999999999999999999", "x", "1e3"])
def test_a_form_that_says_something_else_of_credit_orders_nothing(
    app: Flask, client: ShopClient, kit: Variant, credit: str
) -> None:
    card = a_card(app)
    review = review_with(client, kit, card)

    answer = submit_order(client, review, credit=credit)

    assert answer.status_code == 422
    assert all_orders(app) == []


def test_who_comes_back_from_the_payment_page_still_has_the_card(
    app: Flask, client: ShopClient, kit: Variant, sandbox: StripeStandIn
) -> None:
    card = a_card(app)
    first = order(client, review_with(client, kit, card))

    cart, review = words(client.get("/cart")), client.get("/checkout/review")
    again = order(client, review)

    assert "To pay €4.00" in cart
    assert "To pay €4.00" in words(review)
    assert again.location == first.location
    assert len(all_orders(app)) == 1
    with app.app_context():
        assert session().scalar(sa.select(sa.func.count(CreditUse.id))) == 1


def test_a_shop_without_cards_says_nothing_of_them(app: Flask, client: ShopClient, kit: Variant) -> None:
    with app.app_context():
        a_discount("SPRING10")
    put_in(client, kit)
    before = words(client.get("/cart"))

    a_card(app)

    assert "Gift card" not in before
    assert "Discount code or gift card" in words(client.get("/cart"))


def test_a_cart_page_of_a_guest_takes_three_statements_and_one_more_with_a_card(
    app: Flask, client: ShopClient, kit: Variant, count_queries: Counting
) -> None:
    card = a_card(app)
    put_in(client, kit)

    with count_queries() as without:
        client.get("/cart")
    type_code(client, card.code)
    with count_queries() as having:
        client.get("/cart")

    assert len(without.statements) <= 3, str(without)
    assert len(having.statements) == len(without.statements) + 1, str(having)


def test_a_cart_is_read_back_as_it_was_written_and_as_it_was_written_before() -> None:
    whole = Cart("c", (), "DE", 1, 2, "SPRING10", ("crd_1", "crd_2"), saves_credit=True)

    carts = [
        whole,
        replace(whole, cards=()),
        replace(whole, saves_credit=False),
        replace(whole, cards=(), saves_credit=False),
        replace(whole, cards=(), saves_credit=False, code=""),
        replace(whole, first_post=None, last_post=None, code=""),
        Cart("c", (), "DE"),
    ]

    assert [from_list(as_list(each)) for each in carts] == carts
    assert as_list(Cart("c", (), "DE")) == ["c", [], "DE"]
    assert from_list(["c", [], "DE", 1, 2]).last_post == 2
    assert from_list(["c", [], "DE", 1, 2, "X"]).code == "X"
    assert from_list(["c", [], "DE", 1, 2, "X", "no list"]) == Cart("c", (), "DE")
    assert from_list(["c", [], "DE", None, None, "", [1, "crd_1"]]).cards == ("crd_1",)


def test_a_customers_cart_keeps_the_cards_of_the_guest_it_takes_in(app: Flask) -> None:
    mine, guest = Cart("a", (), cards=("crd_1", "crd_2")), Cart("b", (), cards=("crd_2", "crd_3"))

    assert mine.with_the_larger(guest).cards == ("crd_1", "crd_2", "crd_3")


SMALLEST = "The smallest sum that can be paid by card is €0.50."
HELPS = "Please put something more in your cart, or pay all of it with a gift card or store credit."


def a_trifle(app: Flask) -> Variant:
    """Goods for €0.30, which no card is charged."""
    return a_shelf(app, price_minor=30, on_hand=10)


def test_a_total_that_no_card_is_charged_goes_on_to_the_page_where_credit_pays_it(
    app: Flask, client: ShopClient
) -> None:
    trifle, card = a_trifle(app), a_card(app, 900)
    put_in(client, trifle)
    cart = client.get("/cart")
    submit_details(client)
    review = client.get("/checkout/review")

    refused = submit_order(client, review)
    type_code(client, card.code, at="/checkout")
    answer = order(client, client.get("/checkout/review"))

    assert f"{SMALLEST} {HELPS}" in words(cart)
    assert "Go to checkout" in words(cart)
    assert [f"{SMALLEST} {HELPS}" in words(page) for page in (review, refused)] == [True, True]
    assert refused.status_code == 422
    assert client.get(answer.location).location.startswith("/orders/")
    with app.app_context():
        assert balance(card.id) == 870


def test_store_credit_pays_a_total_that_no_card_is_charged(app: Flask) -> None:
    trifle = a_trifle(app)
    with app.app_context():
        customer = a_customer()
        own = a_store_credit(customer.id, 1200)
    client = signed_in(app, customer)

    review = reviewed(client, trifle)
    cart, answer = words(client.get("/cart")), order(client, review)

    assert "Go to checkout" in cart
    assert client.get(answer.location).location.startswith("/orders/")
    with app.app_context():
        assert balance(own) == 1170


def test_in_a_shop_without_credit_nothing_is_said_of_it(app: Flask, client: ShopClient) -> None:
    put_in(client, a_trifle(app))
    submit_details(client)

    said = words(client.get("/checkout/review"))

    assert f"{SMALLEST} Please put something more in your cart. " in said
