"""The books of a month as a file for whoever keeps the accounts.

Knows columns; refuses to count anything itself.
"""

import csv
import io
from collections.abc import Iterator

from flask_babel import gettext as _

from storefront.money import Money
from storefront.reports.statement import Statement
from storefront.transfer.guard import guarded


def books_file(made: Statement) -> str:
    """One line for each sum, signed, in plain decimals: its account, what it is, the rate of tax where it has one."""
    file = io.StringIO()
    lines = csv.writer(file)
    titles = (_("Account"), _("What"), _("Tax rate in %"), _("Amount"), _("Currency"))
    lines.writerow([guarded(title) for title in titles])
    for account, what, rate, amount in (*_sales(made), *_credit(made), *_stripe(made)):
        lines.writerow([account, what, rate, f"{amount.decimal:f}", amount.currency])
    return file.getvalue()


Row = tuple[str, str, str, Money]


def _sales(made: Statement) -> Iterator[Row]:
    for row in made.rates:
        rate = f"{row.rate_bp / 100:g}"
        yield "invoices", "net", rate, row.invoiced.net
        yield "invoices", "tax", rate, row.invoiced.tax
        yield "credit notes", "net", rate, -row.credited.net
        yield "credit notes", "tax", rate, -row.credited.tax
    moved = made.takings
    yield from _of(
        "ledger",
        ("captured", moved.captured),
        ("paid by gift cards and credit", moved.by_credit),
        ("of it without invoice", made.not_invoiced),
        ("refunded", moved.by_stripe),
        ("refunded as credit", moved.as_credit),
        ("of it without credit note", -made.not_credited),
        ("disputed", moved.disputes),
        ("net", moved.net),
        ("of it gift cards sold, less those taken back", moved.cards_sold + moved.cards_back),
    )


def _credit(made: Statement) -> Iterator[Row]:
    sums = made.credit
    return _of(
        "credit",
        ("outstanding before", sums.before),
        ("gift cards sold", sums.sold),
        ("gift cards taken back", sums.taken_back),
        ("given and put right by staff", sums.by_staff),
        ("refunded", sums.refunded),
        ("spent", sums.spent),
        ("outstanding after", sums.after),
    )


def _stripe(made: Statement) -> Iterator[Row]:
    for sums in made.balance:
        yield from _of(
            "stripe",
            ("payments", sums.charges),
            ("refunds", sums.refunds),
            ("disputes", sums.disputes),
            ("fees", sums.fees),
            ("other", sums.other),
            ("payouts", sums.payouts),
            ("net", sums.net),
        )


def _of(account: str, *sums: tuple[str, Money]) -> Iterator[Row]:
    """Sums of one account that no rate of tax belongs to."""
    return ((account, what, "", amount) for what, amount in sums)
