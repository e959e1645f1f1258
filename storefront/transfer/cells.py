"""The cells of a product's rows, each with what it says: amounts, pieces, yes and no.

Knows how values are written; refuses to know what a product is made of.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn

from flask_babel import gettext as _

from storefront.catalogue.facts import MOST_PIECES
from storefront.errors import Refused
from storefront.money import Money, NotAnAmount
from storefront.transfer.csvfile import Row
from storefront.transfer.guard import unguarded

_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_WHOLE = re.compile(r"-?[0-9]{1,12}(?:\.0+)?")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_LONGEST_ADDRESS = 2_000
# Cannot be printed, or break at a line's end, and are still part of what is written: French spacing, Persian, emoji.
_PART_OF_TEXT = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_BREAKS = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")


class Unreadable(Refused):
    """A product's rows say something that cannot be imported; `line` is the row's."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Group:
    """The rows of one product; all that is said of it as a whole stands in the first of them."""

    handle: str
    rows: list[Row]
    columns: Mapping[str, int]
    remarks: Counter[str] = field(default_factory=Counter)

    def cell(self, row: Row, name: str) -> str:
        """A cell without the space around it and what guards it; empty where the file has no such column."""
        index = self.columns.get(name)
        return "" if index is None else unguarded(row.cells[index].strip())

    def first(self, name: str) -> str:
        """A cell of the first row."""
        return self.cell(self.rows[0], name)

    def has(self, name: str) -> bool:
        """Whether the file has the column: what it lacks is not said, and stays as it is."""
        return name in self.columns


def amount_of(group: Group, row: Row, name: str, currency: str) -> Money | None:
    """The amount in a cell, None where it is blank. Raises Unreadable."""
    text = group.cell(row, name)
    if not text:
        return None
    # Words are looked up where they are needed only: a file has a hundred thousand prices.
    try:
        amount = Money.parse(text, currency)
    except NotAnAmount as error:
        refuse(row, _("The %(name)s cannot be read: %(reason)s", name=_word(name), reason=error.message))
    if amount.minor < 0:
        refuse(row, _("The %(name)s is below zero: %(text)s.", name=_word(name), text=text[:40]))
    return amount


def price_of(group: Group, row: Row, currency: str) -> Money:
    """What the row's variant costs. Raises Unreadable."""
    price = amount_of(group, row, "price", currency)
    if price is None:
        refuse(row, _("The price is missing."))
    return price


def _word(name: str) -> str:
    words = {"compare_at": _("price before"), "regular": _("regular price"), "sale": _("sale price")}
    return words.get(name) or _("price")


def pieces_of(group: Group, row: Row, name: str) -> int:
    """The pieces in a cell that is not blank; below zero is read as none, and told. Raises Unreadable."""
    text = group.cell(row, name)
    pieces = int(Decimal(text)) if _WHOLE.fullmatch(text) else MOST_PIECES + 1
    if pieces > MOST_PIECES:
        refuse(row, _("The quantity is not a whole number: %(text)s.", text=text[:40]))
    if pieces < 0:
        group.remarks["oversold"] += 1
    return max(pieces, 0)


def is_web_address(text: str) -> bool:
    """Whether a picture could be fetched from there."""
    return text.lower().startswith(("https://", "http://")) and len(text) <= _LONGEST_ADDRESS


def said_yes(group: Group, row: Row, name: str, *, default: bool) -> bool:
    """Whether a cell says yes; `default` where it is blank. Raises Unreadable."""
    text = group.cell(row, name).lower()
    if not text:
        return default
    if text not in _YES:
        refuse(row, _("“%(text)s” is neither true nor false.", text=text[:40]))
    return _YES[text]


def number_of(group: Group, row: Row, name: str) -> int:
    """A whole number, 0 where the cell is blank. Raises Unreadable."""
    text = group.cell(row, name) or "0"
    if not _NUMBER.fullmatch(text):
        refuse(row, _("“%(text)s” is no whole number.", text=text[:40]))
    return int(text)


def one_line(text: str) -> str:
    """Text as one line, without characters that cannot be seen; one line again gives itself."""
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c.isspace() or c in _PART_OF_TEXT)
    return _BREAKS.sub(" ", text).strip(f" {_PART_OF_TEXT}")


def refuse(row: Row, message: str) -> NoReturn:
    """Leave the product out because of this row."""
    raise Unreadable(message, line=row.line)
