"""A customer's address book: add, change, remove, and which one the checkout is filled with.

Knows the pages; refuses to show or touch an address of anybody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts import address_book
from storefront.accounts.access import current_customer
from storefront.checkout.address_form import AddressForm, address_form
from storefront.checkout.addresses import address_lines
from storefront.checkout.forms import without_areas
from storefront.config import settings
from storefront.errors import NotFound, Refused
from storefront.policies.parts import known_countries
from storefront.shop.blueprint import blueprint
from storefront.shop.frame import Link
from storefront.web import csrf, no_store, open_to
from storefront.web.notices import notices

_ID = f"<int(max={2**63 - 1}):address_id>"


@dataclass(frozen=True, slots=True)
class AddressListed:
    """An address as the book shows it; `name` is its first line, for who hears the buttons alone."""

    lines: tuple[str, ...]
    name: str
    is_default: bool
    change_url: str
    remove_url: str
    prefer_url: str


@blueprint.get("/account/addresses")
@open_to("customers")
@no_store
def addresses() -> str:
    """The book."""
    book = address_book.addresses_of(current_customer().id)
    return render_template(
        "shop/addresses.html",
        addresses=[_listed(each) for each in book],
        add_url=url_for("shop.new_address") if len(book) < address_book.MOST else None,
        crumbs=_crumbs(),
        notices=notices(),
    )


@blueprint.get("/account/addresses/new")
@open_to("customers")
@no_store
def new_address() -> str:
    """An empty form, in the shop's own country."""
    return _form_page(_form(None, {}), title=_("New address"), action=url_for("shop.add_address"))


@blueprint.post("/account/addresses/new")
@open_to("customers")
@no_store
def add_address() -> Any:
    """Add it; with `change`, the same form with another country's fields."""
    csrf.protect()
    title, action = _("New address"), url_for("shop.add_address")
    if "change" in request.form:
        return _form_page(_form(without_areas(request.form, "delivery"), {}), title=title, action=action)
    form = _form(request.form, {})
    if not form.validate():
        return _form_page(form, title=title, action=action), 422
    try:
        address_book.add_address(current_customer().id, form.address)
    except Refused as refusal:
        return _form_page(form, title=title, action=action, messages=[refusal.message]), 422
    flash(_("The address is in your book."), "good")
    return redirect(url_for("shop.addresses"), 303)


@blueprint.get(f"/account/addresses/{_ID}")
@open_to("customers")
@no_store
def address(address_id: int) -> str:
    """The form with what is kept."""
    return _form_page(
        _form(None, _own(address_id).parts),
        title=_("Change an address"),
        action=url_for("shop.change_address", address_id=address_id),
    )


@blueprint.post(f"/account/addresses/{_ID}")
@open_to("customers")
@no_store
def change_address(address_id: int) -> Any:
    """Keep what was typed; with `change`, the same form with another country's fields."""
    csrf.protect()
    _own(address_id)
    title, action = _("Change an address"), url_for("shop.change_address", address_id=address_id)
    if "change" in request.form:
        return _form_page(_form(without_areas(request.form, "delivery"), {}), title=title, action=action)
    form = _form(request.form, {})
    if not form.validate():
        return _form_page(form, title=title, action=action), 422
    return _done(lambda: address_book.change_address(current_customer().id, address_id, form.address))


@blueprint.post(f"/account/addresses/{_ID}/remove")
@open_to("customers")
@no_store
def remove_address(address_id: int) -> Any:
    """Take it out; orders keep theirs."""
    csrf.protect()
    return _done(lambda: address_book.remove_address(current_customer().id, address_id))


@blueprint.post(f"/account/addresses/{_ID}/default")
@open_to("customers")
@no_store
def prefer_address(address_id: int) -> Any:
    """From now on the checkout begins with it."""
    csrf.protect()
    return _done(lambda: address_book.prefer_address(current_customer().id, address_id))


def _done(act: Any) -> Any:
    try:
        act()
    except NotFound:
        abort(404)
    flash(_("Your address book is changed."), "good")
    return redirect(url_for("shop.addresses"), 303)


def _own(address_id: int) -> address_book.Address:
    try:
        return address_book.address_of(current_customer().id, address_id)
    except NotFound:
        abort(404)


def _form(typed: Any, kept: Mapping[str, Any]) -> AddressForm:
    known = sorted(known_countries())
    return address_form(typed, kept=kept, likely_country=settings().country, known=known)


def _form_page(form: AddressForm, *, title: str, action: str, messages: list[str] | None = None) -> str:
    return render_template(
        "shop/address.html",
        form=form,
        parts=form.parts,
        title=title,
        action=action,
        messages=messages or [],
        back_url=url_for("shop.addresses"),
        crumbs=[*_crumbs()[:1], Link(_("Addresses"), url_for("shop.addresses")), Link(title, "")],
    )


def _listed(each: address_book.Address) -> AddressListed:
    lines = tuple(address_lines(each.parts))
    return AddressListed(
        lines=lines,
        name=lines[0] if lines else "",
        is_default=each.is_default,
        change_url=url_for("shop.address", address_id=each.id),
        remove_url=url_for("shop.remove_address", address_id=each.id),
        prefer_url=url_for("shop.prefer_address", address_id=each.id),
    )


def _crumbs() -> list[Link]:
    return [Link(_("Your account"), url_for("shop.account")), Link(_("Addresses"), "")]
