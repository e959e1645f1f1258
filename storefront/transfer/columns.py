"""The columns of Shopify's and WooCommerce's product files by their names; case does not matter.

Knows headers, and by them whose file it is; refuses to know values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from storefront.transfer.csvfile import FileRefused

# As many as WooCommerce shops have in earnest.
MOST_ATTRIBUTES = 50

_UNIT_PRICE: dict[str, tuple[str, ...]] = {
    "contents": ("Unit Price Total Measure",),
    "contents_unit": ("Unit Price Total Measure Unit",),
    "base": ("Unit Price Base Measure",),
    "base_unit": ("Unit Price Base Measure Unit",),
}
# Our word, then every name that Shopify has for it, in its exports before and since 2025.
_SHOPIFY: dict[str, tuple[str, ...]] = {
    "handle": ("Handle", "URL handle"),
    "title": ("Title",),
    "description": ("Body (HTML)", "Description"),
    "vendor": ("Vendor",),
    "type": ("Type", "Custom Product Type"),
    "collection": ("Collection",),
    "published": ("Published", "Published on online store"),
    "status": ("Status",),
    "gift_card": ("Gift Card",),
    "price": ("Variant Price", "Price"),
    "compare_at": ("Variant Compare At Price", "Compare-at price"),
    "sku": ("Variant SKU", "SKU"),
    "barcode": ("Variant Barcode", "Barcode"),
    "grams": ("Variant Grams", "Weight value (grams)"),
    "weight": ("Variant Weight",),
    "weight_unit": ("Variant Weight Unit", "Weight unit for display"),
    "requires_shipping": ("Variant Requires Shipping", "Requires shipping"),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
    "quantity": ("Variant Inventory Qty", "Inventory quantity"),
    "policy": ("Variant Inventory Policy", "Continue selling when out of stock"),
    "image": ("Image Src", "Product image URL"),
    "image_position": ("Image Position",),
    "image_alt": ("Image Alt Text",),
    "variant_image": ("Variant Image", "Variant image URL"),
    **_UNIT_PRICE,
    # Our own, for what Shopify has no place for.
    "subtitle": ("Subtitle",),
    "position": ("Position",),
    "collections": ("Collections",),
    "collection_handles": ("Collection handles",),
    **{f"option{i}_name": (f"Option{i} Name",) for i in range(1, 5)},
    **{f"option{i}_value": (f"Option{i} Value",) for i in range(1, 5)},
}
# The same of WooCommerce's.
_WOOCOMMERCE: dict[str, tuple[str, ...]] = {
    "id": ("ID",),
    "type": ("Type",),
    "sku": ("SKU",),
    "barcode": ("GTIN, UPC, EAN, or ISBN",),
    "name": ("Name",),
    "slug": ("Slug",),
    "published": ("Published",),
    "visibility": ("Visibility in catalog",),
    "short": ("Short description",),
    "description": ("Description",),
    "sale_starts": ("Date sale price starts",),
    "sale_ends": ("Date sale price ends",),
    "in_stock": ("In stock?",),
    "stock": ("Stock",),
    "backorders": ("Backorders allowed?",),
    "weight_kg": ("Weight (kg)",),
    "weight_g": ("Weight (g)",),
    "weight_lbs": ("Weight (lbs)", "Weight (lb)"),
    "weight_oz": ("Weight (oz)",),
    "weight": ("Weight",),
    "sale": ("Sale price",),
    "regular": ("Regular price",),
    "categories": ("Categories",),
    "images": ("Images",),
    "parent": ("Parent",),
    "position": ("Position",),
    "brands": ("Brands",),
    **{f"attribute{i}_name": (f"Attribute {i} name",) for i in range(1, MOST_ATTRIBUTES + 1)},
    **{f"attribute{i}_values": (f"Attribute {i} value(s)",) for i in range(1, MOST_ATTRIBUTES + 1)},
    # Our own, in Shopify's words where it has some.
    **_UNIT_PRICE,
    "category_slugs": ("Category slugs",),
    "gift_card": ("Gift card",),
}


@dataclass(frozen=True, slots=True)
class Form:
    """Whose file it is: the word for it in commands, its name, its columns and those that must be there."""

    word: str
    name: str
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]


SHOPIFY = Form("shopify", "Shopify", _SHOPIFY, ("handle", "title", "price"))
WOOCOMMERCE = Form("woocommerce", "WooCommerce", _WOOCOMMERCE, ("name", "regular"))
_SHOWN = 5


def form_of(header: Sequence[str]) -> Form:
    """Whose file has this header; Shopify's where it could be nobody's."""
    lower = {_plain(name) for name in header}
    is_woocommerce = "regular price" in lower or {"name", "type", "sku"} <= lower
    return WOOCOMMERCE if is_woocommerce and not {"handle", "url handle"} & lower else SHOPIFY


def columns_of(header: Sequence[str], form: Form) -> dict[str, int]:
    """Where each column that we read stands, by our word for it. Raises FileRefused where one that must be there
    is missing, or one stands twice."""
    by_header = {name.lower(): ours for ours, names in form.columns.items() for name in names}
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        ours = by_header.get(_plain(name))
        if ours is None:
            continue
        if ours in found:
            raise FileRefused(_("The column “%(name)s” stands twice in the header.", name=name.strip()))
        found[ours] = index
    if missing := [form.columns[ours][0] for ours in form.required if ours not in found]:
        raise FileRefused(_missing(missing, header, form))
    return found


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()


def _missing(missing: list[str], header: Sequence[str], form: Form) -> str:
    names = ", ".join(f"“{name}”" for name in missing)
    begins = ", ".join(name.strip()[:40] for name in header[:_SHOWN])
    message = _(
        "This is no product file of %(form)s’s: the header lacks %(names)s. It begins: %(begins)s.",
        form=form.name,
        names=names,
        begins=begins,
    )
    return f"{message} {hint}" if (hint := _hint(header)) else message


def _hint(header: Sequence[str]) -> str:
    lower = {name.strip().lower() for name in header}
    if len(header) <= 2 and (";" in header[0] or "\t" in header[0]):
        return _("Its cells are not separated by commas: save it with commas.")
    if {"name", "lineitem name", "financial status"} & lower:
        return _("It looks like a file of orders.")
    return ""
