"""The figures of a period as a file for spreadsheets.

Knows columns; refuses to count anything itself.
"""

import csv
import io

from flask_babel import gettext as _

from storefront.money import Money
from storefront.staff.sales_page import Counted
from storefront.transfer.guard import guarded


def sales_file(figures: Counted) -> str:
    """One line for each part; amounts are plain decimals of the shop's currency, which no spreadsheet runs."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(guarded(title) for title in _titles())
    for part, now, before in zip(figures.parts, figures.now, figures.before, strict=True):
        amounts = (now.sales, now.refunds, now.disputes, now.net, before.net)
        days = (part.first.isoformat(), part.last.isoformat())
        lines.writerow([*days, now.orders, *map(_plain, amounts), figures.currency])
    return file.getvalue()


def _titles() -> tuple[str, ...]:
    return (
        _("First day"),
        _("Last day"),
        _("Orders"),
        _("Sales"),
        _("Refunds"),
        _("Disputes"),
        _("Net"),
        _("Net before"),
        _("Currency"),
    )


def _plain(amount: Money) -> str:
    return f"{amount.decimal:f}"
