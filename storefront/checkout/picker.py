"""The customer's saved addresses beside the checkout's form: which can be picked, and what picking one types.

Knows the address book and the fields of an address; refuses to write: what is picked is only filled in.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice, SelectField
from wtforms.form import BaseForm

from storefront.accounts.access import find_customer
from storefront.accounts.address_book import Address, addresses_of
from storefront.checkout.addresses import address_lines, parts_of
from storefront.checkout.forms import DetailsForm, one_of

# What the button beside the list sends as `change`.
PICK = "saved"


def picker(form: DetailsForm, *, served: Sequence[str]) -> Any:
    """A list of the customer's addresses that something is sent to, the default first, the one chosen that stands in
    the form; None for guests, and where there is none. One statement for a customer."""
    book = _book(served)
    if not book:
        return None
    named = [SelectChoice(str(each.id), ", ".join(address_lines(each.parts))) for each in book]
    list_ = BaseForm(
        {PICK: SelectField(_("Your addresses"), choices=[SelectChoice("", _("Another address")), *named])}
    )
    list_.process(data={PICK: _standing(book, form.delivery_address)})
    return list_[PICK]


def _standing(book: Sequence[Address], typed: Mapping[str, Any]) -> str:
    """The id of the address that stands in the form; empty where it is none of them."""
    filled = _filled(typed)
    return next((str(each.id) for each in book if _filled(each.parts) == filled), "")


def _filled(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value}


def with_picked(typed: "MultiDict[str, str]", *, served: Sequence[str]) -> "MultiDict[str, str]":
    """What was typed, its delivery address as picked: one of the customer's own, or empty for another one. What is
    none of theirs changes nothing."""
    wanted = typed.get(PICK, "")
    found = next((each.parts for each in _book(served) if str(each.id) == wanted), None)
    if wanted and found is None:
        return typed
    parts = found or {"country": one_of(served, typed.get("country"), "")}
    filled = MultiDict(typed)
    filled["country"] = str(parts["country"])
    # Empty ones, too: what is not sent at all would be taken from the draft.
    for part in parts_of(filled["country"]):
        filled[f"delivery_{part.name}"] = str(parts.get(part.name, ""))
    return filled


def _book(served: Sequence[str]) -> list[Address]:
    customer = find_customer()
    if customer is None:
        return []
    return [each for each in addresses_of(customer.id) if each.parts.get("country") in served]
