"""Machines are told the same shipping and money-back facts as people."""

from typing import Any

import pytest

from storefront.money import Money
from storefront.policies.parts import Payer
from storefront.policies.structured import merchant_return_policy, offer_shipping_details
from tests.policies.documents import a_document, a_method, a_zone

FINITE = "https://schema.org/MerchantReturnFiniteReturnWindow"
UNSPECIFIED = "https://schema.org/MerchantReturnUnspecified"


@pytest.mark.parametrize(("price", "rate"), [(None, "4.90"), (4999, "4.90"), (5000, "0.00"), (5001, "0.00")])
def test_the_rate_is_that_of_a_basket_of_one(price: int | None, rate: str) -> None:
    offered = None if price is None else Money(price, "EUR")

    [details] = offer_shipping_details(a_document(a_zone("DE", "AT")), price=offered)

    assert details["shippingRate"] == {"@type": "MonetaryAmount", "value": rate, "currency": "EUR"}
    assert details["shippingDestination"] == {"@type": "DefinedRegion", "addressCountry": ["DE", "AT"]}
    assert details["deliveryTime"]["transitTime"]["maxValue"] == 4


def test_each_zone_and_method_is_told_and_so_is_what_is_not_served() -> None:
    express = a_method(code="express")
    document = a_document(a_zone("DE", methods=(a_method(), express)), a_zone("*"), not_served=("KP",))

    details = offer_shipping_details(document)

    places = [each.get("shippingDestination", {}).get("addressCountry") for each in details]
    assert places == [["DE"], ["DE"], None, ["KP"]]
    assert [each.get("doesNotShip", False) for each in details] == [False, False, False, True]


@pytest.mark.parametrize("days", [30, 60])
def test_the_return_policy_has_the_days_of_the_window(days: int) -> None:
    policy = merchant_return_policy(a_document(window_days=days))

    assert (policy["returnPolicyCategory"], policy["merchantReturnDays"]) == (FINITE, days)


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        ({"return_postage": Payer.SHOP}, "https://schema.org/FreeReturn"),
        ({"return_postage": Payer.CUSTOMER}, "https://schema.org/ReturnFeesCustomerResponsibility"),
    ],
)
def test_who_pays_the_postage_is_told(promise: dict[str, Any], expected: str) -> None:
    assert merchant_return_policy(a_document(**promise))["returnFees"] == expected


def test_excluded_goods_and_a_shop_without_guarantee_promise_nothing() -> None:
    excluding = a_document(excluded_products=("gift-card",))

    found = [
        merchant_return_policy(excluding, product="gift-card"),
        merchant_return_policy(a_document(window_days=0)),
        merchant_return_policy(excluding, product="tea"),
    ]

    assert [each["returnPolicyCategory"] for each in found] == [UNSPECIFIED, UNSPECIFIED, FINITE]


def test_countries_are_named_where_all_are_known() -> None:
    assert merchant_return_policy(a_document(a_zone("DE"), a_zone("AT")))["applicableCountry"] == ["AT", "DE"]
    assert "applicableCountry" not in merchant_return_policy(a_document(a_zone("DE"), a_zone("*")))
