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
    for account, what, rate, amount in (*_sales(made), *_stripe(made)):
        lines.writerow([account, what, rate, f"{amount.decimal:f}", amount.currency])
    return file.getvalue()


def _sales(made: Statement) -> Iterator[tuple[str, str, str, Money]]:
    for row in made.rates:
        rate = f"{row.rate_bp / 100:g}"
        yield "invoices", "net", rate, row.invoiced.net
        yield "invoices", "tax", rate, row.invoiced.tax
        yield "credit notes", "net", rate, -row.credited.net
        yield "credit notes", "tax", rate, -row.credited.tax
    moved = made.takings
    yield "ledger", "captured", "", moved.sales
    yield "ledger", "of it without invoice", "", made.not_invoiced
    yield "ledger", "refunded", "", moved.refunds
    yield "ledger", "of it without credit note", "", -made.not_credited
    yield "ledger", "disputed", "", moved.disputes
    yield "ledger", "net", "", moved.net


def _stripe(made: Statement) -> Iterator[tuple[str, str, str, Money]]:
    for sums in made.balance:
        yield "stripe", "payments", "", sums.charges
        yield "stripe", "refunds", "", sums.refunds
        yield "stripe", "disputes", "", sums.disputes
        yield "stripe", "fees", "", sums.fees
        yield "stripe", "other", "", sums.other
        yield "stripe", "payouts", "", sums.payouts
        yield "stripe", "net", "", sums.net
