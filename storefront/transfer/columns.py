"""Shopify's columns by their names, in the wording of its exports before and since 2025; case does not matter.

Knows headers; refuses to know values.
"""

from collections.abc import Sequence

from flask_babel import gettext as _

from storefront.transfer.csvfile import FileRefused

# Our word, then every name that Shopify has for it.
_NAMES: dict[str, tuple[str, ...]] = {
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
    "requires_shipping": ("Variant Requires Shipping", "Requires shipping"),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
    "quantity": ("Variant Inventory Qty", "Inventory quantity"),
    "policy": ("Variant Inventory Policy", "Continue selling when out of stock"),
    "image": ("Image Src", "Product image URL"),
    "image_position": ("Image Position",),
    "image_alt": ("Image Alt Text",),
    **{f"option{i}_name": (f"Option{i} Name",) for i in range(1, 5)},
    **{f"option{i}_value": (f"Option{i} Value",) for i in range(1, 5)},
}
_REQUIRED = ("handle", "title", "price")
_BY_HEADER = {name.lower(): ours for ours, names in _NAMES.items() for name in names}
_SHOWN = 5


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Where each column that we read stands, by our word for it. Raises FileRefused where one that must be there
    is missing, or one stands twice."""
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        ours = _BY_HEADER.get(" ".join(name.split()).lower())
        if ours is None:
            continue
        if ours in found:
            raise FileRefused(_("The column “%(name)s” stands twice in the header.", name=name.strip()))
        found[ours] = index
    if missing := [_NAMES[ours][0] for ours in _REQUIRED if ours not in found]:
        raise FileRefused(_missing(missing, header))
    return found


def _missing(missing: list[str], header: Sequence[str]) -> str:
    names = ", ".join(f"“{name}”" for name in missing)
    begins = ", ".join(name.strip()[:40] for name in header[:_SHOWN])
    message = _(
        "This is no product file of Shopify’s: the header lacks %(names)s. It begins: %(begins)s.",
        names=names,
        begins=begins,
    )
    return f"{message} {hint}" if (hint := _hint(header)) else message


def _hint(header: Sequence[str]) -> str:
    lower = {name.strip().lower() for name in header}
    if len(header) <= 2 and (";" in header[0] or "\t" in header[0]):
        return _("Its cells are not separated by commas: save it with commas.")
    if {"regular price", "parent"} & lower:
        return _("It looks like a product file of WooCommerce’s.")
    if {"name", "lineitem name", "financial status"} & lower:
        return _("It looks like a file of orders.")
    return ""
