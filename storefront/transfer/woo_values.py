"""What the cells of a WooCommerce row say of prices, pieces and weights.

Knows what WooCommerce sells and for how much; refuses to know what a product is made of.
"""

import re
from datetime import date

from flask_babel import gettext as _

from storefront.money import Money
from storefront.transfer.cells import Group, Unreadable, amount_of, pieces_of, refuse
from storefront.transfer.csvfile import Row
from storefront.transfer.weights import grams

_UNITS = ("kg", "g", "lbs", "oz")
_DIGIT = re.compile(r"[0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO = {"", "0", "no", "false"}


class NotPriced(Unreadable):
    """A row has no price: WooCommerce shows it and does not sell it."""


def prices_of(group: Group, row: Row, currency: str, today: date) -> tuple[Money, Money | None]:
    """What the row's variant costs on the day `today`, and what it cost before (zero for nothing, None where the
    file has no sale prices): a sale price counts on its days, and where it is below the regular one.

    Raises NotPriced and Unreadable.
    """
    regular = amount_of(group, row, "regular", currency)
    if regular is None:
        raise NotPriced(_("The price is missing."), line=row.line)
    if not group.has("sale"):
        return regular, None
    nothing = Money.zero(currency)
    sale = amount_of(group, row, "sale", currency)
    if sale is None:
        return regular, nothing
    if sale >= regular:
        group.remarks["not_reduced"] += 1
        return regular, nothing
    starts, ends = _day(group, row, "sale_starts"), _day(group, row, "sale_ends")
    if (starts and today < starts) or (ends and today > ends):
        group.remarks["not_on_sale"] += 1
        return regular, nothing
    return sale, regular


def stock_of(group: Group, row: Row) -> tuple[bool | None, int | None]:
    """Whether the variant's pieces are counted, and how many there are (None: not said).

    `In stock?` alone counts nothing, but 0 says that there is none. Raises Unreadable where a parent's pieces are
    counted for several variations together: each of them would be sold as often as there are pieces in all.
    """
    if not group.has("stock") and not group.has("in_stock"):
        return None, None
    text = group.cell(row, "stock")
    is_shared = text.lower() == "parent" or (not text and row is not group.rows[0])
    holder = group.rows[0] if is_shared and _DIGIT.search(group.first("stock")) else row
    if holder is row and text.lower() in {"", "parent"}:
        return _uncounted(group, row)
    if group.cell(holder, "backorders").lower() not in _NO:
        group.remarks["uncounted"] += 1
        return False, None
    pieces = pieces_of(group, holder, "stock")
    if holder is not row and pieces and len(group.rows) > 2:
        refuse(row, _("The pieces of all variations are counted together: give each its own stock."))
    return True, pieces


def _uncounted(group: Group, row: Row) -> tuple[bool | None, int | None]:
    if group.has("in_stock") and group.cell(row, "in_stock").lower() in {"0", "no", "false"}:
        return True, 0
    return (False, None) if group.has("stock") else (None, None)


def grams_of(group: Group, row: Row) -> int | None:
    """What it weighs, in whole grams; a variation that does not say weighs what its product does."""
    unit = next((unit for unit in _UNITS if group.has(f"weight_{unit}")), None)
    if unit is None:
        group.remarks["no_unit"] += bool(group.cell(row, "weight"))
        return None
    name = f"weight_{unit}"
    text = group.cell(row, name) or group.first(name) or "0"
    weight = grams(text, unit)
    if weight is None:
        refuse(row, _("The weight cannot be read: %(text)s.", text=f"{text[:40]} {unit}"))
    return weight


def _day(group: Group, row: Row, name: str) -> date | None:
    """The day of a date with or without a time; the shop's own calendar counts."""
    text = group.cell(row, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10] if _DATE.match(text) else "")
    except ValueError:
        refuse(row, _("“%(text)s” is no date such as 2026-05-31.", text=text[:40]))
