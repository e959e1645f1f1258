"""The price for 100 g or a litre: exact, rounded half up, and told wherever the price is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask

from storefront.catalogue import actions
from storefront.catalogue.facts import VariantFacts
from storefront.catalogue.measures import BASES, Amount, Measure, Measured, thousandths_of, usual_base
from storefront.catalogue.unit_prices import amount_text, per_unit
from storefront.errors import Refused
from storefront.money import Money
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_product, product_facts, the_variants, variant_facts
from tests.builders.content import a_post
from tests.client import ShopClient
from tests.counting import Counted

G, KG, ML, L, M, M2, PIECE = Measure


def holding(amount: str, measure: Measure, base: Amount | None = None) -> Measured:
    return Measured(Amount(thousandths_of(amount) or 0, measure), base or usual_base(measure))


@pytest.mark.parametrize(
    ("price", "contents", "told"),
    [
        (1200, holding("250", G), 480),
        (900, holding("750", ML), 1200),
        (1400, holding("60", G), 2333),
        (1, holding("200", G), 1),
        (1, holding("201", G), 0),
        (0, holding("1", G), 0),
        (999, holding("1.5", KG), 666),
        (999, holding("0.001", KG), 999_000),
        (850, holding("2", L), 425),
        (500, holding("2.5", M), 200),
        (2500, holding("1.25", M2), 2000),
        (1250, holding("50", PIECE), 25),
        (1200, holding("0.25", KG, Amount(100_000, G)), 480),
        (480, holding("100", G, Amount(1_000, KG)), 4800),
        (300, holding("30", ML, Amount(100_000, ML)), 1000),
    ],
)
def test_a_price_is_told_for_the_base_rounded_half_up(price: int, contents: Measured, told: int) -> None:
    assert contents.price_of(Money(price, "EUR")) == Money(told, "EUR")


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (holding("250", G), "€4.80 per 100\N{NO-BREAK SPACE}g"),
        (holding("1", L), "€12.00 per litre"),
        (holding("500", ML), "€24.00 per litre"),
        (holding("3", KG), "€4.00 per kg"),
        (holding("2", M), "€6.00 per metre"),
        (holding("6", M2), "€2.00 per m²"),
        (holding("12", PIECE), "€1.00 per piece"),
        (holding("12", PIECE, Amount(10_000, PIECE)), "€10.00 per 10 pieces"),
    ],
)
def test_it_is_told_in_words(inside: Flask, contents: Measured, words: str) -> None:
    with inside.test_request_context():
        assert per_unit(contents, Money(1200, "EUR")) == words
        assert per_unit(None, Money(1200, "EUR")) == ""


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("250", 250_000),
        ("1.5", 1_500),
        ("1,5", 1_500),
        ("0.001", 1),
        ("0.0001", None),
        ("-1", None),
        ("1e3", None),
        ("", None),
        ("٣", None),
    ],
)
def test_a_number_is_kept_exactly_or_not_at_all(text: str, thousandths: int | None) -> None:
    assert thousandths_of(text) == thousandths


def test_every_measure_has_a_base_and_words(inside: Flask) -> None:
    with inside.test_request_context():
        assert [str(each) for each in map(usual_base, Measure)] == [
            *("100 g", "1 kg", "1 l", "1 l", "1 m", "1 m2", "1 piece")
        ]
        assert len({amount_text(each) for each in BASES}) == len(BASES) == 7


@pytest.mark.parametrize(
    ("contents", "field"),
    [
        (Measured(Amount(0, G), Amount(1_000, KG)), "contents"),
        (Measured(Amount(1, G), Amount(0, G)), "base"),
        (Measured(Amount(1, G), Amount(1_000, L)), "base"),
    ],
)
def test_what_cannot_be_told_is_refused(inside: Flask, contents: Measured, field: str) -> None:

    with pytest.raises(Refused) as refused:
        contents.check()
    with pytest.raises(Refused):
        actions.save_product(product_facts("tea", replace(variant_facts(), contents=contents)))

    assert refused.value.field == field


def tea(grams: int) -> VariantFacts:
    return variant_facts(f"{grams} g", price_minor=12 * grams, contents=holding(str(grams), G))


def test_it_stands_beside_the_price_of_the_chosen_variant_in_lists_and_in_the_cart(
    app: Flask, client: ShopClient
) -> None:
    with app.app_context():
        a_policy()
        dear = replace(tea(50), price=Money(700, "EUR"))
        a_product("tea", dear, tea(250), options=("Weight",), collections=())
        a_product("pot")
        a_post(slug="steeped", body="{{ product: tea }}")
        variant = the_variants("tea")[1].id

    first, second = client.get("/products/tea").text, client.get("/products/tea?weight=250-g").text
    listed = client.get("/products").text
    client.post("/cart/lines", data={"variant": variant, "quantity": 2})
    cart = client.get("/cart").text

    assert "€14.00 per 100\N{NO-BREAK SPACE}g" in first
    assert "€12.00 per 100\N{NO-BREAK SPACE}g" in second
    assert "50\N{NO-BREAK SPACE}g</dd>" in first
    assert listed.count(" per 100") == 1
    assert "€14.00 per 100\N{NO-BREAK SPACE}g" in listed
    assert "€12.00 per 100\N{NO-BREAK SPACE}g" in cart
    assert "€14.00 per 100\N{NO-BREAK SPACE}g" in client.get("/blog/steeped").text
    assert " per " not in client.get("/products/pot").text.partition('id="choose"')[2].partition("</div>")[0]


def test_it_costs_the_page_no_statement(
    app: Flask, client: ShopClient, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    with app.app_context():
        a_policy()
        a_product("tea", tea(50), tea(250), options=("Weight",))

    with count_queries() as counted:
        page = client.get("/products/tea")

    assert counted.selects <= 3
    assert " per 100" in page.text
