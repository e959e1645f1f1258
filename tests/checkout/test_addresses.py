"""Addresses: every country its own fields, names in any script, and what no parcel can be sent to."""

import time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from storefront.checkout.addresses import address_lines, parts_of, postal_code_problem
from storefront.checkout.forms import DetailsForm, details_form
from storefront.policies.parts import known_countries
from tests.builders.cart import BERLIN

# What a country needs, by the form's field names; all that is not said is left out.
COMPLETE = {
    "DE": {"street_address": "Gartenweg 8", "postal_code": "04109", "city": "Leipzig"},
    "US": {
        "street_address": "1 Main St",
        "city": "Springfield",
        "country_area": "IL",
        "postal_code": "62701",
    },
    "GB": {"street_address": "10 Downing Street", "city": "London", "postal_code": "SW1A 2AA"},
    "JP": {"street_address": "千代田区丸の内1-1", "country_area": "東京都", "postal_code": "100-0005"},
    "HK": {"street_address": "1 Queen’s Road", "country_area": "Hong Kong Island"},
    "AE": {"street_address": "1 Sheikh Zayed Road", "country_area": "إمارة دبيّ"},
    "IE": {"street_address": "1 Grafton Street", "city": "Dublin"},
}
NAMES = [
    "Mara Lindt",
    "Łukasz Żółć",
    "李小龍",
    "やまだ はなこ",
    "محمد بن سلمان",
    "אברהם",
    "Νίκος Καζαντζάκης",
    "Анна Ахматова",
    "प्रिया शर्मा",
    "สมชาย ใจดี",
    "O’Brien-Smith Jr.",
    "Nguyễn Thị Minh Khai",
    "می‌خواهم",
    "X Æ A-12",
    "Z",
    "Ñ" * 200,
]


def _form(country: str = "DE", **changed: str | None) -> DetailsForm:
    parts = {f"delivery_{name}": text for name, text in COMPLETE.get(country, {}).items()}
    filled = {**BERLIN, **{name: "" for name in BERLIN if name.startswith("delivery_")}, **parts}
    typed = {**filled, "country": country, "delivery_name": "Mara Lindt", **changed}
    known = sorted(known_countries())
    return details_form(
        MultiDict({name: text for name, text in typed.items() if text is not None}),
        kept={},
        likely_country="DE",
        served=known,
        known=known,
    )


def _errors(form: DetailsForm) -> dict[str, str]:
    form.validate()
    return {name: str(messages[0]) for name, messages in form.errors.items() if name}


@pytest.mark.parametrize("country", sorted(COMPLETE))
def test_a_complete_address_is_taken(inside: Flask, country: str) -> None:
    assert _errors(_form(country)) == {}


@pytest.mark.parametrize(
    ("country", "missing"),
    [(country, part) for country in sorted(COMPLETE) for part in sorted(COMPLETE[country])],
)
def test_an_address_needs_what_its_country_needs(inside: Flask, country: str, missing: str) -> None:
    field = f"delivery_{missing}"

    errors = _errors(_form(country, **{field: " "}))

    assert set(errors) == {field}
    assert errors[field].startswith("Please ")


def test_a_name_is_always_needed(inside: Flask) -> None:
    assert _errors(_form(delivery_name="")) == {"delivery_name": "Please fill this in."}


def test_hong_kong_has_no_postal_code(inside: Flask) -> None:
    names = [part.name for part in parts_of("HK")]

    assert "postal_code" not in names
    assert "country_area" in names


def test_each_country_says_its_own_words_in_its_own_order(inside: Flask) -> None:
    american = {part.name: part.label for part in parts_of("US")}
    german = [part.name for part in parts_of("DE")]

    assert (american["country_area"], american["postal_code"]) == ("State", "ZIP code")
    assert german == ["name", "company_name", "street_address", "street_more", "postal_code", "city"]


@pytest.mark.parametrize("country", sorted(known_countries()))
def test_every_country_has_an_address(inside: Flask, country: str) -> None:
    parts = parts_of(country)

    assert parts[0].name == "name"
    assert "street_address" in {part.name for part in parts}
    assert address_lines({"country": country, "name": "A", "street_address": "B"})[-1]


@pytest.mark.parametrize("country", ["DE", "GB", "JP", "US", "CA", "NL", "SE", "IE"])
@pytest.mark.parametrize("code", ["x", "123456789012", "0410\n9", "', DROP", "00000-00000"])
def test_a_wrong_postal_code_is_told_what_a_right_one_looks_like(
    inside: Flask, country: str, code: str
) -> None:
    problem = postal_code_problem(code, country=country)

    assert problem is not None
    assert "it looks like" in problem


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("DE", " 04109 ", "04109"),
        ("DE", "０４１０９", "04109"),
        ("GB", "sw1a 2aa", "SW1A 2AA"),
        ("JP", "１００－０００５", "100-0005"),
    ],
)
def test_a_postal_code_is_kept_in_plain_letters_however_it_was_typed(
    inside: Flask, country: str, typed: str, kept: str
) -> None:
    form = _form(country, delivery_postal_code=typed)

    assert _errors(form) == {}
    assert form.delivery_address["postal_code"] == kept


