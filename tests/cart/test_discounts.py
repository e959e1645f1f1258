"""A discount in the cart: typed or by itself, told in the sum, and never known to those who only try."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront import clock
from storefront.cart.quote import Quote
from storefront.catalogue import actions
from storefront.catalogue.models import Variant
from storefront.catalogue.shelving import CollectionTexts
from storefront.config import settings
from storefront.money import Money
from storefront.policies.parts import Basis
from storefront.pricing.actions import end_discount
from storefront.pricing.models import DiscountKind
from tests.builders.cart import a_cart, a_policy, a_shelf, put_in, token, words
from tests.builders.catalogue import a_variant
from tests.builders.discounts import BY, a_discount
from tests.client import ShopClient
from tests.counting import Counting
from tests.policies.documents import a_document, a_method, a_zone

DOES_NOT_HOLD = "This code is not valid, or no longer."


@pytest.fixture
def kit(app: Flask) -> Variant:
    """Goods for €24.00 in a shop with a policy."""
    return a_shelf(app, price_minor=2400, on_hand=10)


def type_code(client: ShopClient, code: str) -> str:
    """Type a code on the cart's page; what the next page says."""
    answer = client.post("/cart/code", data={"csrf_token": token(client.get("/cart")), "code": code})
    return words(client.get("/cart") if answer.status_code == 303 else answer)


def test_reloading_what_a_code_said_leads_to_the_cart(client: ShopClient) -> None:
    answer = client.get("/cart/code")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/cart")


def test_a_code_that_is_typed_is_taken_off_and_can_be_taken_out(
    app: Flask, client: ShopClient, kit: Variant
) -> None:
    with app.app_context():
        a_discount("SPRING10", percent=10)
    put_in(client, kit, 2)

    said = type_code(client, " spring-10 ")

    assert "Discount SPRING10 -€4.80" in said
    assert "Total €43.20" in said
    client.post("/cart/code", data={"csrf_token": token(client.get("/cart")), "remove": "1"})
    assert "Total €48.00" in words(client.get("/cart"))


def test_a_shop_without_codes_has_no_field_for_one(app: Flask, client: ShopClient, kit: Variant) -> None:
    put_in(client, kit)
    without = client.get("/cart").text

    with app.app_context():
        a_discount("SPRING10")

    assert 'name="code"' not in without
    assert 'name="code"' in client.get("/cart").text


def test_codes_that_never_were_are_over_are_to_come_or_are_used_up_read_alike(
    app: Flask, client: ShopClient, kit: Variant
) -> None:
    with app.app_context():
        today = clock.today(settings().timezone)
        a_discount("RUNNING")
        a_discount("PAST", until_on=today - timedelta(days=1))
        a_discount("COMING", from_on=today + timedelta(days=1))
        end_discount(a_discount("ENDED"), by=BY)
    put_in(client, kit)

    pages = [type_code(client, code) for code in ("NEVER", "PAST", "COMING", "ENDED", "")]

    assert all(DOES_NOT_HOLD in page and "Total €24.00" in page for page in pages)
    assert len({page.replace("  ", " ") for page in pages}) == 1


def test_a_refused_code_stays_in_its_field_with_the_sentence_beside_it(
    app: Flask, client: ShopClient, kit: Variant
) -> None:
    with app.app_context():
        a_discount("SPRING10")
    put_in(client, kit)

    page = client.post("/cart/code", data={"csrf_token": token(client.get("/cart")), "code": 'Sprng"1'})

    assert 'value="Sprng&#34;1" aria-describedby="code-wrong" aria-invalid="true"' in page.text
    assert f'id="code-wrong"><span class="hidden">Error: </span>{DOES_NOT_HOLD}' in page.text


def test_codes_are_tried_ten_times_an_hour_and_no_more(make_app: Callable[..., Flask]) -> None:
    app = make_app(limit_discounts="10 per hour")
    kit = a_shelf(app)
    with app.app_context():
        a_discount("SPRING10")
    client = ShopClient(app)
    put_in(client, kit)
    form = {"csrf_token": token(client.get("/cart"))}

    answers = [client.post("/cart/code", data={**form, "code": f"GUESS{n}"}) for n in range(10)]
    refused = client.post("/cart/code", data={**form, "code": "SPRING10"})

    assert {answer.status_code for answer in answers} == {422}
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert client.post("/cart/code", data={**form, "remove": "1"}).status_code == 303


