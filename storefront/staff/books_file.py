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


def _sales(made: Statement) -> Iterator[tuple[str, str, str, Money]]:
    for row in made.rates:
        rate = f"{row.rate_bp / 100:g}"
        yield "invoices", "net", rate, row.invoiced.net
        yield "invoices", "tax", rate, row.invoiced.tax
        yield "credit notes", "net", rate, -row.credited.net
        yield "credit notes", "tax", rate, -row.credited.tax
    moved = made.takings
    yield "ledger", "captured", "", moved.captured
    yield "ledger", "paid by gift cards and credit", "", moved.by_credit
    yield "ledger", "of it without invoice", "", made.not_invoiced
    yield "ledger", "refunded", "", moved.by_stripe
    yield "ledger", "refunded as credit", "", moved.as_credit
    yield "ledger", "of it without credit note", "", -made.not_credited
    yield "ledger", "disputed", "", moved.disputes
    yield "ledger", "net", "", moved.net
    yield "ledger", "of it gift cards sold, less those taken back", "", moved.cards_sold + moved.cards_back


def _credit(made: Statement) -> Iterator[tuple[str, str, str, Money]]:
    sums = made.credit
    yield "credit", "outstanding before", "", sums.before
    yield "credit", "gift cards sold", "", sums.sold
    yield "credit", "gift cards taken back", "", sums.taken_back
    yield "credit", "given and put right by staff", "", sums.by_staff
    yield "credit", "refunded", "", sums.refunded
    yield "credit", "spent", "", sums.spent
    yield "credit", "outstanding after", "", sums.after


def _stripe(made: Statement) -> Iterator[tuple[str, str, str, Money]]:
    for sums in made.balance:
        yield "stripe", "payments", "", sums.charges
        yield "stripe", "refunds", "", sums.refunds
        yield "stripe", "disputes", "", sums.disputes
        yield "stripe", "fees", "", sums.fees
        yield "stripe", "other", "", sums.other
        yield "stripe", "payouts", "", sums.payouts
        yield "stripe", "net", "", sums.net
