"""One product of a Shopify file: its rows in, the facts of the catalogue out.

Knows how Shopify spreads a product over rows; refuses to know what stands in the shop.
"""

import re
from functools import lru_cache

from flask_babel import gettext as _
from slugify import slugify

from storefront.catalogue.facts import ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.models import MOST_OPTIONS, ProductState
from storefront.transfer.cells import (
    Group,
    compare_at_of,
    grams_of,
    one_line,
    price_of,
    refuse,
    said_yes,
    stock_of,
)
from storefront.transfer.csvfile import Row

_STATUS = {
    "active": ProductState.PUBLISHED,
    "draft": ProductState.DRAFT,
    "unlisted": ProductState.DRAFT,
    "archived": ProductState.WITHDRAWN,
}
# Shopify's own way to say that there is nothing to choose.
_NO_OPTIONS = ["title"]
_NO_CHOICE = "default title"
_PLAIN_HANDLE = re.compile(r"[\w-]{1,200}")
_LONGEST_ADDRESS = 2_000


def slug_of(handle: str) -> str:
    """The address under which a handle is sold: itself in small letters, or made fit for an address."""
    if _PLAIN_HANDLE.fullmatch(handle):
        return handle.lower()
    return slugify(handle, allow_unicode=True, max_length=200)


def collection_of(group: Group) -> tuple[str, str] | None:
    """Slug and title of the collection that the product belongs to: its Collection, else its Type."""
    title = one_line(group.first("collection") or group.first("type"))[:200]
    slug = _collection_slug(title)
    return (slug, title) if slug else None


@lru_cache(maxsize=1_000)
def _collection_slug(title: str) -> str:
    return slugify(title, allow_unicode=True, max_length=120)


def product_of(group: Group, *, currency: str) -> ProductFacts:
    """The facts of a product whose prices are in `currency`. Raises Unreadable, and Refused by the facts."""
    if any(said_yes(group, row, "gift_card", default=False) for row in group.rows):
        refuse(group.rows[0], _("Gift cards are not imported."))
    names = _option_names(group)
    variants = [(row, _variant(group, row, names, currency)) for row in group.rows if _is_variant(group, row)]
    if len(names) == 1 and names[0][1].lower() in _NO_OPTIONS and _is_single(variants):
        names, variants = [], [(row, _without_choice(facts)) for row, facts in variants]
    collection = collection_of(group)
    facts = ProductFacts(
        slug=slug_of(group.handle),
        title=one_line(group.first("title")),
        variants=tuple(facts for _row, facts in variants),
        options=tuple(name for _index, name in names),
        vendor=one_line(group.first("vendor")) if group.has("vendor") else None,
        description=group.first("description") if group.has("description") else None,
        state=_state(group),
        images=_images(group) if group.has("image") else None,
        collections=(collection[0],) if collection else (),
    )
    facts.check(currency)
    return facts


def _option_names(group: Group) -> list[tuple[int, str]]:
    """Number and name of each option that is named; Shopify names them in the first row alone."""
    named = [(i, one_line(group.first(f"option{i}_name"))) for i in range(1, MOST_OPTIONS + 2)]
    valued = {
        i for i, name in named if not name and any(group.cell(r, f"option{i}_value") for r in group.rows)
    }
    if valued:
        refuse(group.rows[0], _("Option %(number)s has values, but no name.", number=min(valued)))
    return [(i, name) for i, name in named if name]


def _is_variant(group: Group, row: Row) -> bool:
    """Whether a row is of a variant; a row that only adds a picture has neither choice nor price."""
    if row is group.rows[0] or group.cell(row, "price"):
        return True
    return any(group.cell(row, f"option{i}_value") for i in range(1, MOST_OPTIONS + 1))


def _is_single(variants: list[tuple[Row, VariantFacts]]) -> bool:
    return all(facts.values[0].lower() in {_NO_CHOICE, ""} for _row, facts in variants)


def _without_choice(facts: VariantFacts) -> VariantFacts:
    return VariantFacts(
        price=facts.price,
        compare_at=facts.compare_at,
        sku=facts.sku,
        barcode=facts.barcode,
        is_counted=facts.is_counted,
        on_hand=facts.on_hand,
        weight_grams=facts.weight_grams,
        requires_shipping=facts.requires_shipping,
    )


def _variant(group: Group, row: Row, names: list[tuple[int, str]], currency: str) -> VariantFacts:
    price = price_of(group, row, currency)
    is_counted, on_hand = stock_of(group, row)
    return VariantFacts(
        price=price,
        values=tuple(one_line(group.cell(row, f"option{i}_value")) for i, _name in names),
        compare_at=compare_at_of(group, row, price) if group.has("compare_at") else None,
        # Shopify puts an apostrophe before digits, so that spreadsheets leave their noughts alone.
        sku=one_line(group.cell(row, "sku").removeprefix("'")) if group.has("sku") else None,
        barcode=one_line(group.cell(row, "barcode").removeprefix("'")) if group.has("barcode") else None,
        is_counted=is_counted,
        on_hand=on_hand,
        weight_grams=grams_of(group, row) if group.has("grams") else None,
        requires_shipping=said_yes(group, row, "requires_shipping", default=True)
        if group.has("requires_shipping")
        else None,
    )


def _state(group: Group) -> ProductState | None:
    if not group.has("status") and not group.has("published"):
        return None
    status = group.first("status").lower() or "active"
    if status not in _STATUS:
        refuse(group.rows[0], _("The status is unknown: %(text)s.", text=status[:40]))
    is_shown = said_yes(group, group.rows[0], "published", default=True)
    state = _STATUS[status]
    return ProductState.DRAFT if state is ProductState.PUBLISHED and not is_shown else state


def _images(group: Group) -> tuple[ImageFacts, ...]:
    """The pictures in the order of their positions, each address once; they are not fetched."""
    found: dict[str, tuple[int, str]] = {}
    for i, row in enumerate(group.rows):
        address = group.cell(row, "image")
        if not address or address in found:
            continue
        if not address.lower().startswith(("https://", "http://")) or len(address) > _LONGEST_ADDRESS:
            group.remarks["bad_pictures"] += 1
            continue
        said = group.cell(row, "image_position")
        position = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else i + 1
        found[address] = (position, one_line(group.cell(row, "image_alt")))
    group.remarks["pictures"] += len(found)
    in_order = sorted(found.items(), key=lambda item: item[1][0])
    return tuple(ImageFacts(source_url=address, alt=alt) for address, (_position, alt) in in_order)
