"""The orders of a list as a file for spreadsheets, written while it is read.

Knows columns; refuses to hold more than some hundred orders at a time, and any cell that a spreadsheet would run.
"""

import csv
import io
from collections.abc import Iterator

from flask_babel import gettext as _

from storefront.config import settings
from storefront.database import release
from storefront.money import Money
from storefront.orders.listing import listed
from storefront.orders.rows import OrderRow
from storefront.orders.sought import Sought
from storefront.staff.order_list import parcel_text, payment_tag
from storefront.transfer.guard import guarded

# Enough that asking takes less time than writing; the file's lines leave as they are made.
AT_ONCE = 500


def orders_file(sought: Sought) -> Iterator[str]:
    """The header, then a line for each order, in the list's order. No connection is held while a line is sent."""
    yield _line(_titles())
    after: int | None = None
    while True:
        page = listed(sought, after=after, size=AT_ONCE)
        release()
        yield "".join(_line(_cells(row)) for row in page.rows)
        if page.after is None:
            return
        after = page.after


def _titles() -> list[str]:
    return [
        _("Order"),
        _("Placed at"),
        _("Name"),
        _("E-mail address"),
        _("City"),
        _("Country"),
        _("Goods"),
        _("Payment"),
        _("Parcel"),
        _("Discount"),
        _("Total"),
        _("Paid by credit"),
        _("Paid by card"),
        _("Refunded"),
        _("Currency"),
    ]


def _cells(row: OrderRow) -> list[str]:
    return [
        str(row.number),
        row.placed_at.astimezone(settings().timezone).isoformat(timespec="seconds"),
        row.name,
        row.email,
        row.city,
        row.country,
        str(row.pieces),
        payment_tag(row).text,
        parcel_text(row),
        _plain(row.discount),
        _plain(row.total),
        _plain(row.by_credit),
        _plain(row.by_card),
        _plain(row.refunded),
        row.total.currency,
    ]


def _plain(amount: Money) -> str:
    return f"{amount.decimal:f}"


def _line(cells: list[str]) -> str:
    made = io.StringIO()
    csv.writer(made).writerow(map(guarded, cells))
    return made.getvalue()
