"""The statement of a month: what was sold, by rate of tax, what went back, and what Stripe kept and paid out.

Knows ledger, invoices, credit notes and Stripe's balance; refuses to know how they are printed. Every sum here is the
ledger's: what no invoice or credit note stands for is a line of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront.config import settings
from storefront.database import read
from storefront.money import Money, total
from storefront.orders.books import Document, DocumentKind
from storefront.orders.models import Order, OrderLine
from storefront.payments.models import BalanceMovement
from storefront.pricing.tax import TaxSplit
from storefront.refunds.credited import credit_notes
from storefront.reports.credit_sums import CreditSums, credit_sums
from storefront.reports.periods import Period
from storefront.reports.sales import Moved, moved

# Stripe's words for what moved: https://docs.stripe.com/reports/balance-transaction-types
_IN = frozenset({"charge", "payment"})
_BACK = frozenset({"refund", "payment_refund", "refund_failure", "payment_failure_refund"})
_DISPUTED = frozenset({"adjustment", "payment_reversal"})
_PAID_OUT = frozenset({"payout", "payout_cancel", "payout_failure", "payout_minimum_balance_hold"})
_FEES = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee", "application_fee"})


@dataclass(frozen=True, slots=True)
class RateRow:
    """What was invoiced and credited at one rate, in basis points; `credited` is positive."""

    rate_bp: int
    invoiced: TaxSplit
    credited: TaxSplit

    @property
    def tax_due(self) -> Money:
        """The tax that stays owed."""
        return self.invoiced.tax - self.credited.tax


@dataclass(frozen=True, slots=True)
class BalanceSums:
    """What moved on Stripe's balance in one currency: signed, `net` is what it grew by."""

    charges: Money
    refunds: Money
    disputes: Money
    fees: Money
    payouts: Money
    other: Money

    @classmethod
    def none(cls, currency: str) -> "BalanceSums":
        """Nothing moved."""
        return cls(*(Money.zero(currency) for _ in range(6)))

    @property
    def currency(self) -> str:
        """The currency that Stripe settles in."""
        return self.charges.currency

    @property
    def of_customers(self) -> Money:
        """What customers and their banks moved: the same money as the ledger's."""
        return self.charges + self.refunds + self.disputes

    @property
    def net(self) -> Money:
        """By how much the balance grew."""
        return self.of_customers + self.fees + self.payouts + self.other


@dataclass(frozen=True, slots=True)
class Statement:
    """One period of the books. `takings` is the ledger's, gift cards that were sold with it; `balance` is by
    currency, the shop's own first; `balance_until` is the last movement that is known of Stripe's, at any time."""

    period: Period
    takings: Moved
    credit: CreditSums
    rates: tuple[RateRow, ...]
    balance: tuple[BalanceSums, ...]
    balance_until: datetime | None

    @property
    def currency(self) -> str:
        """The shop's currency."""
        return self.takings.sales.currency

    @property
    def invoiced(self) -> Money:
        """What invoices of the period come to."""
        return total((row.invoiced.total for row in self.rates), self.currency)

    @property
    def credited(self) -> Money:
        """What credit notes of the period come to."""
        return total((row.credited.total for row in self.rates), self.currency)

    @property
    def not_invoiced(self) -> Money:
        """What came in without an invoice: overpaid, or waiting for a decision; negative where an invoice of the
        period was paid outside of it."""
        return self.takings.sales - self.invoiced

    @property
    def not_credited(self) -> Money:
        """What went back without a credit note, as a positive amount; negative where it came back again."""
        return -self.takings.refunds - self.credited

    @property
    def tax_due(self) -> Money:
        """Tax of the invoices less that of the credit notes."""
        return total((row.tax_due for row in self.rates), self.currency)

    @property
    def difference(self) -> Money:
        """Stripe's account of the shop's money less the ledger's of Stripe, in the shop's currency."""
        own = next((each for each in self.balance if each.currency == self.currency), None)
        return (own.of_customers if own else Money.zero(self.currency)) - self.takings.at_stripe


