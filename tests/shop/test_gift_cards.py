"""Gift cards for whoever has one: what is on it, its mail once more, and store credit in the account."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront import clock, jobs
from storefront.catalogue.actions import save_product
from storefront.credit.codes import new_code
from storefront.credit.models import CreditAccount
from storefront.database import session, transaction
from storefront.mail.models import OutgoingMail
from storefront.orders.access import order_link
from storefront.orders.models import number_of_id
from tests.builders.accounts import a_customer, signed_in
from tests.builders.cart import a_policy, put_in, token, words
from tests.builders.catalogue import a_gift_card_product, product_facts, variant_facts
from tests.builders.credit import a_gift_card, a_store_credit
from tests.builders.orders import an_order_of_gift_cards
from tests.client import ShopClient, browser

PAGE = "/gift-cards/balance"


def ask(client: ShopClient, code: str) -> tuple[int, str]:
    """Type a code; the status and what the page says."""
    answer = client.post(PAGE, data={"csrf_token": token(client.get(PAGE)), "code": code})
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, words(answer)


@pytest.fixture(autouse=True)
def _policy(app: Flask) -> None:
    with app.app_context():
        a_policy()


def test_whoever_types_a_code_sees_what_is_on_the_card(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        card = a_gift_card(2500)

    status, said = ask(client, f" {card.code.lower().replace('-', ' ')} ")

    assert (status, f"€25.00 on the gift card ending {card.code[-4:]}." in said) == (200, True)
    assert card.code not in said


def test_a_closed_card_says_so(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        card = a_gift_card(2500)
        with transaction() as current:
            current.get_one(CreditAccount, card.id).closed_at = clock.now()

    assert "was closed" in ask(client, card.code)[1]


def test_codes_that_are_none_are_all_answered_alike(client: ShopClient) -> None:
    tried = {ask(client, code) for code in (new_code(), "SUMMER", "é" * 16)}

    assert len(tried) == 1
    assert next(iter(tried))[0] == 404


def test_codes_are_tried_as_rarely_as_those_of_discounts(make_app: Callable[..., Flask]) -> None:
    client = browser(make_app(limit_discounts="3 per hour"))
    tried = [ask(client, new_code())[0] for _each in range(3)]
    form = {"csrf_token": token(client.get(PAGE)), "code": new_code()}

    assert set(tried) == {404}
    assert client.post(PAGE, data=form).status_code == 429


def test_the_footer_leads_there_once_gift_cards_are_sold_or_were(app: Flask, client: ShopClient) -> None:
    without = client.get("/").text
    with app.app_context():
        a_gift_card_product()

    with_them = client.get("/").text

    assert PAGE not in without
    assert PAGE in with_them
    assert "Gift cards are left out." in with_them
    assert "Gift cards are left out." not in without


def test_its_page_promises_neither_tax_nor_shipping(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_gift_card_product()

    said = words(client.get("/products/gift-card"))

    assert "No tax and no shipping: the code comes by e-mail." in said
    assert "Includes tax" not in said


def test_the_orders_page_names_cards_by_their_ends_and_sends_the_mail_again(app: Flask) -> None:
    with app.app_context():
        order_id = an_order_of_gift_cards(2500)
        with app.test_request_context():
            link = order_link(order_id, origin="http://localhost")
        first = session().query(OutgoingMail).filter_by(kind="gift_cards").one()
        code, first_id = first.facts["cards"][0]["code"], first.id
    jobs.drain(app)
    client, url = browser(app), f"/orders/{number_of_id(order_id)}"
    page = client.get(link, follow_redirects=True)

    answers = [
        client.post(f"{url}/gift-cards", data={"csrf_token": token(page)}, follow_redirects=True)
        for _each in range(6)
    ]

    assert f"Gift card ending {code[-4:]}" in words(page)
    assert code not in page.text
    assert "sent once more" in words(answers[0])
    assert "several times" in words(answers[-1])
    jobs.drain(app)
    with app.app_context():
        again = session().query(OutgoingMail).filter_by(resend_of=first_id).all()
        assert len(again) == 5
        assert {(each.recipient, code in (each.text or "")) for each in again} == {("mara@example.org", True)}


def test_strangers_and_orders_without_cards_have_no_mail_to_send(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        order_id = an_order_of_gift_cards(2500)
    typed = {"csrf_token": token(client.get(PAGE))}

    answer = client.post(f"/orders/{number_of_id(order_id)}/gift-cards", data=typed)

    assert answer.status_code == 404
    with app.app_context():
        assert session().query(OutgoingMail).filter_by(kind="gift_cards").count() == 1


def test_the_account_tells_store_credit_and_what_moved(app: Flask) -> None:
    with app.app_context():
        customer, other = a_customer(), a_customer(email="other@example.org")
        a_store_credit(customer.id, 1250)

    said = words(signed_in(app, customer).get("/account"))

    assert "Store credit: €12.50" in said
    assert "Given by us" in said
    assert "Store credit" not in words(signed_in(app, other).get("/account"))


def test_its_page_promises_nothing_that_holds_for_goods_alone(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_gift_card_product(2500)

    said = words(client.get("/products/gift-card"))

    assert "comes by e-mail as soon as it is paid; it does not expire" in said
    about = said.partition("Gift card")[2].partition("Letters")[0]
    assert [each for each in ("Includes tax", "In stock", "money-back guarantee") if each in about] == []


def test_whoever_buys_nothing_that_is_sent_is_not_asked_where_to(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        card = a_gift_card_product(2500)[0]
    put_in(client, card.id)

    said = words(client.get("/checkout"))

    assert "Your address" in said
    assert "Where to send it" not in said


def test_an_order_of_gift_cards_alone_has_no_shipping_and_nothing_to_send_back(app: Flask) -> None:
    with app.app_context():
        order_id = an_order_of_gift_cards(2500)
        with app.test_request_context():
            link = order_link(order_id, origin="http://localhost")

    said = words(browser(app).get(link, follow_redirects=True))

    assert f"Order {number_of_id(order_id)}" in said
    assert [each for each in ("Shipping to", "Send something back") if each in said] == []


def test_a_choice_called_by_its_price_does_not_say_it_twice(app: Flask, client: ShopClient) -> None:
    named = {"€25": 2500, "€50": 5000, "Large": 10000}
    with app.app_context():
        cards = [variant_facts(name, price_minor=minor) for name, minor in named.items()]
        save_product(product_facts("card", *cards, title="Card", options=("Amount",), is_gift_card=True))

    said = words(client.get("/products/card"))

    assert ("€50.00" in said, "Large €100.00" in said) == (False, True)