def test_a_zip_code_of_another_state_is_refused_in_words(inside: Flask) -> None:
    errors = _errors(_form("US", delivery_country_area="CA"))

    assert errors == {"delivery_postal_code": "This is not in California."}


@pytest.mark.parametrize("area", ["XX", "Illinois!", "il", "<script>"])
def test_a_state_is_one_of_the_list(inside: Flask, area: str) -> None:
    assert "delivery_country_area" in _errors(_form("US", delivery_country_area=area))


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_script_are_taken_as_they_are(inside: Flask, name: str) -> None:
    form = _form(delivery_name=name)

    assert _errors(form) == {}
    assert form.delivery_address["name"] == name


def test_a_name_of_three_hundred_characters_is_refused_in_words(inside: Flask) -> None:
    errors = _errors(_form(delivery_name="x" * 300))

    assert errors == {"delivery_name": "Please use at most 200 characters."}


@pytest.mark.parametrize("part", ["email", "delivery_name", "delivery_postal_code"])
@pytest.mark.parametrize("piece", ["\u0315\u0300", "\ufdfa", "ü"], ids=["accents", "ligature", "umlaut"])
def test_endless_text_is_refused_at_once(inside: Flask, part: str, piece: str) -> None:
    began = time.process_time()

    errors = _errors(_form(**{part: f"a@{piece * 100_000}"}))

    assert list(errors) == [part]
    # To compose it, or to make a domain of it, would take minutes.
    assert time.process_time() - began < 2


@pytest.mark.parametrize("part", ["delivery_name", "delivery_street_address", "delivery_city"])
@pytest.mark.parametrize(
    "character", ["\x00", "\n", "\r", "\x1b", "\x7f", "\u2028", "\u202e", "\x85", "\ue000"]
)
def test_characters_that_cannot_be_printed_are_refused_in_words(
    inside: Flask, part: str, character: str
) -> None:
    errors = _errors(_form(**{part: f"Mara{character}Lindt"}))

    assert set(errors) == {part}
    assert "characters that cannot be printed" in errors[part]


@pytest.mark.parametrize(
    "email",
    ["", "mara", "@example.org", "mara@", "mara@example", "a@b@example.org", "ma ra@example.org", "mara@exa mple.org",
     "mara@example.org\nBcc: x@example.org", "mara@.org", "x" * 65 + "@example.org",
     "a@" + "b" * 250 + ".org", "mara@example..org", "<mara@example.org>", "mara,x@example.org", "\x00@example.org"],
)  # fmt: skip
def test_what_is_no_email_address_is_refused_in_words(inside: Flask, email: str) -> None:
    errors = _errors(_form(email=email))

    assert set(errors) == {"email"}
    assert errors["email"].startswith("Please")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" mara@example.org ", "mara@example.org"),
        ("mara+shop@sub.example.co.uk", "mara+shop@sub.example.co.uk"),
        ("mara@müller.example", "mara@xn--mller-kva.example"),
    ],
)
def test_an_email_address_is_kept_as_mail_servers_write_it(inside: Flask, typed: str, kept: str) -> None:
    form = _form(email=typed)

    assert _errors(form) == {}
    assert form.typed_email == kept


@pytest.mark.parametrize("country", ["", "XX", "de", "DEU", "../etc", "U\x00"])
def test_a_country_is_one_that_is_served(inside: Flask, country: str) -> None:
    assert "country" in _errors(_form(country))


def test_a_billing_address_counts_only_when_it_is_wanted(inside: Flask) -> None:
    same = _form(billing_country="US", billing_name="")
    other = _form(billing_same=None, billing_country="US", billing_name="")

    assert _errors(same) == {}
    assert same.billing_address is None
    assert "billing_name" in _errors(other)


def test_two_addresses_of_two_countries_are_kept_apart(inside: Flask) -> None:
    billing = {f"billing_{name}": text for name, text in COMPLETE["US"].items()}
    form = _form(billing_same=None, billing_country="US", billing_name="Ada Lovelace", **billing)

    assert _errors(form) == {}
    assert form.billing_address is not None
    assert (form.delivery_address["country"], form.billing_address["country"]) == ("DE", "US")
    assert address_lines(form.billing_address) == [
        "Ada Lovelace",
        "1 Main St",
        "Springfield IL 62701",
        "United States",
    ]


def test_an_address_is_written_in_the_order_of_its_country(inside: Flask) -> None:
    kept = _form("JP", delivery_name="山田花子").delivery_address

    assert address_lines(kept) == ["100-0005", "東京都", "千代田区丸の内1-1", "山田花子", "Japan"]


def test_only_the_fields_of_the_country_are_kept(inside: Flask) -> None:
    kept = _form("HK", delivery_postal_code="12345", delivery_is_admin="1").delivery_address

    assert "postal_code" not in kept
    assert "is_admin" not in kept
