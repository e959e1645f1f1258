"""What machines read of a product is what its page says."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from storefront.catalogue.measures import Amount, Measure, Measured
from storefront.catalogue.models import ProductState
from storefront.shop.structured import embedded
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_gift_card_product, a_product, variant_facts
from tests.client import ShopClient, browser

LITRE = Amount(1_000, Measure.LITRE)
_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def _json_ld(client: ShopClient, path: str) -> Any:
    found = _BLOCK.findall(client.get(path).text)
    assert len(found) == 1
    return json.loads(found[0])


@pytest.fixture(autouse=True)
def _policy(app: Flask) -> None:
    with app.app_context():
        a_policy()


def test_the_offer_is_the_variant_that_the_page_shows(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        sizes = (
            variant_facts("1 kg", sku="K-1"),
            variant_facts("3 kg", price_minor=3900, sku="K-3", on_hand=9),
        )
        a_product("kit", *sizes, options=("Size",))

    data = _json_ld(client, "/products/kit?size=3-kg")

    offer = data["offers"]
    assert (data["name"], data["sku"], data["url"]) == (
        "Lion’s mane kit",
        "K-3",
        "http://localhost/products/kit",
    )
    assert (offer["price"], offer["priceCurrency"]) == ("39.00", "EUR")
    assert offer["availability"] == "https://schema.org/InStock"


def test_the_offer_carries_the_promises(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("kit")

    offer = _json_ld(client, "/products/kit")["offers"]

    assert offer["hasMerchantReturnPolicy"]["merchantReturnDays"] == 60
    assert offer["shippingDetails"][0]["shippingRate"]["value"] == "0.00"


def test_the_offer_of_a_gift_card_promises_neither_return_nor_shipping(
    app: Flask, client: ShopClient
) -> None:
    with app.app_context():
        a_gift_card_product()

    offer = _json_ld(client, "/products/gift-card")["offers"]

    assert offer["availability"] == "https://schema.org/InStock"
    assert offer.keys().isdisjoint({"hasMerchantReturnPolicy", "shippingDetails"})


@pytest.mark.parametrize(
    ("on_hand", "state", "said"),
    [
        (0, ProductState.PUBLISHED, "OutOfStock"),
        (5, ProductState.PUBLISHED, "LimitedAvailability"),
        (6, ProductState.PUBLISHED, "InStock"),
        (None, ProductState.PUBLISHED, "InStock"),
        (6, ProductState.WITHDRAWN, "Discontinued"),
    ],
)
def test_availability_is_what_the_page_says(
    app: Flask, client: ShopClient, on_hand: int | None, state: ProductState, said: str
) -> None:
    with app.app_context():
        a_product("kit", variant_facts(on_hand=on_hand))
        a_product("kit", variant_facts(on_hand=on_hand), state=state)

    offer = _json_ld(client, "/products/kit")["offers"]

    assert offer["availability"] == f"https://schema.org/{said}"


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!-- <script>", "a & b", "\u2028\u2029"]
)
def test_no_text_ends_the_script_element(text: str) -> None:
    made = embedded({"name": text})

    assert not set(made) & set("<>&\u2028\u2029")
    assert json.loads(made) == {"name": text}


def test_a_hostile_title_stays_a_title(app: Flask, client: ShopClient) -> None:
    title = '</script><script>alert("1")</script>'
    with app.app_context():
        a_product("kit", title=title)

    assert _json_ld(client, "/products/kit")["name"] == title


@pytest.mark.parametrize("included", ["yes", "no"])
def test_the_offer_says_whether_tax_is_in_its_price(make_app: Callable[..., Flask], included: str) -> None:
    app = make_app(prices_include_tax=included)
    with app.app_context():
        a_policy()
        a_product("kit")

    said = _json_ld(browser(app), "/products/kit")["offers"]["priceSpecification"]

    assert said == {
        "@type": "PriceSpecification",
        "price": "24.00",
        "priceCurrency": "EUR",
        "valueAddedTaxIncluded": included == "yes",
    }


def test_the_offer_says_for_how_much_its_price_is(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("oil", variant_facts(contents=Measured(Amount(750_000, Measure.MILLILITRE), LITRE)))

    said = _json_ld(client, "/products/oil")["offers"]["priceSpecification"]

    assert (said["@type"], said["price"]) == ("UnitPriceSpecification", "24.00")
    assert said["referenceQuantity"] == {
        "@type": "QuantitativeValue",
        "value": "750",
        "unitCode": "MLT",
        "valueReference": {"@type": "QuantitativeValue", "value": "1", "unitCode": "LTR"},
    }
