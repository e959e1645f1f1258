"""A policy document is read back as it was written, and refused with every reason at once."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from storefront.errors import Refused
from storefront.policies.document import PolicyDocument, default_document
from storefront.policies.parts import Quality, Support, known_countries
from tests.policies.documents import a_document, a_method, a_zone, documents


@given(documents())
def test_a_document_survives_being_written_and_read(document: PolicyDocument) -> None:
    assert PolicyDocument.from_json(document.to_json()) == document


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_the_default_ships_everything_free_and_pays_back_for_60_days_from_delivery(currency: str) -> None:
    document = default_document(currency)

    document.check()
    assert [zone.countries for zone in document.zones] == [("*",)]
    assert [method.threshold_minor for method in document.zones[0].methods] == [0]
    assert (document.money_back.window_days, document.money_back.starts) == (60, "delivered")


def test_a_document_written_before_a_part_existed_is_still_read() -> None:
    written = json.loads(a_document().to_json())
    del written["support"], written["quality"]

    assert PolicyDocument.from_json(json.dumps(written)) == a_document()


def test_a_country_belongs_to_the_zone_that_names_it_before_the_rest() -> None:
    document = a_document(
        a_zone("*", name="World"), a_zone("DE", "AT"), a_zone("US", name="States"), not_served=("KP",)
    )

    found = {code: document.zone_for(code) for code in ("DE", "US", "JP", "KP", "QQ", "*", "")}

    assert {code: zone.name if zone else None for code, zone in found.items()} == {
        "DE": "Home",
        "US": "States",
        "JP": "World",
        "KP": None,
        "QQ": None,
        "*": None,
        "": None,
    }


def test_known_countries_are_places_with_addresses() -> None:
    assert {"DE", "XK", "IC", "EU", "ZZ", "GB"} & known_countries() == {"DE", "XK", "GB"}
    assert len(known_countries()) == 252


def _with_method(**facts: Any) -> PolicyDocument:
    return a_document(a_zone(methods=(a_method(**facts),)))


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (replace(a_document(), zones=()), "Name at least one zone"),
        (replace(a_document(), currency="EURO"), "“EURO” is not a currency"),
        (a_document(a_zone("DE"), a_zone("DE", "AT")), "DE is named more than once"),
        (a_document(a_zone("DE"), not_served=("DE",)), "DE is named more than once"),
        (a_document(a_zone("*"), a_zone("*")), "* is named more than once"),
        (a_document(a_zone("*", "DE")), "it stands alone"),
        (a_document(a_zone("EU")), "EU is not a country we know"),
        (a_document(a_zone("*"), not_served=("XX",)), "Not served: XX is not a country we know"),
        (a_document(replace(a_zone(), methods=())), "has no shipping method"),
        (a_document(replace(a_zone(), countries=())), "names no country"),
        (a_document(replace(a_zone(), name=" ")), "name of one line"),
        (a_document(a_zone(methods=(a_method(), a_method()))), "has two methods “standard”"),
        (_with_method(code="Express!"), "small letters, digits and hyphens"),
        (_with_method(name="A\nB"), "name of one line"),
        (_with_method(name="\ud800"), "name of one line"),
        (_with_method(price_minor=-1), "price cannot be below zero"),
        (_with_method(free_from_minor=-1), "threshold cannot be below zero"),
        (_with_method(days_min=5, days_max=4), "from few to many"),
        (_with_method(days_max=366), "from few to many"),
        (a_document(window_days=-1), "0 to 3650 days"),
        (a_document(window_days=3651), "0 to 3650 days"),
        (a_document(automatic_up_to_minor=-1), "cannot be below zero"),
        (a_document(conditions=("unused", "unused")), "named twice"),
        (a_document(excluded_products=("",)), "Excluded goods"),
        (replace(a_document(), support=Support(email="nobody")), "not an e-mail address"),
        (replace(a_document(), support=Support(hours="9\n5")), "one line of text"),
        (replace(a_document(), support=Support(reply_within_hours=0)), "1 to 1000 hours"),
        (replace(a_document(), quality=(Quality("Tested", ""),)), "one line of text each"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused_in_words(document: PolicyDocument, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        document.check()

    assert sentence in refusal.value.message


def test_every_problem_is_named_at_once() -> None:
    method = a_method(price_minor=-1, days_min=9)
    document = a_document(a_zone("DE", "XX", methods=(method,)), window_days=-1)

    with pytest.raises(Refused) as refusal:
        document.check()

    assert len(refusal.value.message.splitlines()) == 4


def test_a_price_with_three_decimals_can_be_charged() -> None:
    dinars = replace(_with_method(price_minor=1505), currency="KWD")

    with pytest.raises(Refused, match="ends in 0"):
        dinars.check()


@pytest.mark.parametrize(("length", "is_fine"), [(120, True), (121, False)])
def test_a_methods_name_fits_an_order(length: int, is_fine: bool) -> None:
    document = _with_method(name="M" * length)

    assert (
        any("give it a name" in problem for problem in document.zones[0].problems(currency="EUR")) != is_fine
    )


def _changed(change: Callable[[Any], object]) -> str:
    written = json.loads(a_document(a_zone()).to_json())
    change(written)
    return json.dumps(written)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('"' + "x" * 200_000 + '"', "too long"),
        ("[]", "document: an object is wanted"),
        (_changed(lambda it: it.pop("zones")), "zones is missing"),
        (_changed(lambda it: it.update(zones={})), "zones: a list is wanted"),
        (_changed(lambda it: it.update(zones=[1])), "zones[0]: an object is wanted"),
        (_changed(lambda it: it.update(discount=1)), "discount is not known"),
        (
            _changed(lambda it: it["money_back"].update(window_days=True)),
            "money_back.window_days: a whole number",
        ),
        (
            _changed(lambda it: it["money_back"].update(window_days=30.0)),
            "money_back.window_days: a whole number",
        ),
        (_changed(lambda it: it["money_back"].update(goods_first=1)), "money_back.goods_first: yes or no"),
        (
            _changed(lambda it: it["money_back"].update(starts="ordered")),
            "money_back.starts: one of paid, shipped, delivered",
        ),
        (
            _changed(lambda it: it["money_back"].update(starts=["paid"])),
            "money_back.starts: one of paid, shipped, delivered",
        ),
        (_changed(lambda it: it["zones"][0].update(name=None)), "zones[0].name: a text is wanted"),
    ],
)
def test_text_that_is_no_document_is_refused_with_the_place(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        PolicyDocument.from_json(text)

    assert sentence in refusal.value.message
