"""The cells of a Shopify file, each with what it says: amounts, pieces, grams, yes and no.

Knows how Shopify writes a value; refuses to know what a product is made of.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from flask_babel import gettext as _

from storefront.catalogue.facts import MOST_PIECES
from storefront.errors import Refused
from storefront.money import Money, NotAnAmount
from storefront.transfer.csvfile import Row

_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_WHOLE = re.compile(r"-?[0-9]{1,12}(?:\.0+)?")


class Unreadable(Refused):
    """A product's rows say something that cannot be imported; `line` is the row's."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Group:
    """The rows of one product, as they follow each other in the file."""

    handle: str
    rows: list[Row]
    columns: Mapping[str, int]
    remarks: Counter[str] = field(default_factory=Counter)

    def cell(self, row: Row, name: str) -> str:
        """A cell without the space around it; empty where the file has no such column."""
        index = self.columns.get(name)
        return "" if index is None else row.cells[index].strip()

    def first(self, name: str) -> str:
        """A cell of the first row, in which Shopify says all that is of the product, not of a variant."""
        return self.cell(self.rows[0], name)

    def has(self, name: str) -> bool:
        """Whether the file has the column: what it lacks is not said, and stays as it is."""
        return name in self.columns


def price_of(group: Group, row: Row, currency: str) -> Money:
    """What the row's variant costs. Raises Unreadable."""
    text = group.cell(row, "price")
    if not text:
        refuse(row, _("The price is missing."))
    return _amount(row, text, currency, "price")


def compare_at_of(group: Group, row: Row, price: Money) -> Money:
    """What it cost before: nothing where that is not above the price. Raises Unreadable."""
    text = group.cell(row, "compare_at")
    nothing = Money.zero(price.currency)
    if not text:
        return nothing
    before = _amount(row, text, price.currency, "compare_at")
    if before.minor and before.minor <= price.minor:
        group.remarks["not_reduced"] += 1
        return nothing
    return before


def _amount(row: Row, text: str, currency: str, name: str) -> Money:
    # Words are looked up where they are needed only: a file has a hundred thousand prices.
    try:
        amount = Money.parse(text, currency)
    except NotAnAmount as error:
        refuse(row, _("The %(name)s cannot be read: %(reason)s", name=_word(name), reason=error.message))
    if amount.minor < 0:
        refuse(row, _("The %(name)s is below zero: %(text)s.", name=_word(name), text=text[:40]))
    return amount


def _word(name: str) -> str:
    return _("price") if name == "price" else _("price before")


def stock_of(group: Group, row: Row) -> tuple[bool | None, int | None]:
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
    text = group.cell(row, "quantity")
    if not text:
        group.remarks["no_quantity"] += 1
        return True, None
    pieces = int(Decimal(text)) if _WHOLE.fullmatch(text) else MOST_PIECES + 1
    if pieces > MOST_PIECES:
        refuse(row, _("The quantity is not a whole number: %(text)s.", text=text[:40]))
    if pieces < 0:
        group.remarks["oversold"] += 1
    return True, max(pieces, 0)


def grams_of(group: Group, row: Row) -> int:
    """What it weighs, in whole grams; blank is nothing. Raises Unreadable."""
    text = group.cell(row, "grams") or "0"
    try:
        grams = Decimal(text) if text.isascii() else Decimal(-1)
    except InvalidOperation:
        grams = Decimal(-1)
    if not (grams.is_finite() and 0 <= grams <= MOST_PIECES):
        refuse(row, _("The weight is not a number of grams: %(text)s.", text=text[:40]))
    return round(grams)


def said_yes(group: Group, row: Row, name: str, *, default: bool) -> bool:
    """Whether a cell says yes; `default` where it is blank. Raises Unreadable."""
    text = group.cell(row, name).lower()
    if not text:
        return default
    if text not in _YES:
        refuse(row, _("“%(text)s” is neither true nor false.", text=text[:40]))
    return _YES[text]


def one_line(text: str) -> str:
    """Text as one line, without characters that cannot be seen."""
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(c for c in text if c.isprintable())


def refuse(row: Row, message: str) -> NoReturn:
    """Leave the product out because of this row."""
    raise Unreadable(message, line=row.line)