def statement(period: Period) -> Statement:
    """The books of a period. Nine statements, however much was sold."""
    made = settings()
    begins, ends = period.bounds(made.timezone)
    (entered,) = moved([period], currency=made.currency)
    invoiced, credited = _invoiced(begins, ends, made.currency), _credited(begins, ends, made.currency)
    nothing = TaxSplit(*(Money.zero(made.currency),) * 3)
    rates = tuple(
        RateRow(rate, invoiced.get(rate, nothing), credited.get(rate, nothing))
        for rate in sorted(invoiced.keys() | credited.keys())
    )
    until = read(sa.select(sa.func.max(BalanceMovement.at)))[0][0]
    credit = credit_sums(begins, ends, made.currency)
    return Statement(period, entered, credit, rates, _balance(begins, ends, made.currency), until)


def first_month() -> datetime | None:
    """When the first invoice was written; None before any."""
    found: datetime | None = read(sa.select(sa.func.min(Document.issued_at)))[0][0]
    return found


def _issued(kind: DocumentKind, begins: datetime, ends: datetime, currency: str) -> tuple[Any, ...]:
    return (
        Document.kind == kind,
        Document.issued_at >= begins,
        Document.issued_at < ends,
        Order.currency == currency,
    )


def _invoiced(begins: datetime, ends: datetime, currency: str) -> dict[int, TaxSplit]:
    issued = _issued(DocumentKind.INVOICE, begins, ends, currency)
    of_lines = (
        sa.select(
            OrderLine.tax_basis_points,
            sa.func.sum(OrderLine.net_minor),
            sa.func.sum(OrderLine.tax_minor),
            sa.func.sum(OrderLine.total_minor),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Document, Document.order_id == Order.id)
        .where(*issued)
        .group_by(OrderLine.tax_basis_points)
    )
    shipped = (
        sa.select(
            Order.shipping_tax_basis_points.label("rate"),
            Order.shipping_net_minor.label("net"),
            Order.shipping_tax_minor.label("tax"),
            Order.shipping_minor.label("whole"),
        )
        .join(Document, Document.order_id == Order.id)
        .where(*issued, Order.shipping_minor != 0)
        .subquery()
    )
    of_shipping = sa.select(
        shipped.c.rate,
        *(sa.func.sum(column) for column in (shipped.c.net, shipped.c.tax, shipped.c.whole)),
    ).group_by(shipped.c.rate)
    found: dict[int, TaxSplit] = {}
    for rate, *amounts in (*read(of_lines), *read(of_shipping)):
        split = TaxSplit(*(Money(int(minor), currency) for minor in amounts))
        found[rate] = found[rate] + split if rate in found else split
    return found


def _credited(begins: datetime, ends: datetime, currency: str) -> dict[int, TaxSplit]:
    """As the credit notes print it: each by what was credited before, for tax is rounded by line."""
    issued = _issued(DocumentKind.CREDIT_NOTE, begins, ends, currency)
    mine = sa.select(Order.id).join(Document, Document.order_id == Order.id).where(*issued)
    notes = credit_notes(mine)
    found: dict[int, TaxSplit] = {}
    written = sa.select(Document.refund_id).join(Order, Order.id == Document.order_id).where(*issued)
    for row in read(written):
        for rate, split in notes[row.refund_id].by_rate.items():
            found[rate] = found[rate] + split if rate in found else split
    return found


def _balance(begins: datetime, ends: datetime, currency: str) -> tuple[BalanceSums, ...]:
    rows = read(
        sa.select(
            BalanceMovement.currency,
            BalanceMovement.kind,
            sa.func.sum(BalanceMovement.amount_minor),
            sa.func.sum(BalanceMovement.fee_minor),
        )
        .where(BalanceMovement.at >= begins, BalanceMovement.at < ends)
        .group_by(BalanceMovement.currency, BalanceMovement.kind)
    )
    sums: dict[str, BalanceSums] = {}
    for code, kind, amount, fee in rows:
        before = sums.get(code) or BalanceSums.none(code)
        sums[code] = _with(before, kind, Money(int(amount), code), Money(int(fee), code))
    return tuple(sorted(sums.values(), key=lambda each: (each.currency != currency, each.currency)))


def _with(sums: BalanceSums, kind: str, amount: Money, fee: Money) -> BalanceSums:
    """The sums with one kind of movements more."""
    names: Iterable[tuple[str, frozenset[str]]] = (
        ("charges", _IN),
        ("refunds", _BACK),
        ("disputes", _DISPUTED),
        ("payouts", _PAID_OUT),
        ("fees", _FEES),
    )
    name = next((name for name, kinds in names if kind in kinds), "other")
    grown = replace(sums, **{name: getattr(sums, name) + amount})
    return replace(grown, fees=grown.fees - fee)
