"""What was taken, given back and kept, by the ledger and the book of credit alone.

Knows the books; refuses to know how a figure is drawn. An order counts on the day its money came in, by whichever
tender; what sold a gift card is owed, not taken, until somebody spends it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.models import Product
from storefront.config import settings
from storefront.credit.models import CreditCause, CreditEntry
from storefront.database import Instant, read
from storefront.money import Money
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.models import OrderLine
from storefront.reports.periods import Period

_entry: Any = LedgerEntry.__table__
_credit: Any = CreditEntry.__table__


@dataclass(frozen=True, slots=True)
class Takings:
    """Money of one currency that moved in some time; what left the shop is negative.

    `orders` are the payments that came in; `sales` what they brought, gift cards that were sold left out; `refunds`
    what went back, but for what took such a card back; `disputes` what banks took back, less what they returned.
    """

    orders: int
    sales: Money
    refunds: Money
    disputes: Money

    @classmethod
    def none(cls, currency: str) -> "Takings":
        """Nothing moved."""
        nothing = Money.zero(currency)
        return cls(0, nothing, nothing, nothing)

    @property
    def net(self) -> Money:
        """What the shop kept."""
        return self.sales + self.refunds + self.disputes

    @property
    def average(self) -> Money | None:
        """What an order came to, rounded to the minor unit; None without any."""
        return self.sales.share(1, self.orders) if self.orders else None

    def __add__(self, other: "Takings") -> "Takings":
        return Takings(
            self.orders + other.orders,
            self.sales + other.sales,
            self.refunds + other.refunds,
            self.disputes + other.disputes,
        )


@dataclass(frozen=True, slots=True)
class Sold:
    """How much of one product was paid for; `amount` is what its lines came to, before any refund."""

    product_id: int
    title: str
    slug: str
    pieces: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Moved:
    """What the ledger says of some time, by tender, and which of it sold gift cards; what left is negative."""

    orders: int
    captured: Money
    by_credit: Money
    by_stripe: Money
    as_credit: Money
    disputes: Money
    cards_sold: Money
    cards_back: Money

    @property
    def sales(self) -> Money:
        """What came in by every tender."""
        return self.captured + self.by_credit

    @property
    def refunds(self) -> Money:
        """What went back by every tender."""
        return self.by_stripe + self.as_credit

    @property
    def net(self) -> Money:
        """The ledger's sum."""
        return self.sales + self.refunds + self.disputes

    @property
    def at_stripe(self) -> Money:
        """What of it moved at Stripe."""
        return self.captured + self.by_stripe + self.disputes

    @property
    def takings(self) -> Takings:
        """What of it was earned."""
        return Takings(
            self.orders, self.sales - self.cards_sold, self.refunds - self.cards_back, self.disputes
        )


def takings(periods: Sequence[Period], *, currency: str) -> tuple[Takings, ...]:
    """What was earned in each of the periods, in their order. One statement."""
    return tuple(each.takings for each in moved(periods, currency=currency))


def moved(periods: Sequence[Period], *, currency: str) -> tuple[Moved, ...]:
    """What moved in each of the periods, in their order. One statement."""
    if not periods:
        return ()
    zone = settings().timezone
    bounds = [(number, *each.bounds(zone)) for number, each in enumerate(periods)]
    return tuple(
        Moved(int(row.orders), *(Money(int(minor), currency) for minor in tuple(row)[1:]))
        for row in read(_by_part(bounds, currency))
    )


def all_of(parts: Iterable[Takings], *, currency: str) -> Takings:
    """The parts together."""
    return sum(parts, start=Takings.none(currency))


