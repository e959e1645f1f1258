"""The review: every cost, what changed meanwhile, and nothing ordered that was not shown."""

from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront.catalogue import stock
from storefront.catalogue.models import Cause
from storefront.database import transaction
from tests.builders.cart import (
    a_policy,
    a_shelf,
    put_in,
    submit_details,
    submit_order,
    words,
)
from tests.builders.catalogue import a_product, a_variant, on_hand, the_variants, variant_facts
from tests.checkout.reviewing import all_orders, reviewed
from tests.client import ShopClient, browser
from tests.counting import Counting
from tests.policies.documents import a_document, a_method, a_zone

EXPRESS = a_method(
    code="express", name="Express", price_minor=1290, free_from_minor=None, days_min=1, days_max=1
)


def test_the_review_says_everything_before_it_is_paid(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE", methods=(a_method(), EXPRESS))))
        variant = a_variant(title="Lion’s mane kit", price_minor=2400)

    page = reviewed(client, variant)

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
    page = reviewed(client, a_shelf(app))

    origin = app.config["STOREFRONT"].payment_origin
    assert f"form-action 'self' {origin}" in page.headers["Content-Security-Policy"]
    assert origin not in client.get("/checkout").headers["Content-Security-Policy"]


def test_another_way_to_ship_changes_the_sum_without_script(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE", methods=(a_method(), EXPRESS))))
        variant = a_variant(price_minor=2400)
    page = reviewed(client, variant)

    answer = submit_order(client, page, shipping="express", change="shipping")

    assert (answer.status_code, answer.location) == (303, "/checkout/review")
    assert "Order and pay €36.90" in words(client.get("/checkout/review"))
    assert all_orders(app) == []


def test_a_way_to_ship_whose_price_was_not_shown_is_shown_before_it_is_ordered(
    app: Flask, client: ShopClient
) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE", methods=(a_method(), EXPRESS))))
        variant = a_variant(price_minor=2400)
    page = reviewed(client, variant)

    answer = submit_order(client, page, shipping="express")

    assert answer.status_code == 422
    assert "The total was €28.90 and is now €36.90." in words(answer)
    assert "Order and pay €36.90" in words(answer)
    assert all_orders(app) == []


@pytest.mark.parametrize("code", ["drone", "", "x" * 300, "../", "a\x00b"])
def test_a_way_to_ship_that_is_not_offered_is_never_ordered(
    app: Flask, client: ShopClient, code: str
) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE")))
        variant = a_variant(price_minor=2400)
    page = reviewed(client, variant)

    submit_order(client, page, shipping=code, change="shipping")
    after = client.get("/checkout/review")

    assert after.status_code == 200
    assert "Order and pay €28.90" in words(after)


def test_a_price_that_changed_meanwhile_is_named_before_it_is_paid(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        product = a_product("kit", variant_facts(price_minor=2400), title="Kit")
        variant_id = the_variants(product.slug)[0].id
    page = reviewed(client, variant_id)
    with app.app_context():
        a_product("kit", variant_facts(price_minor=2600), title="Kit")

    answer = submit_order(client, page)

    assert answer.status_code == 422
    said = words(answer)
    assert "Kit was €24.00 and is now €26.00." in said
    assert "The total was €24.00 and is now €26.00." in said
    assert "Order and pay €26.00" in said
    assert all_orders(app) == []


@pytest.mark.parametrize("total", ["", "-2400", "24.00", "2.4e3", "２４００", "9" * 30, "0", "1"])
def test_a_total_that_was_not_shown_orders_nothing(app: Flask, client: ShopClient, total: str) -> None:
    page = reviewed(client, a_shelf(app))

    answer = submit_order(client, page, total=total)

    assert answer.status_code == 422
    assert all_orders(app) == []


def test_what_sold_out_meanwhile_is_said_at_its_line(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=3)
    page = reviewed(client, variant, 3)
    with app.app_context(), transaction():
        stock.move(variant.id, -3, cause=Cause.ADJUSTMENT, reference="test")

    answer = submit_order(client, page, shipping="standard")

    assert answer.status_code == 409
    said = words(answer)
    assert "This is sold out. Remove it to go on." in said
    assert "Nothing was ordered and nothing was charged." in said
    assert all_orders(app) == []


def test_what_another_took_at_the_same_moment_is_said_in_the_cart(
    app: Flask, client: ShopClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = a_shelf(app, on_hand=1)
    page = reviewed(client, variant)

    def taken(_quantities: object, *, reference: str) -> None:
        raise stock.SoldOut("Kit is sold out.", variant_id=variant.id, left=0)

    monkeypatch.setattr(stock, "take", taken)
    answer = submit_order(client, page)

    assert answer.status_code == 409
    assert "Kit is sold out. Nothing was ordered and nothing was charged." in words(answer)
    assert all_orders(app) == []


def test_a_cart_that_cannot_be_ordered_has_no_review(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=3)
    reviewed(client, variant, 3)
    with app.app_context(), transaction():
        stock.move(variant.id, -1, cause=Cause.ADJUSTMENT, reference="test")

    answer = client.get("/checkout/review")

    assert (answer.status_code, answer.location) == (303, "/cart")


def test_a_country_that_is_no_longer_served_leads_back_to_the_address(app: Flask, client: ShopClient) -> None:
    reviewed(client, a_shelf(app))
    with app.app_context():
        a_policy(a_document(a_zone("AT")))

    answer = client.get("/checkout/review")

    assert answer.location == "/checkout"
    assert "We do not ship to Germany." in words(client.get("/checkout"))


def test_goods_held_for_this_cart_stay_orderable_in_it(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=1)
    submit_order(client, reviewed(client, variant))
    with app.app_context():
        assert on_hand(variant.id) == 0

    review, cart = client.get("/checkout/review"), client.get("/cart")

    assert review.status_code == 200
    assert "Go to checkout" in words(cart)
    stranger = browser(app)
    assert put_in(stranger, variant).status_code == 422


def test_the_hold_is_said_until_it_ends(app: Flask, client: ShopClient, frozen: ModuleType) -> None:
    submit_order(client, reviewed(client, a_shelf(app)))

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
