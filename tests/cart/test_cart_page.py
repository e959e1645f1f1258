"""The cart's page: what it says of each line, and what its form changes."""

import pytest
from flask import Flask

from storefront.cart.contents import MOST_PIECES
from storefront.catalogue import stock
from storefront.catalogue.models import Cause, ProductState, Variant
from storefront.database import transaction
from tests.builders.cart import a_policy, a_shelf, pieces, put_in, token, words
from tests.builders.catalogue import a_product, a_variant, the_product, the_variants, variant_facts
from tests.cart.test_adding import NO_QUANTITIES
from tests.client import ShopClient
from tests.counting import Counting
from tests.policies.documents import a_document, a_method, a_zone


def _change(client: ShopClient, **fields: str) -> None:
    page = client.get("/cart")
    data = {name.replace("_", "-"): text for name, text in fields.items()}
    client.post("/cart", data={**data, "csrf_token": token(page)})


def _sell(app: Flask, variant: Variant, sold: int) -> None:
    with app.app_context(), transaction():
        stock.move(variant.id, -sold, cause=Cause.ADJUSTMENT, reference="test")


def test_an_empty_cart_says_so_and_sets_no_cookie(client: ShopClient, app: Flask) -> None:
    with app.app_context():
        a_policy()

    page = client.get("/cart")

    assert "Nothing in it yet." in page.text
    assert page.headers.getlist("Set-Cookie") == []
    assert page.headers["Cache-Control"] == "no-store"


def test_all_costs_are_known_in_the_cart(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("DE")))
        variant = a_variant(price_minor=2400)
    put_in(client, variant, 2)

    page = words(client.get("/cart"))

    assert "€2.00 to free shipping to Germany" in page
    assert "Shipping to Germany €4.90 Total €52.90" in page
    assert "Includes €8.44 tax." in page


@pytest.mark.parametrize(("button", "after"), [("more", 3), ("less", 1)])
def test_a_button_beside_a_line_changes_it_by_one(
    app: Flask, client: ShopClient, button: str, after: int
) -> None:
    variant = a_shelf(app)
    put_in(client, variant, 2)

    _change(client, **{f"quantity_{variant.id}": "2", button: str(variant.id)})

    assert pieces(client) == after


def test_one_less_of_the_last_piece_takes_the_line_out(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)
    put_in(client, variant, 1)

    _change(client, less=str(variant.id))

    assert pieces(client) == 0


@pytest.mark.parametrize("named", ["0", "999999", "-1", "x", ""])
def test_one_more_of_what_is_not_in_the_cart_changes_nothing(
    app: Flask, client: ShopClient, named: str
) -> None:
    put_in(client, a_shelf(app), 2)

    _change(client, more=named)

    assert pieces(client) == 2


def test_one_more_than_an_order_takes_is_still_in_the_cart(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=None)
    put_in(client, variant, MOST_PIECES)

    _change(client, more=str(variant.id))

    assert pieces(client) == MOST_PIECES


def test_quantities_change_and_nought_takes_the_line_out(app: Flask, client: ShopClient) -> None:
    first = a_shelf(app)
    with app.app_context():
        second = a_variant(on_hand=5)
    put_in(client, first, 2)
    put_in(client, second, 1)

    _change(client, **{f"quantity_{first.id}": "0", f"quantity_{second.id}": "4"})

    assert pieces(client) == 4


def test_remove_takes_out_its_line_and_reads_nothing_else(app: Flask, client: ShopClient) -> None:
    first = a_shelf(app)
    with app.app_context():
        second = a_variant()
    put_in(client, first, 2)
    put_in(client, second, 1)

    _change(client, remove=str(first.id), **{f"quantity_{second.id}": "nonsense"})

    assert pieces(client) == 1
    assert "It was taken out of your cart." in words(client.get("/cart"))


@pytest.mark.parametrize("quantity", [each for each in NO_QUANTITIES if each != "0"])
def test_one_wrong_quantity_changes_nothing_and_keeps_what_was_typed(
    app: Flask, client: ShopClient, quantity: str
) -> None:
    first = a_shelf(app, on_hand=None)
    with app.app_context():
        second = a_variant(on_hand=None)
    put_in(client, first, 2)
    put_in(client, second, 1)

    page = client.get("/cart")
    fields = {f"quantity-{first.id}": quantity, f"quantity-{second.id}": "5", "csrf_token": token(page)}
    answer = client.post("/cart", data=fields)

    assert answer.status_code == 422
    assert "is not a number of pieces" in words(answer)
    assert f'aria-describedby="quantity-{first.id}-wrong"' in answer.text
    assert 'value="5"' in answer.text
    assert pieces(client) == 3


