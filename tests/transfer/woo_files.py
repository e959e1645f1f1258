"""WooCommerce product files for tests, in the wording of its exports; every text is our own.

Knows columns and quoting; refuses to know what becomes of them.
"""

from pathlib import Path

from tests.transfer.files import a_file

COLUMNS = (
    *("ID", "Type", "SKU", "Name", "Published", "Visibility in catalog", "Short description", "Description"),
    *("Date sale price starts", "Date sale price ends", "In stock?", "Stock", "Backorders allowed?"),
    *("Weight (kg)", "Sale price", "Regular price", "Categories", "Images", "Parent", "Position"),
    *("Attribute 1 name", "Attribute 1 value(s)", "Attribute 2 name", "Attribute 2 value(s)"),
)

Cells = dict[str, str]


def simple(name: str = "Teapot", **cells: str) -> Cells:
    """The row of a simple product; `_` for a space, as in `Regular_price="3"`."""
    return _row({"Type": "simple", "Name": name, "Regular price": "24"}, cells)


def variable(name: str = "Tee", sku: str = "tee", *, sizes: str = "S, M", **cells: str) -> Cells:
    """The row of a product with sizes."""
    own = {"Type": "variable", "Name": name, "SKU": sku}
    return _row(own | {"Attribute 1 name": "Size", "Attribute 1 value(s)": sizes}, cells)


def variation(size: str, parent: str = "tee", **cells: str) -> Cells:
    """The row of a size of it."""
    own = {"Type": "variation", "Parent": parent, "Regular price": "24"}
    return _row(own | {"Attribute 1 name": "Size", "Attribute 1 value(s)": size}, cells)


def a_woo_file(folder: Path, *rows: Cells, columns: tuple[str, ...] = COLUMNS) -> Path:
    """A file of these rows."""
    return a_file(folder, *rows, columns=columns)


# Headers that no keyword can spell.
_SPELT = {"in_stock": "In stock?", "backorders": "Backorders allowed?", "weight": "Weight (kg)"}


def _row(own: Cells, cells: Cells) -> Cells:
    common = {"Published": "1", "In stock?": "1", "Backorders allowed?": "0"}
    said = {_SPELT.get(name) or _header(name): cell for name, cell in cells.items()}
    return common | own | said


def _header(name: str) -> str:
    spaced = name.replace("_", " ")
    return f"{spaced.removesuffix(' values')} value(s)" if spaced.endswith(" values") else spaced
