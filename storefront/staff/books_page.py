"""The books of a month as they are printed: tables, and what the last checks found.

Knows words; refuses to count anything itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.numbers import format_percent
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from storefront.config import settings
from storefront.money import Money
from storefront.payments.models import BooksCheck, CheckKind
from storefront.pricing.tax import TaxSplit
from storefront.reports.periods import ONE_DAY, Period
from storefront.reports.queries import Checks
from storefront.reports.statement import BalanceSums, Statement
from storefront.web.text import moment_text, money_text, page_locale, skeleton

# What a reconcile put right, by the names of `webhooks/actions.py`.
CHANGES: Mapping[str, Any] = {
    "events": _l("events taken in"),
    "payments": _l("payments settled"),
    "holds": _l("holds ended"),
    "refunds": _l("refunds followed"),
    "refunds at Stripe": _l("refunds found at Stripe"),
    "disputes": _l("disputes followed"),
    "disputes at Stripe": _l("disputes found at Stripe"),
    "balance": _l("movements of Stripe's balance taken in"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of tax; texts."""

    name: str
    net: str
    tax: str
    gross: str
    credited: str
    credited_tax: str
    due: str


@dataclass(frozen=True, slots=True)
class Amount:
    """One line of a sum; `is_sum` where a line is drawn above it, `note` says what it is."""

    name: str
    text: str
    is_sum: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Stripe's account in one currency."""

    currency: str
    lines: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check that found something."""

    title: str
    when: str
    changes: str
    problems: tuple[str, ...]
    more: str


@dataclass(frozen=True, slots=True)
class BooksShown:
    """All of the page. `verdict` is the last proof in words, `is_right` None before any."""

    month: str
    before: str
    after: str
    ledger: tuple[Amount, ...]
    credit: tuple[Amount, ...]
    rates: tuple[Rate, ...]
    rate_sum: Rate
    accounts: tuple[Account, ...]
    until: str
    difference: str
    verdict: str
    is_right: bool | None
    reconciled: str
    findings: tuple[Finding, ...]


def books_shown(made: Statement, found: Checks, *, first: date, today: date) -> BooksShown:
    """The page of a month; `first` is the first day of the books, and no month after today has any."""
    month = made.period
    return BooksShown(
        month=name_of_month(month),
        before=_key(month.first - ONE_DAY) if month.first > first else "",
        after=_key(month.last + ONE_DAY) if month.last < today else "",
        ledger=_ledger(made),
        credit=_credit(made),
        rates=tuple(
            _rate(_percent(row.rate_bp), row.invoiced, row.credited, row.tax_due) for row in made.rates
        ),
        rate_sum=_rate_sum(made),
        accounts=tuple(Account(each.currency, _account(each)) for each in made.balance),
        until=moment_text(made.balance_until) if made.balance_until else "",
        difference=money_text(made.difference) if made.difference else "",
        verdict=_verdict(found.proof),
        is_right=found.proof.is_right if found.proof else None,
        reconciled=moment_text(found.reconcile.ended_at) if found.reconcile else "",
        findings=tuple(map(_finding, found.found)),
    )


def name_of_month(month: Period) -> str:
    """“November 2026”."""
    return str(skeleton("yMMMM", month.first, page_locale()))


def _key(day: date) -> str:
    return f"{day:%Y-%m}"


def _ledger(made: Statement) -> tuple[Amount, ...]:
    moved = made.takings
    lines = [
        Amount(_("Invoiced, tax included"), money_text(made.invoiced)),
        Amount(
            _("Came in without an invoice"),
            money_text(made.not_invoiced),
            note=_(
                "Paid twice or too much, or waiting for a decision; below zero for invoices paid in another month."
            ),
        ),
        Amount(_("Paid by customers"), money_text(moved.sales), is_sum=True),
        Amount(_("Of it by gift cards and credit"), money_text(moved.by_credit)),
        Amount(_("Credited, tax included"), money_text(-made.credited)),
        Amount(_("Came back from refunds, or went without a credit note"), money_text(-made.not_credited)),
        Amount(_("Given back"), money_text(moved.refunds), is_sum=True),
        Amount(_("Of it as credit"), money_text(moved.as_credit)),
        Amount(
            _("Kept by disputes"),
            money_text(moved.disputes),
            note=_("Taken off: what banks took back, less what disputes that were won brought again."),
        ),
        Amount(_("Net takings"), money_text(moved.net), is_sum=True),
    ]
    unusual = {
        lines[1].name: made.not_invoiced,
        lines[3].name: moved.by_credit,
        lines[5].name: made.not_credited,
        lines[7].name: moved.as_credit,
    }
    return tuple(line for line in lines if line.name not in unusual or unusual[line.name])


def _credit(made: Statement) -> tuple[Amount, ...]:
    """What is owed on gift cards and store credit; nothing in shops that owe none."""
    sums = made.credit
    lines = (
        (_("Owed before"), sums.before),
        (_("Gift cards sold"), sums.sold),
        (_("Gift cards taken back"), sums.taken_back),
        (_("Given and put right by staff"), sums.by_staff),
        (_("Refunds paid as credit"), sums.refunded),
        (_("Spent by orders"), sums.spent),
    )
    if not any(amount for _name, amount in lines):
        return ()
    shown = tuple(Amount(name, money_text(amount)) for name, amount in lines if amount)
    return (*shown, Amount(_("Credit outstanding at the end"), money_text(sums.after), is_sum=True))


def _rate(name: str, invoiced: TaxSplit, credited: TaxSplit, due: Money) -> Rate:
    return Rate(
        name,
        net=money_text(invoiced.net),
        tax=money_text(invoiced.tax),
        gross=money_text(invoiced.total),
        credited=money_text(credited.total),
        credited_tax=money_text(credited.tax),
        due=money_text(due),
    )


def _rate_sum(made: Statement) -> Rate:
    nothing = Money.zero(made.currency)

    def added(part: str, of: str) -> str:
        return money_text(sum((getattr(getattr(row, part), of) for row in made.rates), start=nothing))

    return Rate(
        _("In all"),
        net=added("invoiced", "net"),
        tax=added("invoiced", "tax"),
        gross=added("invoiced", "total"),
        credited=added("credited", "total"),
        credited_tax=added("credited", "tax"),
        due=money_text(made.tax_due),
    )


def _account(sums: BalanceSums) -> tuple[Amount, ...]:
    lines = (
        (_("Payments"), sums.charges, False),
        (_("Refunds"), sums.refunds, False),
        (_("Disputes"), sums.disputes, False),
        (_("Moved by customers and their banks"), sums.of_customers, True),
        (_("Stripe's fees"), sums.fees, False),
        (_("Other"), sums.other, False),
        (_("Paid out to the bank"), sums.payouts, False),
        (_("Change of the balance"), sums.net, True),
    )
    return tuple(
        Amount(name, money_text(amount), is_sum=is_sum)
        for name, amount, is_sum in lines
        if amount or name != _("Other")
    )


def _percent(basis_points: int) -> str:
    return str(format_percent(basis_points / 10_000, format="#,##0.##%", locale=page_locale()))


def _verdict(proof: BooksCheck | None) -> str:
    if proof is None:
        return _("The books have not been proven yet: the worker does it every night.")
    when = moment_text(proof.ended_at)
    if proof.is_right:
        return _("The books were right on %(when)s.", when=when)
    return ngettext(
        "%(num)s difference on %(when)s.",
        "%(num)s differences on %(when)s.",
        proof.problem_count,
        when=when,
    )


def _finding(check: BooksCheck) -> Finding:
    is_proof = check.kind == CheckKind.PROOF
    unsaid = check.problem_count - len(check.problems)
    return Finding(
        title=_("Proof") if is_proof else _("Comparison with Stripe"),
        when=moment_text(check.ended_at),
        changes=", ".join(f"{count} {CHANGES.get(name, name)}" for name, count in check.changed.items()),
        problems=tuple(check.problems),
        more=ngettext("%(num)s more", "%(num)s more", unsaid) if unsaid else "",
    )


def month_of(text: str, *, today: date) -> Period:
    """The month that an address names as 2026-11; this month where it names none."""
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=settings().timezone).date()
    except ValueError:
        first = today.replace(day=1)
    if not 2000 <= first.year < 2100:
        first = today.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Period(first, following - ONE_DAY)


def day_of(moment: datetime | None, *, today: date) -> date:
    """The shop's day of an instant; today where there is none."""
    return moment.astimezone(settings().timezone).date() if moment else today
