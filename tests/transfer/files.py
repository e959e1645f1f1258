"""Shopify product files for tests, in the wording of its exports; every text is our own.

Knows columns and quoting; refuses to know what becomes of them.
"""

import csv
import io
from pathlib import Path

COLUMNS = (
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"),
    *("Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value"),
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
    *("Variant Inventory Policy", "Variant Price", "Variant Compare At Price", "Variant Requires Shipping"),
    *("Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "Gift Card", "Status"),
)

# What a product without options says of itself.
PLAIN = {
    "Title": "Teapot",
    "Published": "true",
    "Option1 Name": "Title",
    "Option1 Value": "Default Title",
    "Variant Price": "24.00",
    "Variant Inventory Policy": "deny",
    "Gift Card": "false",
    "Status": "active",
}


def plain(handle: str = "teapot", **cells: str) -> dict[str, str]:
    """The row of a product without options; cells by header, with spaces as underscores: `Variant_Price="3"`."""
    return {"Handle": handle, **PLAIN, **_cells(cells)}


def sized(handle: str, size: str, **cells: str) -> dict[str, str]:
    """The first row of a product with sizes."""
    choice = {"Option1 Name": "Size", "Option1 Value": size}
    return {"Handle": handle, **PLAIN, **choice, **_cells(cells)}


def further(handle: str = "teapot", **cells: str) -> dict[str, str]:
    """A further row of the product above."""
    return {"Handle": handle, **_cells(cells)}


def text_of(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """The rows as a file's text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="raise", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def a_file(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    """A file of these rows."""
    return raw_file(folder, text_of(*rows, columns=columns).encode())


def raw_file(folder: Path, content: bytes) -> Path:
    """A file of exactly these bytes."""
    path = folder / "products.csv"
    path.write_bytes(content)
    return path


def _cells(cells: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", " "): value for name, value in cells.items()}
