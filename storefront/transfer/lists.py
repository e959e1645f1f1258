"""Lists within one cell: `Tea, Cups\\, and more`, in WooCommerce's way, with commas escaped by a backslash.

Knows separators and escapes; refuses to know what is listed.
"""

import re
from collections.abc import Iterable

# A comma that no backslash escapes.
_SEPARATOR = re.compile(r"(?<!\\),")


def items_of(cell: str) -> list[str]:
    """The items of a list, without the space around them; empty ones are passed over."""
    if "," not in cell:
        items = [cell.strip()]
    else:
        items = [item.replace("\\,", ",").strip() for item in _SEPARATOR.split(cell)]
    return [item for item in items if item]


def item_of(cell: str) -> str:
    """A cell that is written like a list, but means one item."""
    return cell.replace("\\,", ",").strip()


def one_cell(items: Iterable[str]) -> str:
    """The items as one cell that `items_of` reads."""
    # A backslash at an item's end would escape the separator; a space between them is taken off again.
    return ", ".join(f"{item} " if item.endswith("\\") else item for item in map(escaped, items))


def escaped(item: str) -> str:
    """One item as a list has it."""
    return item.replace(",", "\\,")
