"""A policy in the words of its form, and lists and countries as they are typed.

Knows both ways between a document and text; refuses to know fields, and whether it makes sense.
"""

import re
from collections.abc import Mapping
from typing import Any

from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import REST, Zone, known_countries
from storefront.policies.statutory import EU, ExemptGoods, Exemption
from storefront.staff.goods_forms import amount_text

_EU = "EU"


def typed_document(document: PolicyDocument) -> dict[str, Any]:
    """A document by the names of the fields."""
    promise, right, support = document.money_back, document.withdrawal, document.support
    claimed = {each.exemption: each for each in right.exempt}
    return {
        "zones": [_typed_zone(each) for each in document.zones],
        "not_served": _typed_countries(document.not_served),
        "window_days": promise.window_days,
        "starts": promise.starts.value,
        "conditions": [each.value for each in promise.conditions],
        "return_postage": promise.return_postage.value,
        "goods_first": promise.goods_first,
        "restocking_percent": promise.restocking_percent,
        "excluded_products": ", ".join(promise.excluded_products),
        "excluded_collections": ", ".join(promise.excluded_collections),
        "automatic_up_to": amount_text(promise.automatic_up_to_minor),
        "right_countries": _typed_countries(right.countries),
        "right_days": right.days,
        "holidays": ", ".join(right.holidays),
        "exempt": [_typed_goods(claimed.get(each)) for each in Exemption],
        "is_confirmed": right.is_confirmed,
        "email": support.email,
        "hours": support.hours,
        "reply_within_hours": support.reply_within_hours,
        "quality": [{"statement": each.statement, "evidence": each.evidence} for each in document.quality],
    }


def _typed_zone(zone: Zone) -> dict[str, Any]:
    methods = [
        {
            "code": each.code,
            "name": each.name,
            "price": amount_text(each.price_minor),
            "free_from": amount_text(each.free_from_minor),
            "basis": each.basis.value,
            "days_min": each.days_min,
            "days_max": each.days_max,
        }
        for each in zone.methods
    ]
    return {"name": zone.name, "countries": _typed_countries(zone.countries), "methods": methods}


def _typed_goods(goods: ExemptGoods | None) -> dict[str, str]:
    return {
        "products": ", ".join(goods.products) if goods else "",
        "collections": ", ".join(goods.collections) if goods else "",
    }


def _typed_countries(codes: tuple[str, ...]) -> str:
    return _EU if set(codes) == set(EU) else ", ".join(codes)


def listed(typed: str | None) -> tuple[str, ...]:
    """Words by comma or line, each once."""
    parts = (part.strip() for part in re.split(r"[,;\n]", typed or ""))
    return tuple(dict.fromkeys(part for part in parts if part))


def countries_typed(typed: str | None, *, rest: bool = False) -> tuple[str, ...]:
    """Codes of countries given by code or name; what is neither stays as it was typed, for the check to name."""
    names = _codes_by_name()
    found: list[str] = []
    for part in (part.strip() for part in re.split(r"[,;\n]", typed or "")):
        if part.upper() == _EU:
            found += EU
        elif rest and part == REST:
            found.append(REST)
        elif part:
            found.append(
                part.upper() if part.upper() in known_countries() else names.get(part.casefold(), part)
            )
    return tuple(found)


def _codes_by_name() -> Mapping[str, str]:
    return {words.country(code).casefold(): code for code in known_countries()}
