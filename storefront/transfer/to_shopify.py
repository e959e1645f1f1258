"""Products as the rows of a Shopify file.

Knows how Shopify spreads a product over rows; refuses to know where the file goes.
"""

from collections.abc import Iterator
from itertools import zip_longest

from storefront.catalogue.facts import ImageFacts, VariantFacts
from storefront.catalogue.models import MOST_OPTIONS, ProductState
from storefront.catalogue.whole import Whole
from storefront.transfer import unit_prices
from storefront.transfer.lists import one_cell

HEADER = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"),
    *(f"Option{number} {part}" for number in range(1, MOST_OPTIONS + 1) for part in ("Name", "Value")),
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
    *("Variant Inventory Policy", "Variant Fulfillment Service", "Variant Price", "Variant Compare At Price"),
    *("Variant Requires Shipping", "Variant Taxable", "Variant Barcode"),
    *("Image Src", "Image Position", "Image Alt Text", "Gift Card", "Variant Weight Unit", "Status"),
    *unit_prices.HEADER,
    *("Collection", "Subtitle", "Position", "Collections", "Collection handles"),
)
_STATUS = {
    ProductState.PUBLISHED: "active",
    ProductState.DRAFT: "draft",
    ProductState.WITHDRAWN: "archived",
}


def rows(whole: Whole) -> Iterator[dict[str, str]]:
    """The rows of a product, cells by header: one for each variant and picture, side by side."""
    facts = whole.facts
    pairs = zip_longest(facts.variants, facts.images or ())
    for place, (variant, image) in enumerate(pairs, start=1):
        row = {"Handle": facts.slug}
        if place == 1:
            row |= _first(whole)
        if variant is not None:
            row |= _variant(variant)
        if image is not None:
            row |= _image(image, place)
        yield row


def _first(whole: Whole) -> dict[str, str]:
    facts = whole.facts
    names = facts.options or ("Title",)
    return {
        "Title": facts.title,
        "Body (HTML)": facts.description or "",
        "Vendor": facts.vendor or "",
        "Published": _yes(facts.state is ProductState.PUBLISHED),
        "Gift Card": _yes(bool(facts.is_gift_card)),
        "Status": _STATUS[facts.state or ProductState.PUBLISHED],
        "Collection": next(iter(whole.collections.values()), ""),
        "Subtitle": facts.subtitle or "",
        "Position": str(facts.position or 0),
        "Collections": one_cell(whole.collections.values()),
        "Collection handles": one_cell(whole.collections),
        **{f"Option{number} Name": name for number, name in enumerate(names, start=1)},
    }


def _variant(variant: VariantFacts) -> dict[str, str]:
    is_counted = bool(variant.is_counted)
    values = variant.values or ("Default Title",)
    return {
        **{f"Option{number} Value": value for number, value in enumerate(values, start=1)},
        "Variant SKU": _digits(variant.sku or ""),
        "Variant Grams": str(variant.weight_grams or 0),
        "Variant Inventory Tracker": "shopify" if is_counted else "",
        "Variant Inventory Qty": str(variant.on_hand) if is_counted else "",
        "Variant Inventory Policy": "deny",
        "Variant Fulfillment Service": "manual",
        "Variant Price": f"{variant.price.decimal:f}",
        "Variant Compare At Price": f"{variant.compare_at.decimal:f}" if variant.compare_at else "",
        "Variant Requires Shipping": _yes(variant.requires_shipping is not False),
        "Variant Taxable": "true",
        "Variant Barcode": _digits(variant.barcode or ""),
        "Variant Weight Unit": "g",
        **unit_prices.cells_of(variant.contents),
    }


def _image(image: ImageFacts, place: int) -> dict[str, str]:
    return {
        "Image Src": image.source_url or "",
        "Image Position": str(place),
        "Image Alt Text": image.alt or "",
    }


def _digits(text: str) -> str:
    """A SKU or barcode as Shopify writes it: an apostrophe at its beginning would be taken off."""
    return f"'{text}" if text.startswith("'") else text


def _yes(is_so: bool) -> str:
    return "true" if is_so else "false"