def test_a_quantity_of_many_noughts_is_read_whole(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=None)
    put_in(client, variant, 1)

    _change(client, **{f"quantity_{variant.id}": "0" * 40 + "7"})

    assert pieces(client) == 7


def test_more_than_there_is_is_cut_and_said_beside_its_line(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=3)
    put_in(client, variant, 1)

    _change(client, **{f"quantity_{variant.id}": "4"})
    page = client.get("/cart")

    assert f'id="quantity-{variant.id}-wrong"' in page.text
    assert "You asked for 4; only 3 are left. We have kept 3 for you." in words(page)
    assert "Go to checkout" in words(page)
    assert pieces(client) == 3


def test_goods_that_went_meanwhile_stop_the_checkout_and_change_nothing(
    app: Flask, client: ShopClient
) -> None:
    variant = a_shelf(app, on_hand=3)
    put_in(client, variant, 3)
    _sell(app, variant, 2)

    page = words(client.get("/cart"))

    assert "You asked for 3; only 1 is left." in page
    assert "Go to checkout" not in page
    assert pieces(client) == 3


def test_what_is_sold_out_meanwhile_can_be_taken_out(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app, on_hand=1)
    put_in(client, variant, 1)
    _sell(app, variant, 1)
    assert "This is sold out. Remove it to go on." in words(client.get("/cart"))

    _change(client, remove=str(variant.id))

    assert "Nothing in it yet." in client.get("/cart").text


def test_what_left_the_shop_is_named_costs_nothing_and_is_not_linked(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        product = a_product("kit", variant_facts(price_minor=2400), title="Kit")
        variant_id = the_variants(product.slug)[0].id
    put_in(client, variant_id)
    with app.app_context():
        a_product("kit", variant_facts(price_minor=2400), title="Kit", state=ProductState.WITHDRAWN)
        assert the_product("kit").state == ProductState.WITHDRAWN

    page = client.get("/cart")

    assert "This is no longer sold. Remove it to go on." in words(page)
    assert "Total €0.00" in words(page)
    assert '<a href="/products/kit"' not in page.text


def test_a_changed_price_is_said_and_the_new_one_counts(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        product = a_product("kit", variant_facts(price_minor=2400))
        variant_id = the_variants(product.slug)[0].id
    put_in(client, variant_id)
    with app.app_context():
        a_product("kit", variant_facts(price_minor=2600))

    page = words(client.get("/cart"))

    assert "The price was €24.00 before." in page
    assert "Total €26.00" in page


def test_a_form_without_its_token_is_refused(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)
    put_in(client, variant, 2)

    answer = client.post("/cart", data={f"quantity-{variant.id}": "1"})

    assert answer.status_code == 400
    assert pieces(client) == 2


def test_another_site_cannot_change_a_cart(app: Flask, client: ShopClient) -> None:
    variant = a_shelf(app)
    put_in(client, variant, 2)
    known = token(client.get("/cart"))
    client.come_from("same-site")

    answer = client.post("/cart", data={f"quantity-{variant.id}": "1", "csrf_token": known})

    assert answer.status_code == 403


def test_a_cart_page_asks_three_things_of_its_own(
    app: Flask, client: ShopClient, count_queries: Counting
) -> None:
    with app.app_context():
        a_policy()
        variants = [a_variant().id for _each in range(5)]
    for variant_id in variants:
        put_in(client, variant_id)
    client.get("/cart")

    with count_queries() as counted:
        client.get("/cart")

    own = [text for text in counted.statements if "FROM collection" not in text]
    assert len(own) <= 3, str(counted)
    assert counted.writes == 0


def test_the_badge_asks_one_thing(app: Flask, client: ShopClient, count_queries: Counting) -> None:
    put_in(client, a_shelf(app))

    with count_queries() as counted:
        answer = client.get("/cart/badge")

    assert len(counted.statements) <= 1, str(counted)
    assert answer.headers["Cache-Control"] == "no-store"


def test_where_the_own_country_is_not_served_the_first_that_is_counts(app: Flask, client: ShopClient) -> None:
    document = a_document(a_zone("AT", methods=(a_method(price_minor=900, free_from_minor=None),)))
    with app.app_context():
        a_policy(document)
        variant = a_variant()
    put_in(client, variant)

    page = words(client.get("/cart"))

    assert "Shipping to Austria €9.00" in page
