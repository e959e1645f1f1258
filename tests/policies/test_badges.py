"""A badge never claims what a basket, a country or a product could disprove."""

from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from storefront.policies.badges import Badge, Reach, badges, shipping_claim
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import Basis, Condition, Support
from storefront.policies.rules import BasketFacts, served_countries, shipping_options
from tests.policies.documents import PLACES, a_document, a_method, a_zone, baskets, documents

STRONGEST = "Free shipping on all orders, no minimum"

FREE = a_method(price_minor=0)
PAID = a_method(code="express", free_from_minor=None)


def badge(document: PolicyDocument, icon: str) -> Badge | None:
    """The badge with this icon, if it is shown."""
    return next((each for each in badges(document) if each.icon == icon), None)


@given(st.data(), documents())
def test_the_strongest_shipping_badge_is_shown_only_if_no_basket_anywhere_is_charged(
    data: st.DataObject, document: PolicyDocument
) -> None:
    facts = data.draw(baskets(document.currency))
    truck = badge(document, "truck")

    if truck and truck.title == STRONGEST:
        for country in (*PLACES, "BR", "JP", "ZA"):
            options = shipping_options(document, country=country, facts=facts)
            assert options
            assert all(option.free for option in options)


@given(documents())
def test_the_strongest_shipping_badge_is_shown_whenever_it_is_true(document: PolicyDocument) -> None:
    nothing = BasketFacts(document.currency)
    answers = [
        shipping_options(document, country=country, facts=nothing) for country in (*PLACES, "BR", "JP", "ZA")
    ]
    is_true = all(options and all(each.free for each in options) for options in answers)

    claim = shipping_claim(document)

    # No generated zone lists Brazil, Japan or South Africa: where they are free, all countries are.
    assert bool(claim and claim.is_unconditional) == is_true


@given(st.data(), documents())
def test_a_weaker_shipping_claim_holds_for_every_basket_that_meets_it(
    data: st.DataObject, document: PolicyDocument
) -> None:
    claim, facts = shipping_claim(document), data.draw(baskets(document.currency))
    if claim is None or facts.subtotal(claim.basis) < claim.free_from:
        return
    served = served_countries(document)
    reached = (
        served
        if claim.reach is not Reach.ZONE
        else [code for code in served if document.zone_for(code) == claim.zone]
    )

    for country in reached:
        free = [each.free for each in shipping_options(document, country=country, facts=facts)]
        assert all(free) if claim.every_method else any(free)
    assert claim.reach is not Reach.EVERYWHERE or {"DE", "BR", "JP"} <= set(served)


@pytest.mark.parametrize(
    ("document", "title", "text"),
    [
        (a_document(), STRONGEST, "Whatever the order comes to."),
        (
            a_document(not_served=("KP",)),
            "Free shipping wherever we ship, no minimum",
            "Whatever the order comes to.",
        ),
        (
            a_document(a_zone("*", methods=(FREE, PAID))),
            "Free shipping everywhere, no minimum",
            "Other ways to ship may cost extra.",
        ),
        (
            a_document(a_zone("DE")),
            "Free shipping over €50 wherever we ship",
            "Counted after discounts.",
        ),
        (
            a_document(a_zone("DE"), a_zone("*", methods=(PAID,))),
            "Free shipping over €50 in Germany",
            "Counted after discounts.",
        ),
        (
            a_document(a_zone("DE", "AT"), a_zone("*", methods=(PAID,))),
            "Free shipping over €50 in Germany and Austria",
            "Counted after discounts.",
        ),
        (
            a_document(
                a_zone("DE", methods=(a_method(basis=Basis.BEFORE_DISCOUNTS), PAID)),
                a_zone("*", methods=(PAID,)),
            ),
            "Free shipping over €50 in Germany",
            "Counted before discounts. Other ways to ship may cost extra.",
        ),
        (
            a_document(a_zone("*")),
            "Free shipping over €50",
            "Counted after discounts.",
        ),
        (
            a_document(a_zone("DE"), a_zone("AT", methods=(FREE,))),
            "Free shipping in Austria, no minimum",
            "Whatever the order comes to.",
        ),
        (
            a_document(a_zone(*PLACES, name="Nearby"), a_zone("*", methods=(PAID,))),
            "Free shipping over €50 (Nearby)",
            "Counted after discounts.",
        ),
    ],
)
def test_the_shipping_badge_makes_the_strongest_true_claim(
    document: PolicyDocument, title: str, text: str
) -> None:
    truck = badge(document, "truck")

    assert truck is not None
    assert (truck.title, truck.text) == (title, text)


def test_nothing_is_claimed_where_shipping_is_never_free() -> None:
    assert badge(a_document(a_zone("*", methods=(PAID,))), "truck") is None


@pytest.mark.parametrize("days", [30, 60])
def test_the_money_back_badge_carries_the_windows_length(days: int) -> None:
    back = badge(a_document(window_days=days), "back")

    assert back is not None
    assert back.title == f"{days}-day money-back guarantee"
    assert f"{days} days money back, counted from delivery." in back.text


def test_the_money_back_badge_is_gone_without_a_guarantee() -> None:
    assert badge(a_document(window_days=0), "back") is None


def test_excluded_goods_weaken_the_money_back_badge_and_never_carry_it() -> None:
    document = a_document(excluded_products=("gift-card",), excluded_collections=("sale",))

    def titles(product: str, *collections: str) -> list[str]:
        found = badges(document, product=product, collections=collections)
        return [each.title for each in found if each.icon == "back"]

    assert [each.title for each in badges(document) if each.icon == "back"] == [
        "60-day money-back guarantee on most goods"
    ]
    assert titles("tea", "teas") == ["60-day money-back guarantee"]
    assert titles("gift-card") == []
    assert titles("tea", "sale") == []


def test_goods_of_a_final_sale_weaken_the_money_back_badge() -> None:
    back = badge(a_document(conditions=(Condition.ANY_REASON, Condition.NOT_FINAL_SALE)), "back")

    assert back is not None
    assert back.title == "60-day money-back guarantee on most goods"


def test_the_money_back_badge_tells_its_conditions() -> None:
    back = badge(a_document(conditions=(Condition.UNUSED, Condition.NOT_FINAL_SALE)), "back")

    assert back is not None
    assert back.text.startswith("The goods are unused. Goods sold as final sale cannot be sent back.")
    assert back.text.endswith("You pay the return postage.")


@pytest.mark.parametrize(
    ("support", "title"),
    [
        (Support(), None),
        (Support(email="help@shop.example"), None),
        (Support(reply_within_hours=1), "We answer within 1 hour"),
        (Support(reply_within_hours=24), "We answer within 24 hours"),
    ],
)
def test_an_answer_is_promised_only_if_the_policy_promises_it(support: Support, title: str | None) -> None:
    letter = badge(replace(a_document(), support=support), "letter")

    assert (letter.title if letter else None) == title


def test_badges_name_countries_and_amounts_in_the_readers_language() -> None:
    app = Flask("badges")
    Babel(app)

    with app.test_request_context(), force_locale("de"):
        truck = badge(a_document(a_zone("DE"), a_zone("*", methods=(PAID,))), "truck")

    assert truck is not None
    assert "Deutschland" in truck.title
    assert "50\xa0€" in truck.title
