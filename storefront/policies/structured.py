"""The promises for machines: schema.org parts of an offer's JSON-LD.

Knows schema.org's words for shipping and returns; refuses to say more than the pages do.
"""

from collections.abc import Collection
from typing import Any

from storefront.money import Money
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import MoneyBack, Payer, Zone
from storefront.policies.rules import BasketFacts, LineFacts, ShippingOption, is_excluded, options_within

SCHEMA = "https://schema.org/"
_WEEKDAYS = [SCHEMA + day for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")]


def offer_shipping_details(document: PolicyDocument, *, price: Money | None = None) -> list[dict[str, Any]]:
    """An OfferShippingDetails per zone and method (https://schema.org/OfferShippingDetails).

    Rates are those of a basket of one unit at `price`; without a price, those below every threshold.
    Countries not served get an entry that says so.
    """
    lines = () if price is None else (LineFacts(price, price),)
    facts = BasketFacts(document.currency, lines)
    details = [
        _details(option, zone) for zone in document.zones for option in options_within(zone, facts=facts)
    ]
    if document.not_served:
        refused = {"@type": "OfferShippingDetails", "doesNotShip": True}
        details.append(refused | {"shippingDestination": _region(document.not_served)})
    return details


def _details(option: ShippingOption, zone: Zone) -> dict[str, Any]:
    details = {
        "@type": "OfferShippingDetails",
        "shippingRate": {
            "@type": "MonetaryAmount",
            "value": str(option.price.decimal),
            "currency": option.price.currency,
        },
        "deliveryTime": {
            "@type": "ShippingDeliveryTime",
            "businessDays": {"@type": "OpeningHoursSpecification", "dayOfWeek": _WEEKDAYS},
            "transitTime": {
                "@type": "QuantitativeValue",
                "minValue": option.days_min,
                "maxValue": option.days_max,
                "unitCode": "DAY",
            },
        },
    }
    # The rest has no list of countries; schema.org reads a missing destination as any.
    return details if zone.is_rest else details | {"shippingDestination": _region(zone.countries)}


def _region(countries: Collection[str]) -> dict[str, Any]:
    return {"@type": "DefinedRegion", "addressCountry": list(countries)}


def merchant_return_policy(
    document: PolicyDocument, *, product: str = "", collections: Collection[str] = ()
) -> dict[str, Any]:
    """The money-back promise for one product (slugs) as https://schema.org/MerchantReturnPolicy."""
    promise = document.money_back
    policy: dict[str, Any] = {"@type": "MerchantReturnPolicy"}
    if countries := _named_countries(document):
        policy["applicableCountry"] = countries
    if not promise.is_offered or is_excluded(promise, product=product, collections=collections):
        # “Not permitted” would deny the rights that the law gives anyway.
        return policy | {"returnPolicyCategory": SCHEMA + "MerchantReturnUnspecified"}
    return policy | _finite(promise)


def _named_countries(document: PolicyDocument) -> list[str]:
    # Only a shop that names all its countries can name those of the policy.
    if any(zone.is_rest for zone in document.zones):
        return []
    return sorted(code for zone in document.zones for code in zone.countries)


def _finite(promise: MoneyBack) -> dict[str, Any]:
    free = promise.return_postage is Payer.SHOP
    kept = {"restockingFee": promise.restocking_percent} if promise.restocking_percent else {}
    return {
        "returnPolicyCategory": SCHEMA + "MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": promise.window_days,
        "returnMethod": SCHEMA + "ReturnByMail",
        "returnFees": SCHEMA + ("FreeReturn" if free else "ReturnFeesCustomerResponsibility"),
        "refundType": SCHEMA + "FullRefund",
        # A number is a percentage: https://schema.org/restockingFee
        **kept,
    }
