"""Which variant an address means, whatever it says."""

import re

import pytest
from flask import Flask

from storefront.catalogue.facts import VariantFacts
from storefront.catalogue.models import ProductState
from storefront.catalogue.queries import product_page
from storefront.catalogue.shown import ProductPage
from storefront.shop.choice import Choice, choose, offer
from tests.builders.cart import a_policy, words
from tests.builders.catalogue import a_product, the_variants, variant_facts
from tests.client import ShopClient


def _kit() -> tuple[VariantFacts, ...]:
    return (
        variant_facts("1.5 kg", "plain box", price_minor=2400),
        variant_facts("1.5 kg", "gift box", price_minor=2900, on_hand=0),
        variant_facts("3 kg", "plain box", price_minor=3900, on_hand=9),
    )


def _chosen(wanted: dict[str, str], *variants: VariantFacts) -> str:
    a_product("kit", *(variants or _kit()), options=("Size", "Pack"))
    variant = choose(product_page("kit"), wanted)
    assert variant
    return variant.title


def _offered(page: ProductPage, wanted: dict[str, str]) -> Choice:
    variant = choose(page, wanted)
    assert variant
    return offer(page, variant)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ({}, "1.5 kg / plain box"),
        ({"size": "3-kg"}, "3 kg / plain box"),
        ({"size": "1.5-kg", "pack": "gift-box"}, "1.5 kg / gift box"),
        ({"size": "3-kg", "pack": "gift-box"}, "3 kg / plain box"),
        ({"size": "4-kg"}, "1.5 kg / plain box"),
        ({"colour": "red"}, "1.5 kg / plain box"),
        ({"size": "", "pack": "\x00"}, "1.5 kg / plain box"),
        ({"size": "1.5 kg"}, "1.5 kg / plain box"),
        ({"pack": "gift-box"}, "1.5 kg / gift box"),
    ],
)
def test_a_query_means_the_nearest_variant(inside: Flask, wanted: dict[str, str], chosen: str) -> None:
    assert _chosen(wanted) == chosen


def test_what_can_be_had_is_chosen_before_what_is_sold_out(inside: Flask) -> None:
    chosen = _chosen({"size": "3-kg"}, variant_facts("3 kg", "a", on_hand=0), variant_facts("3 kg", "b"))

    assert chosen == "3 kg / b"


def test_values_that_read_alike_keep_words_of_their_own(inside: Flask) -> None:
    a_product("cup", variant_facts("A"), variant_facts("A+"), variant_facts("★"), options=("Grade",))
    choice = _offered(product_page("cup"), {})

    assert [value.query["grade"] for value in choice.options[0].values] == ["a", "a-2", "3"]


def test_every_offered_address_leads_to_what_it_says(inside: Flask) -> None:
    a_product("kit", *_kit(), options=("Size", "Pack"))
    page = product_page("kit")
    choice = _offered(page, {"size": "3-kg"})

    for option in choice.options:
        for value in option.values:
            assert choose(page, value.query) == value.variant


def test_a_product_without_options_has_nothing_to_choose(inside: Flask) -> None:
    a_product("whisk")

    choice = _offered(product_page("whisk"), {"size": "3-kg"})

    assert (choice.options, choice.query) == ((), {})


@pytest.fixture
def kit(app: Flask) -> str:
    """The path of a kit in two sizes."""
    with app.app_context():
        a_policy()
        a_product("kit", *_kit(), options=("Size", "Pack"))
    return "/products/kit"


def test_the_page_of_a_choice_shows_its_price_and_sells_that_variant(
    app: Flask, client: ShopClient, kit: str
) -> None:
    with app.app_context():
        dear = the_variants("kit")[2].id

    page = client.get(f"{kit}?size=3-kg").text

    assert "€39.00" in page
    assert f'name="variant" value="{dear}"' in page
    assert '<link rel="canonical" href="http://localhost/products/kit">' in page


def test_few_pieces_are_counted_and_many_are_not(client: ShopClient, kit: str) -> None:
    few, many = words(client.get(kit)), words(client.get(f"{kit}?size=3-kg"))

    assert "3 left" in few
    assert "In stock" in many
    assert "9 left" not in many


def test_no_more_can_be_asked_for_than_there_are(client: ShopClient, kit: str) -> None:
    page = client.get(kit).text

    assert re.findall(r"<option>(\d+)</option>", page) == ["1", "2", "3"]


def test_what_is_sold_out_says_so_and_cannot_be_added(client: ShopClient, kit: str) -> None:
    page = client.get(f"{kit}?size=1.5-kg&pack=gift-box")

    assert "Sold out" in words(page)
    assert "Add to cart" not in page.text


def test_what_was_withdrawn_keeps_its_page_and_cannot_be_added(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        a_product("old")
        a_product("old", state=ProductState.WITHDRAWN)

    page = client.get("/products/old")

    assert page.status_code == 200
    assert "No longer sold" in words(page)
    assert "Add to cart" not in page.text


def test_the_delivery_estimate_is_the_policys(client: ShopClient, kit: str, frozen: object) -> None:
    # NOON is Wednesday 17 June; two to five working days later are Friday 19 and Wednesday 24.
    said = words(client.get(kit))

    assert "Fri, Jun 19 to Wed, Jun 24, to Germany" in said


def test_a_description_cannot_run_anything(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        a_product(
            "kit", title="</script><script>alert(1)</script>", description="<img src=x onerror=alert(1)>ok"
        )

    page = client.get("/products/kit").text

    assert "<script>alert" not in page
    assert "onerror" not in page