def _by_part(bounds: list[tuple[int, datetime, datetime]], currency: str) -> sa.Select[Any]:
    """Each part is a range of the indexes `ix_ledger_entry_moved` and `ix_credit_entry_moved`, which hold all that is
    added up: no row is read, and no zone is the database's concern."""
    columns = (sa.column("number", sa.Integer), sa.column("begins", Instant), sa.column("ends", Instant))
    part = sa.values(*columns, name="part").data(bounds).cte("part")

    def of(what: Any, book: Any, column: Any, kind: Any) -> Any:
        here = (
            column == kind,
            book.c.currency == currency,
            book.c.at >= part.c.begins,
            book.c.at < part.c.ends,
        )
        return sa.select(sa.func.coalesce(what, 0)).where(*here).correlate(part).scalar_subquery()

    def entered(kind: EntryKind) -> Any:
        return of(sa.func.sum(_entry.c.amount_minor), _entry, _entry.c.kind, kind)

    def of_cards(cause: CreditCause) -> Any:
        return of(sa.func.sum(_credit.c.amount_minor), _credit, _credit.c.cause, cause)

    payments = of(sa.func.count(), _entry, _entry.c.kind, EntryKind.CAPTURE)
    figures = (
        (payments + _by_credit_alone(part, currency)).label("orders"),
        entered(EntryKind.CAPTURE).label("captured"),
        entered(EntryKind.CREDIT_SPENT).label("by_credit"),
        (entered(EntryKind.REFUND) + entered(EntryKind.REFUND_RETURNED)).label("by_stripe"),
        entered(EntryKind.CREDIT_GIVEN).label("as_credit"),
        (entered(EntryKind.DISPUTE) + entered(EntryKind.DISPUTE_WON)).label("disputes"),
        of_cards(CreditCause.SOLD).label("cards_sold"),
        of_cards(CreditCause.TAKEN_BACK).label("cards_back"),
    )
    return sa.select(*figures).select_from(part).order_by(part.c.number)


def _by_credit_alone(part: Any, currency: str) -> Any:
    """Orders that credit paid whole: each is one payment, whichever number of accounts paid."""
    captured = _entry.alias("captured")
    at_stripe = sa.exists().where(
        captured.c.order_id == _entry.c.order_id, captured.c.kind == EntryKind.CAPTURE
    )
    return (
        sa.select(sa.func.count(_entry.c.order_id.distinct()))
        .where(
            _entry.c.kind == EntryKind.CREDIT_SPENT,
            _entry.c.currency == currency,
            _entry.c.at >= part.c.begins,
            _entry.c.at < part.c.ends,
            sa.not_(at_stripe),
        )
        .correlate(part)
        .scalar_subquery()
    )


def other_currencies(currency: str) -> tuple[str, ...]:
    """Currencies besides the shop's in which money ever came in: by wrong payments, which a person looks at.

    One statement, and one more for each of them: steps through the index instead of all rows.
    """
    found: list[str] = []
    last = ""
    while True:
        following = sa.select(sa.func.min(_entry.c.currency)).where(
            _entry.c.kind == EntryKind.CAPTURE, _entry.c.currency > last
        )
        last = read(following)[0][0]
        if last is None:
            return tuple(found)
        if last != currency:
            found.append(last)


def best_sellers(period: Period, *, currency: str, most: int = 10) -> tuple[Sold, ...]:
    """The products with the largest amounts paid in the period. One statement."""
    begins, ends = period.bounds(settings().timezone)
    paid = sa.select(_entry.c.order_id).where(
        _entry.c.kind.in_((EntryKind.CAPTURE, EntryKind.CREDIT_SPENT)),
        _entry.c.currency == currency,
        _entry.c.at >= begins,
        _entry.c.at < ends,
    )
    amount = sa.func.sum(OrderLine.total_minor).label("amount")
    best = (
        sa.select(OrderLine.product_id, sa.func.sum(OrderLine.quantity).label("pieces"), amount)
        .where(OrderLine.order_id.in_(paid))
        .group_by(OrderLine.product_id)
        .order_by(amount.desc(), OrderLine.product_id)
        .limit(most)
        .subquery()
    )
    rows = read(
        sa.select(Product.id, Product.title, Product.slug, best.c.pieces, best.c.amount)
        .join(best, best.c.product_id == Product.id)
        .order_by(best.c.amount.desc(), Product.id)
    )
    return tuple(
        Sold(row.id, row.title, row.slug, int(row.pieces), Money(int(row.amount), currency)) for row in rows
    )
