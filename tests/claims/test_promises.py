"""What a text promises about shipping and money back is found, and held against what the shop keeps."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from storefront.claims.folding import Form
from storefront.claims.promises import Held, Promise, Promised, is_kept
from storefront.claims.stating import promises_in
from storefront.claims.subjects import Said
from storefront.policies.claimed import held_of
from storefront.policies.document import PolicyDocument, default_document
from storefront.policies.parts import Condition, Payer, Support
from tests.policies.documents import a_document, a_method, a_zone

PAID = a_method(code="express", free_from_minor=None)
HOME = a_document(a_zone("DE", "AT"), a_zone("*", name="World", methods=(PAID,)))


def stated(text: str, form: Form = Form.MARKDOWN) -> list[Promised]:
    """What a text promises."""
    return promises_in([Said("body", text, form)])


def untrue(
    text: str, document: PolicyDocument, *, product: str = "", form: Form = Form.MARKDOWN
) -> list[str]:
    """The words of what a text promises and a policy does not keep."""
    held = held_of(document)
    return [each.words for each in stated(text, form) if not is_kept(each, held, product=product)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("60-day money back", 60),
        ("A 60 day, no questions asked, money-back guarantee.", 60),
        ("Money back within 60 days", 60),
        ("Sixty days money back", 60),
        ("A full refund for up to 90 days", 90),
        ("Return it within two weeks", 14),
        ("Send it back within 3 months.", 90),
        ("365-day returns", 365),
        ("60&#8209;day money&nbsp;back", 60),
        ("**60-day** money&shy;back guarantee", 60),
        ("60‑DAY MONEY‑BACK", 60),
        ("lifetime money-back guarantee", 100_000),
    ],
)
def test_money_back_is_found_with_its_days(text: str, days: int) -> None:
    found = [each for each in stated(text) if each.promise is Promise.MONEY_BACK]

    assert [each.number for each in found] == [days]


@pytest.mark.parametrize(
    "text",
    [
        "The kit fruits for 60 days.",
        "We do not offer a 90-day money back guarantee.",
        "It came back after 90 days.",
        "Soak it for 90 minutes and return it to the fridge.",
        "Plastic-free shipping on all orders.",
        "There is no free shipping on small orders.",
        "Hassle-free returns counter.",
        "Our delivery is free of plastic.",
        "We ship free of plastic.",
        "Money is tight. 90 days later the back room was full.",
    ],
)
def test_what_promises_nothing_is_left_alone(text: str) -> None:
    assert stated(text) == []


@pytest.mark.parametrize(("days", "is_true"), [(59, False), (60, True), (61, True)])
def test_a_text_holds_as_long_as_the_policy_gives_as_many_days(days: int, is_true: bool) -> None:
    found = untrue("60-day money back", a_document(window_days=days))

    assert found == ([] if is_true else ["60-day money back"])


@pytest.mark.parametrize(
    ("text", "document", "is_true"),
    [
        ("Free shipping on all orders!", default_document("EUR"), True),
        ("Free shipping, no minimum, worldwide", default_document("EUR"), True),
        ("Free shipping on all orders!", a_document(not_served=("KP",)), True),
        ("Free shipping worldwide", a_document(not_served=("KP",)), False),
        ("Free shipping on all orders!", a_document(a_zone("*")), False),
        ("Every order ships free.", a_document(a_zone("*")), False),
        ("Every order ships free of charge.", a_document(a_zone("*")), False),
        ("Shipping is always free", a_document(a_zone("*")), False),
        ("Free delivery over €50", a_document(a_zone("*")), True),
        ("Free delivery over €49.99", a_document(a_zone("*")), False),
        ("Free delivery on all orders over 50 EUR", a_document(a_zone("*")), True),
        (
            "Free delivery over €1,000",
            a_document(a_zone("*", methods=(a_method(free_from_minor=100_000),))),
            True,
        ),
        ("Free delivery over €50", HOME, False),
        ("Free delivery over €50 in Germany", HOME, True),
        ("Free delivery over €50 in Germany and Austria", HOME, True),
        ("Free delivery over €50 in Germany and France", HOME, False),
        ("Free delivery over €50 in the EU", HOME, False),
        ("Free delivery over €50 in the EU", a_document(a_zone("*")), True),
        ("Free shipping to Germany", HOME, True),
        ("Free shipping to France", HOME, False),
        ("Free shipping on all orders to Germany", HOME, False),
        ("Free shipping!", HOME, True),
        ("Free shipping!", a_document(a_zone("*", methods=(PAID,))), False),
        ("Free shipping on all orders in Europe", HOME, True),
        ("Free returns", a_document(return_postage=Payer.SHOP), True),
        ("Free returns", a_document(), False),
        ("Returns are free.", a_document(return_postage=Payer.SHOP, window_days=0), False),
        ("No questions asked", a_document(), True),
        ("No questions asked", a_document(conditions=(Condition.UNUSED,)), False),
        ("No restocking fee", a_document(), True),
        ("No restocking fee", a_document(restocking_percent=1), False),
        ("You have a right of withdrawal of 14 days", a_document(), True),
        ("You may withdraw within 30 days", a_document(), False),
        ("We reply to every mail within 24 hours", replace(a_document(), support=Support("", "", 24)), True),
        ("We reply to every mail within 24 hours", replace(a_document(), support=Support("", "", 25)), False),
        ("We reply within one day", replace(a_document(), support=Support("", "", 24)), True),
        ("We answer within an hour", a_document(), False),
        ("Our money-back guarantee", a_document(window_days=0), False),
        ("A 60-day money-back guarantee on all products", a_document(excluded_products=("cup",)), False),
        ("A 60-day money-back guarantee", a_document(excluded_products=("cup",)), True),
    ],
)
def test_a_text_is_true_or_not_under_a_policy(text: str, document: PolicyDocument, is_true: bool) -> None:
    assert stated(text)
    assert (untrue(text, document) == []) == is_true


def test_goods_that_are_left_out_of_the_guarantee_may_not_state_it() -> None:
    document = a_document(excluded_products=("gift-card",))

    assert untrue("60-day money back", document, product="gift-card") == ["60-day money back"]
    assert untrue("60-day money back", document, product="tea") == []


def test_tags_within_words_and_pictures_words_do_not_hide_a_promise() -> None:
    html = (
        '<p>Free <b>ship</b>ping on <i>all</i> orders</p><img src="x" alt="90-day money back"><p>90 days</p>'
    )

    assert untrue(html, HOME, form=Form.HTML) == ["Free shipping", "90-day money back"]


def test_no_promise_goes_from_one_sentence_or_paragraph_into_the_next() -> None:
    text = "It takes 90 days. Money back is another matter.\n\n90 days\n\nmoney back"

    assert stated(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The swallows returned to the barn within a year.",
        "He returned home within two weeks.",
        "She promised to return within a month.",
        "Return the jar to the fridge within two days.",
        "The colour returns within a week.",
        "It returns each spring, within two weeks of the thaw.",
        "A refund takes up to ten days to reach your bank.",
        "We sent it back to the mill within three weeks.",
        "Her reply came within a day.",
        "Withdraw the stems from the broth within a day.",
    ],
)
def test_ordinary_sentences_promise_nothing(text: str) -> None:
    assert stated(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Return it within a year.",
        "You can return any kit to us within a year.",
        "Please return your kit, for any reason, within 12 months.",
        "Unused kits can be returned within a year.",
        "Goods may be sent back to us within a year.",
        "Send it back within 3 months.",
        "We accept returns within 12 months.",
        "Returns within 90 days.",
        "We refund you. A full refund for up to 90 days.",
        "Your money back for a whole year.",
        "You may withdraw from the contract within 90 days.",
        "Our right of withdrawal is one of 90 days.",
    ],
)
def test_promises_that_are_not_true_are_caught(text: str) -> None:
    assert untrue(text, a_document(window_days=14)) != []


@pytest.mark.parametrize(
    ("changed", "read"),
    [
        ({"new_promise": [1, 2]}, {}),
        ({"free_returns": None}, {"free_returns": False}),
        ({"restocking_percent": None, "not_served": None}, {"restocking_percent": 100, "not_served": ()}),
    ],
)
def test_what_was_held_is_read_by_another_version(changed: dict[str, Any], read: dict[str, Any]) -> None:
    held = held_of(HOME)
    told = json.loads(held.to_json()) | changed

    found = Held.from_json(json.dumps({name: value for name, value in told.items() if value is not None}))

    assert found == replace(held, answer_hours=found.answer_hours, **read)


def test_what_is_held_survives_being_written_and_read() -> None:
    held = held_of(replace(HOME, not_served=("KP",)))

    assert Held.from_json(held.to_json()) == held


@pytest.mark.parametrize(
    "text",
    [
        "free " * 200_000,
        "90 days " * 120_000,
        "money back within " * 50_000,
        "return back free shipping to " * 30_000,
        "no " * 300_000 + "free shipping",
        "a" * 1_000_000,
        "1." * 400_000 + " days money back",
    ],
)
def test_the_worst_megabyte_takes_seconds(text: str) -> None:
    began = time.process_time()

    assert len(stated(text)) <= 50
    assert time.process_time() - began < 20
