"""One product of a Shopify file: its rows in, the facts of the catalogue out.

Knows how Shopify spreads a product over rows; refuses to know what stands in the shop.
"""

from dataclasses import replace

from flask_babel import gettext as _

from storefront.catalogue.facts import ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.models import MOST_OPTIONS, ProductState
from storefront.money import Money
from storefront.transfer.cells import (
    Group,
    amount_of,
    is_web_address,
    number_of,
    one_line,
    pieces_of,
    price_of,
    refuse,
    said_yes,
)
from storefront.transfer.csvfile import Row
from storefront.transfer.lists import items_of
from storefront.transfer.slugs import collection_slug, slug_of
from storefront.transfer.unit_prices import contents_of
from storefront.transfer.weights import grams

_STATUS = {
    "active": ProductState.PUBLISHED,
    "draft": ProductState.DRAFT,
    "unlisted": ProductState.DRAFT,
    "archived": ProductState.WITHDRAWN,
}
# Shopify's own way to say that there is nothing to choose.
_NO_OPTIONS = ["title"]
_NO_CHOICE = "default title"
# Behind every position that a file can name.
_LAST = 10**9


def collections_of(group: Group) -> dict[str, str]:
    """The collections that the product belongs to, titles by slug: in a file of ours as it names them, else its
    Collection, else its Type."""
    if group.has("collection_handles"):
        slugs, titles = items_of(group.first("collection_handles")), items_of(group.first("collections"))
        if len(slugs) != len(titles):
            refuse(group.rows[0], _("It names another number of collections than of their handles."))
        return dict(zip(slugs, titles, strict=True))
    title = one_line(group.first("collection") or group.first("type"))[:200]
    slug = collection_slug(title)
    return {slug: title} if slug else {}


def product_of(group: Group, *, currency: str) -> ProductFacts:
    """The facts of a product whose prices are in `currency`. Raises Unreadable, and Refused by the facts."""
    names = _option_names(group)
    variants = [(row, _variant(group, row, names, currency)) for row in group.rows if _is_variant(group, row)]
    if len(names) == 1 and names[0][1].lower() in _NO_OPTIONS and _is_single(variants):
        names, variants = [], [(row, _without_choice(facts)) for row, facts in variants]
    facts = ProductFacts(
        slug=slug_of(group.handle),
        title=one_line(group.first("title")),
        variants=tuple(facts for _row, facts in variants),
        options=tuple(name for _index, name in names),
        subtitle=one_line(group.first("subtitle")) if group.has("subtitle") else None,
        vendor=one_line(group.first("vendor")) if group.has("vendor") else None,
        description=group.first("description") if group.has("description") else None,
        state=_state(group),
        position=number_of(group, group.rows[0], "position") if group.has("position") else None,
        images=_images(group) if group.has("image") else None,
        collections=tuple(collections_of(group)),
        is_gift_card=_is_gift_card(group) if group.has("gift_card") else None,
    )
    facts.check(currency)
    return facts


def _is_gift_card(group: Group) -> bool:
    return any(said_yes(group, row, "gift_card", default=False) for row in group.rows)


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
    return replace(facts, values=())


def _variant(group: Group, row: Row, names: list[tuple[int, str]], currency: str) -> VariantFacts:
    price = price_of(group, row, currency)
    is_counted, on_hand = _stock(group, row)
    return VariantFacts(
        price=price,
        values=tuple(one_line(group.cell(row, f"option{i}_value")) for i, _name in names),
        compare_at=_compare_at(group, row, price) if group.has("compare_at") else None,
        # Shopify puts an apostrophe before digits, so that spreadsheets leave their noughts alone.
        sku=one_line(group.cell(row, "sku").removeprefix("'")) if group.has("sku") else None,
        barcode=one_line(group.cell(row, "barcode").removeprefix("'")) if group.has("barcode") else None,
        is_counted=is_counted,
        on_hand=on_hand,
        weight_grams=_grams(group, row),
        requires_shipping=said_yes(group, row, "requires_shipping", default=True)
        if group.has("requires_shipping")
        else None,
        contents=contents_of(group, row),
    )


def _compare_at(group: Group, row: Row, price: Money) -> Money:
    """What it cost before: nothing where that is not above the price."""
    nothing = Money.zero(price.currency)
    before = amount_of(group, row, "compare_at", price.currency) or nothing
    if before.minor and before.minor <= price.minor:
        group.remarks["not_reduced"] += 1
        return nothing
    return before


def _stock(group: Group, row: Row) -> tuple[bool | None, int | None]:
    """Whether the variant's pieces are counted, and how many there are (None: not said).

    A blank tracker means in Shopify that nobody counts, whatever quantity stands beside it. Only a file without
    the column is read by its quantities.
    """
    is_counted = bool(group.cell(row, "tracker" if group.has("tracker") else "quantity"))
    if not group.has("tracker") and not group.has("quantity"):
        return None, None
    if is_counted and group.cell(row, "policy").lower() in {"continue", "true"}:
        group.remarks["uncounted"] += 1
        return False, None
    if not is_counted:
        return False, None
    if not group.cell(row, "quantity"):
        group.remarks["no_quantity"] += 1
        return True, None
    return True, pieces_of(group, row, "quantity")


def _grams(group: Group, row: Row) -> int | None:
    """Shopify's own weight is in grams, whatever unit it shows; other programs write one with its unit beside it."""
    name = "grams" if group.has("grams") else "weight"
    if not group.has(name):
        return None
    text = group.cell(row, name) or "0"
    unit = "g" if name == "grams" else group.cell(row, "weight_unit") or "g"
    weight = grams(text, unit)
    if weight is None:
        if unit == "g":
            refuse(row, _("The weight is not a number of grams: %(text)s.", text=text[:40]))
        refuse(row, _("The weight cannot be read: %(text)s.", text=f"{text[:40]} {unit[:10]}"))
    return weight


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
    """The pictures in the order of their positions, then those of single variants, each address once; they are
    not fetched."""
    found: dict[str, tuple[int, str]] = {}
    for i, row in enumerate(group.rows):
        said = group.cell(row, "image_position")
        position = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else i + 1
        _add_picture(found, group, group.cell(row, "image"), position, one_line(group.cell(row, "image_alt")))
    for row in group.rows:
        _add_picture(found, group, group.cell(row, "variant_image"), _LAST, "")
    group.remarks["pictures"] += len(found)
    in_order = sorted(found.items(), key=lambda item: item[1][0])
    return tuple(ImageFacts(source_url=address, alt=alt) for address, (_position, alt) in in_order)


def _add_picture(
    found: dict[str, tuple[int, str]], group: Group, address: str, position: int, alt: str
) -> None:
    if not address or address in found:
        return
    if is_web_address(address):
        found[address] = (position, alt)
    else:
        group.remarks["bad_pictures"] += 1
