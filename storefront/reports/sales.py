"""What was taken, given back and kept, by the ledger alone.

Knows the books; refuses to know how a figure is drawn. An order counts on the day its money came in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.models import Product
from storefront.config import settings
from storefront.database import Instant, read
from storefront.money import Money
from storefront.orders.models import EntryKind, LedgerEntry, OrderLine
from storefront.reports.periods import Period

_entry: Any = LedgerEntry.__table__


@dataclass(frozen=True, slots=True)
class Takings:
    """Money of one currency that moved in some time; what left the shop is negative.

    `orders` are the payments that came in; `disputes` what banks took back, less what they returned.
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


def takings(periods: Sequence[Period], *, currency: str) -> tuple[Takings, ...]:
    """What moved in each of the periods, in their order. One statement."""
    if not periods:
        return ()
    zone = settings().timezone
    bounds = [(number, *each.bounds(zone)) for number, each in enumerate(periods)]
    rows = read(_by_part(bounds, currency))
    return tuple(
        Takings(
            orders=int(row.orders),
            sales=Money(int(row.sales), currency),
            refunds=Money(int(row.refunds), currency),
            disputes=Money(int(row.disputes), currency),
        )
        for row in rows
    )


def all_of(parts: Iterable[Takings], *, currency: str) -> Takings:
    """The parts together."""
    return sum(parts, start=Takings.none(currency))


def _by_part(bounds: list[tuple[int, datetime, datetime]], currency: str) -> sa.Select[Any]:
    """Each part is a range of the index `ix_ledger_entry_moved`, which holds all that is added up: no row is
    read, and no zone is the database's concern."""
    columns = (sa.column("number", sa.Integer), sa.column("begins", Instant), sa.column("ends", Instant))
    part = sa.values(*columns, name="part").data(bounds).cte("part")

    def of(what: Any, kind: EntryKind) -> Any:
        here = (
            _entry.c.kind == kind,
            _entry.c.currency == currency,
            _entry.c.at >= part.c.begins,
            _entry.c.at < part.c.ends,
        )
        return sa.select(sa.func.coalesce(what, 0)).where(*here).correlate(part).scalar_subquery()

    moved = sa.func.sum(_entry.c.amount_minor)
    figures = (
        of(sa.func.count(), EntryKind.CAPTURE).label("orders"),
        of(moved, EntryKind.CAPTURE).label("sales"),
        (of(moved, EntryKind.REFUND) + of(moved, EntryKind.REFUND_RETURNED)).label("refunds"),
        (of(moved, EntryKind.DISPUTE) + of(moved, EntryKind.DISPUTE_WON)).label("disputes"),
    )
    return sa.select(*figures).select_from(part).order_by(part.c.number)


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
        _entry.c.kind == EntryKind.CAPTURE,
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
