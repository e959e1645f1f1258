"""Products as the rows of a WooCommerce file.

Knows how WooCommerce says a product and its variations; refuses to know where the file goes.
"""

from collections.abc import Iterator
from decimal import Decimal

from storefront.catalogue.facts import VariantFacts
from storefront.catalogue.models import MOST_OPTIONS, ProductState
from storefront.catalogue.whole import Whole
from storefront.transfer import unit_prices
from storefront.transfer.entities import html_of, long_cell, with_entities
from storefront.transfer.lists import escaped, one_cell

_ATTRIBUTES = range(1, MOST_OPTIONS + 1)
HEADER = (
    *("Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Slug", "Published", "Visibility in catalog"),
    *("Short description", "Description", "In stock?", "Stock", "Backorders allowed?", "Weight (kg)"),
    *(
        "Sale price",
        "Regular price",
        "Categories",
        "Category slugs",
        "Images",
        "Parent",
        "Position",
        "Brands",
        "Gift card",
    ),
    *unit_prices.HEADER,
    *(f"Attribute {n} {part}" for n in _ATTRIBUTES for part in ("name", "value(s)", "visible", "global")),
)


def rows(whole: Whole) -> Iterator[dict[str, str]]:
    """The rows of a product, cells by header: it alone, or with its variations below it.

    A variable product has no SKU of its own here; its address takes that place, for its variations to name.
    """
    facts = whole.facts
    first = _product(whole)
    if not facts.options:
        yield first | _variant(facts.variants[0])
        return
    is_sold = any(variant.pieces != 0 for variant in facts.variants)
    lists = (
        one_cell(with_entities(value) for value in dict.fromkeys(v.values[i] for v in facts.variants))
        for i in range(len(facts.options))
    )
    yield (
        first
        | _attributes(facts.options, lists)
        | {
            "Type": "variable",
            "SKU": facts.slug,
            "In stock?": _yes(is_sold),
        }
    )
    for position, variant in enumerate(facts.variants):
        own = _variant(variant)
        values = (escaped(with_entities(value)) for value in variant.values)
        yield (
            own
            | _attributes(facts.options, values)
            | {
                "Type": own["Type"].replace("simple", "variation"),
                "Name": f"{with_entities(facts.title)} - {with_entities(', '.join(variant.values))}",
                "Published": "1",
                "Visibility in catalog": "visible",
                "Parent": facts.slug,
                "Position": str(position),
            }
        )


def _product(whole: Whole) -> dict[str, str]:
    facts = whole.facts
    return {
        "Name": with_entities(facts.title),
        "Slug": facts.slug,
        "Published": "1" if facts.state is ProductState.PUBLISHED else "-1",
        "Visibility in catalog": "visible",
        "Short description": html_of(facts.subtitle or ""),
        "Description": long_cell(facts.description or ""),
        "Backorders allowed?": "0",
        "Categories": one_cell(map(with_entities, whole.collections.values())),
        "Category slugs": one_cell(whole.collections),
        "Images": one_cell(image.source_url or "" for image in facts.images or ()),
        "Position": str(facts.position or 0),
        "Brands": escaped(with_entities(facts.vendor or "")),
        "Gift card": _yes(bool(facts.is_gift_card)),
    }


def _variant(variant: VariantFacts) -> dict[str, str]:
    regular, sale = variant.compare_at or variant.price, variant.price if variant.compare_at else None
    kilograms = Decimal(variant.weight_grams or 0) / 1000
    return {
        "Type": "simple" if variant.requires_shipping is not False else "simple, virtual",
        "SKU": variant.sku or "",
        "GTIN, UPC, EAN, or ISBN": variant.barcode or "",
        "In stock?": _yes(variant.pieces != 0),
        "Stock": str(variant.on_hand) if variant.is_counted else "",
        "Backorders allowed?": "0",
        "Weight (kg)": f"{kilograms:f}" if kilograms else "",
        "Sale price": f"{sale.decimal:f}" if sale is not None else "",
        "Regular price": f"{regular.decimal:f}",
        **unit_prices.cells_of(variant.contents),
    }


def _attributes(names: tuple[str, ...], values: Iterator[str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for number, (name, value) in enumerate(zip(names, values, strict=True), start=1):
        cells[f"Attribute {number} name"] = with_entities(name)
        cells[f"Attribute {number} value(s)"] = value
        cells[f"Attribute {number} visible"] = "1"
        cells[f"Attribute {number} global"] = "0"
    return cells


def _yes(is_so: bool) -> str:
    return "1" if is_so else "0"
