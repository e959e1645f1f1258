"""Goods, shelves and counts in words, and where their pages are.

Knows what states, causes and entries of the record are called; refuses to read anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from storefront.accounts.access import current_customer
from storefront.catalogue.models import Cause, ProductState
from storefront.errors import NotFound, Refused
from storefront.staff.frame import Crumb

ID = f"<int(max={2**63 - 1}):%s>"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it; or a word and what kind of word it is."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Tag:
    """One word that qualifies a row; `kind` is "", "good", "bad", "marker" or "wash"."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a product beside others."""

    title: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Pager:
    """The ways to other pages of a list."""

    label: str
    text: str
    next_url: str | None
    first_url: str | None
    previous_url: str | None = None


def may(permission: str) -> bool:
    """Whether who is signed in may do this: pages leave out what they may not."""
    return current_customer().may(permission)


def state_tag(state: ProductState) -> Tag:
    """A product's state."""
    return {
        ProductState.DRAFT: Tag(_("Draft"), "marker"),
        ProductState.PUBLISHED: Tag(_("Published"), "good"),
        ProductState.WITHDRAWN: Tag(_("Withdrawn"), ""),
    }[state]


def cause_names() -> dict[str, str]:
    """Why stock moves, by the value that is kept."""
    return {
        Cause.IMPORT.value: _("Import"),
        Cause.ORDER.value: _("Order"),
        Cause.RELEASE.value: _("Order given up"),
        Cause.RESTOCK.value: _("Came back"),
        Cause.RETURN.value: _("Returned"),
        Cause.ADJUSTMENT.value: _("Adjusted"),
        Cause.RECEIVED.value: _("Received"),
        Cause.COUNTED.value: _("Counted"),
        Cause.DAMAGED.value: _("Damaged"),
        Cause.LOST.value: _("Lost"),
        Cause.GIVEN.value: _("Given away"),
        Cause.OTHER.value: _("Other"),
    }


def tabs(product_id: int, here: str) -> list[Tab]:
    """The pages of one product."""
    pages = (
        ("staff.product", _("Texts")),
        ("staff.variants", _("Variants")),
        ("staff.pictures", _("Pictures")),
        ("staff.prices", _("Prices")),
        ("staff.product_history", _("History")),
    )
    return [Tab(title, url_for(name, product_id=product_id), name == here) for name, title in pages]


def product_crumbs(title: str, product_id: int, *, here: str = "") -> list[Crumb]:
    """The way to one of a product's pages."""
    way = [Crumb(_("Products"), url_for("staff.products"))]
    way.append(Crumb(title, url_for("staff.product", product_id=product_id)))
    return [*way, Crumb(here, "")] if here else way


def require_token() -> None:
    """400 where a form without fields was not made by us for this person."""
    if not FlaskForm().validate():
        abort(400)


def done(act: Callable[[], Any], said: str, back: str) -> Any:
    """Do what a button asks, then the page it stands on, with what came of it. 404 where it is not there."""
    require_token()
    try:
        act()
    except NotFound:
        raise
    except Refused as error:
        flash(error.message, "bad")
    else:
        flash(said, "good")
    return redirect(back, 303)