def test_a_window_holds_from_its_first_day_to_the_end_of_its_last(inside: Flask, frozen: ModuleType) -> None:
    a_policy()
    kit, zone = a_variant(price_minor=1000), settings().timezone
    day = clock.today(zone) + timedelta(days=1)
    a_discount("", percent=10, from_on=day, until_on=day)
    second = timedelta(seconds=1)

    def off() -> int:
        return Quote.of(a_cart((kit.id, 1)), country="DE").discount.minor

    frozen.advance(clock.end_of_day(day - timedelta(days=1), zone) - clock.now() - second)
    before = off()
    frozen.advance(second)
    first = off()
    frozen.advance(clock.end_of_day(day, zone) - clock.now() - second)
    last = off()
    frozen.advance(second)

    assert (before, first, last, off()) == (0, 100, 100, 0)


def test_a_discount_for_a_collection_is_for_its_goods_alone(inside: Flask) -> None:
    a_policy()
    tea, cup = a_variant(price_minor=1000), a_variant(price_minor=500)
    shelf = actions.open_collection(CollectionTexts(title="Tea"), by=BY)
    actions.place(tea.product_id, collection_id=shelf, position=0)
    a_discount("", percent=50, collections=frozenset({shelf}))

    quote = Quote.of(a_cart((tea.id, 1), (cup.id, 1)), country="DE")

    assert [line.total.minor for line in quote.lines] == [500, 500]
    assert quote.goods - quote.discount == Money(1000, "EUR")


def paying_shipping(basis: Basis) -> None:
    a_policy(a_document(a_zone(methods=(a_method(price_minor=490, free_from_minor=5000, basis=basis),))))


@pytest.mark.parametrize(("basis", "shipping"), [(Basis.BEFORE_DISCOUNTS, 0), (Basis.AFTER_DISCOUNTS, 490)])
def test_free_shipping_follows_the_basis_that_the_policy_declares(
    inside: Flask, basis: Basis, shipping: int
) -> None:
    paying_shipping(basis)
    kit = a_variant(price_minor=5000)
    a_discount("", percent=10)

    quote = Quote.of(a_cart((kit.id, 1)), country="DE")

    assert quote.shipping == Money(shipping, "EUR")
    assert quote.total.minor == 4500 + shipping


def test_a_code_for_free_shipping_makes_the_usual_way_free(inside: Flask) -> None:
    methods = (a_method(price_minor=490), a_method(code="express", price_minor=1490))
    a_policy(a_document(a_zone(methods=methods)))
    kit = a_variant(price_minor=2000)
    a_discount("SHIPFREE", kind=DiscountKind.SHIPPING)
    cart = replace(a_cart((kit.id, 1)), code="SHIPFREE")

    usual = Quote.of(cart, country="DE")
    express = Quote.of(cart, country="DE", shipping_code="express")

    assert (usual.shipping.minor, [each.amount.minor for each in usual.given]) == (0, [490])
    assert (express.shipping.minor, express.given) == (1490, ())
    assert "usual way to ship free" in express.code_says


def test_a_code_that_lacks_something_stays_and_says_what(
    app: Flask, client: ShopClient, kit: Variant
) -> None:
    with app.app_context():
        a_discount("FIFTY", minimum_minor=5000)
    put_in(client, kit)

    lacking = type_code(client, "FIFTY")
    put_in(client, kit, 2)

    assert "€26.00 is missing" in lacking
    assert "Discount FIFTY -€7.20" in words(client.get("/cart"))


def test_a_cart_page_takes_three_statements(
    client: ShopClient, kit: Variant, count_queries: Counting
) -> None:
    put_in(client, kit)

    with count_queries() as counted:
        client.get("/cart")

    assert len(counted.statements) <= 3, str(counted)
