"""What happened to a product, from the record: who, when, and each value before and after.

Knows how entries are put into words; refuses to write any.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import render_template
from flask_babel import gettext as _

from storefront.accounts.models import Customer
from storefront.audit import AuditDetail, AuditEntry
from storefront.catalogue.product_desk import product_desk
from storefront.config import settings
from storefront.database import session
from storefront.money import Money
from storefront.staff.blueprint import blueprint
from storefront.staff.goods_words import ID, product_crumbs, state_tag, tabs
from storefront.web import open_to
from storefront.web.text import moment_text, money_text

MOST = 100
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after, cut where it is long."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the record."""

    title: str
    at: str
    who: str
    changes: tuple[Change, ...]


@blueprint.get(f"/products/{ID % 'product_id'}/history")
@open_to("catalogue.view")
def product_history(product_id: int) -> str:
    """The last hundred things that happened to a product. Six statements."""
    desk = product_desk(product_id)
    return render_template(
        "staff/product_history.html",
        product=desk,
        state=state_tag(desk.state),
        entries=_entries(("product", str(product_id))),
        tabs=tabs(product_id, "staff.product_history"),
        crumbs=product_crumbs(desk.title, product_id, here=_("History")),
    )


def _entries(subject: tuple[str, str]) -> list[Happened]:
    found = list(
        session().scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.subject_kind == subject[0], AuditEntry.subject_id == subject[1])
            .order_by(AuditEntry.id.desc())
            .limit(MOST)
        )
    )
    details: defaultdict[int, list[Change]] = defaultdict(list)
    wanted = sa.select(AuditDetail).where(AuditDetail.entry_id.in_([entry.id for entry in found]))
    for row in session().scalars(wanted.order_by(AuditDetail.id)):
        details[row.entry_id].append(_change(row))
    names = _names(found)
    return [
        Happened(
            title=_title(entry.verb),
            at=moment_text(entry.at, "short"),
            who=names.get(entry.actor_id or "", "") if entry.actor_kind == "staff" else _who(entry),
            changes=tuple(details[entry.id]),
        )
        for entry in found
    ]


def _names(entries: list[AuditEntry]) -> dict[str, str]:
    keys = {entry.actor_id or "" for entry in entries if entry.actor_kind == "staff"}
    ids = [int(key) for key in keys if key.isdecimal()]
    select = sa.select(Customer.id, Customer.name, Customer.email).where(Customer.id.in_(ids))
    return {str(row.id): row.name or row.email for row in session().execute(select)}


def _who(entry: AuditEntry) -> str:
    return {"command": _("a command"), "system": _("the shop itself")}.get(entry.actor_kind, entry.actor_kind)


def _change(row: AuditDetail) -> Change:
    name, is_amount = (
        _names_of_values().get(row.name, row.name),
        row.name in {"price_minor", "compare_at_minor", "price"},
    )
    put = _amount if is_amount else _cut
    return Change(str(name), put(row.before), put(row.after))


def _amount(text: str | None) -> str:
    return money_text(Money(int(text), settings().currency)) if text and text.isdecimal() else _cut(text)


def _cut(text: str | None) -> str:
    return "" if text is None else text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _names_of_values() -> dict[str, str]:
    return {
        "title": _("Title"),
        "subtitle": _("One line beneath the title"),
        "slug": _("Address"),
        "description": _("Description"),
        "vendor": _("Made by"),
        "kind": _("Kind of goods"),
        "tags": _("Tags"),
        "tax_class": _("Class of tax"),
        "is_gift_card": _("Gift card"),
        "collections": _("Collections"),
        "seo_title": _("Title for search engines"),
        "seo_description": _("Description for search engines"),
        "state": _("State"),
        "price": _("Price"),
        "price_minor": _("Price"),
        "compare_at_minor": _("Price before"),
        "sku": _("Article number"),
        "barcode": _("Barcode"),
        "weight_grams": _("Weight, packed, in grams"),
        "requires_shipping": _("It is shipped"),
        "contents": _("Contents / price for"),
        "is_sold": _("Sold"),
        "low_at": _("Low from"),
        "choice": _("Choice"),
        "pieces": _("Pieces"),
        "options": _("Options"),
        "position": _("Place"),
        "alt": _("What it shows"),
        "is_decorative": _("Only decorates"),
        "file": _("File"),
    }


def _title(verb: str) -> str:
    titles: dict[str, Any] = {
        "product.added": _("Added"),
        "product.changed": _("Texts changed"),
        "product.published": _("Published"),
        "product.withdrawn": _("No longer sold"),
        "product.unpublished": _("Made a draft"),
        "product.options": _("Options changed"),
        "product.value_renamed": _("A value renamed"),
        "product.picture_added": _("A picture added"),
        "product.picture_moved": _("A picture moved"),
        "product.picture_described": _("A picture described"),
        "product.picture_removed": _("A picture removed"),
        "variant.added": _("A variant added"),
        "variant.changed": _("A variant changed"),
        "variant.withdrawn": _("A variant no longer sold"),
        "variant.sold_again": _("A variant sold again"),
        "variant.moved": _("A variant moved"),
    }
    return str(titles.get(verb, verb))
