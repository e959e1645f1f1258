"""The figures of a period are the ledger's, to the minor unit, however the days fall."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from storefront.config import settings
from storefront.database import db, session, transaction
from storefront.money import Money
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.steps import enter, lock_order
from storefront.reports.periods import Grain, Period
from storefront.reports.sales import all_of, best_sellers, other_currencies, takings
from tests.builders.orders import an_order, pay_too_late, settle_refunds
from tests.counting import Counting, counting

# Half a year around both changes of the clock; an instant is often at a day's edge.
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.one_of(
    st.integers(0, 366 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes)),
    st.builds(
        lambda day, seconds: BEGIN + timedelta(days=day, seconds=seconds, microseconds=-1),
        st.integers(0, 366),
        st.sampled_from([0, 1, 3600, -3600, 7200, -7200, 4 * 3600, -20700]),
    ),
)
MOVES = st.lists(
    st.tuples(st.sampled_from(list(EntryKind)), st.integers(1, 10**9), INSTANTS), min_size=1, max_size=6
)
LESS = {EntryKind.REFUND, EntryKind.CREDIT_GIVEN, EntryKind.DISPUTE}
_number = count()


def move(order_id: int, kind: EntryKind, minor: int, at: datetime, *, currency: str = "EUR") -> None:
    """Enter money into the books as it was moved at that instant."""
    amount = Money(-minor if kind in LESS else minor, currency)
    with transaction():
        enter(lock_order(order_id), kind, amount, stripe_id=f"pi_{next(_number)}", at=at)


Entry = tuple[date, str, int]


def ledger(period: Period) -> list[Entry]:
    """Day, kind and amount of the shop's currency's entries on those days, judged one by one."""
    zone = settings().timezone
    rows = session().execute(sa.select(LedgerEntry.at, LedgerEntry.kind, LedgerEntry.amount_minor))
    return within(period, [(at.astimezone(zone).date(), kind, minor) for at, kind, minor in rows])


def within(period: Period, entries: list[Entry]) -> list[Entry]:
    """Those of the entries that are of the period's days."""
    return [entry for entry in entries if period.first <= entry[0] <= period.last]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Santiago", "Asia/Kathmandu"])
def test_parts_of_a_period_add_up_to_the_ledger(make_app: Callable[..., Flask], zone: str) -> None:
    with make_app(timezone=zone).app_context():
        order_id = an_order()
        # Stripe paid a part, long before: what credit pays of it is no payment of its own.
        move(order_id, EntryKind.CAPTURE, 1, BEGIN - timedelta(days=90))

        @hypothesis_settings(max_examples=25, suppress_health_check=list(HealthCheck))
        @given(moves=MOVES, first=st.integers(0, 300), days=st.integers(1, 70), grain=st.sampled_from(Grain))
        def holds(moves: list[tuple[EntryKind, int, datetime]], first: int, days: int, grain: Grain) -> None:
            for kind, minor, at in moves:
                move(order_id, kind, minor, at)
            day = BEGIN.date() + timedelta(days=first)
            period = Period(day, day + timedelta(days=days - 1))

            parts = period.cut(grain)
            found = takings(parts, currency="EUR")

            whole, entries = all_of(found, currency="EUR"), ledger(period)
            for part, taken in zip(parts, found, strict=True):
                assert taken.net.minor == sum(minor for _day, _kind, minor in within(part, entries))
            assert takings([period], currency="EUR") == (whole,)
            for amount, kinds in (
                (whole.sales, {EntryKind.CAPTURE, EntryKind.CREDIT_SPENT}),
                (whole.refunds, {EntryKind.REFUND, EntryKind.REFUND_RETURNED, EntryKind.CREDIT_GIVEN}),
                (whole.disputes, {EntryKind.DISPUTE, EntryKind.DISPUTE_WON}),
            ):
                assert amount.minor == sum(minor for _day, kind, minor in entries if kind in kinds)
            assert whole.orders == sum(1 for _day, kind, _minor in entries if kind == EntryKind.CAPTURE)

        holds()


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 28, 22, 59, 59, 999999, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59, 59, 999999, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_money_counts_on_the_shops_own_day(inside: Flask, at: datetime, day: date) -> None:
    order_id = an_order()
    move(order_id, EntryKind.CAPTURE, 2400, at)

    days = Period(day - timedelta(days=1), day + timedelta(days=1)).cut(Grain.DAY)

    assert [taken.orders for taken in takings(days, currency="EUR")] == [0, 1, 0]


def test_a_refund_and_a_dispute_lessen_the_net_and_an_average_is_of_sales(
    inside: Flask, frozen: ModuleType
) -> None:
    today = Period(date(2026, 6, 17), date(2026, 6, 17))
    order_id = an_order(paid=True)
    move(order_id, EntryKind.CAPTURE, 1, frozen.now())
    move(order_id, EntryKind.REFUND, 500, frozen.now())
    move(order_id, EntryKind.DISPUTE, 700, frozen.now())

    (found,) = takings([today], currency="EUR")

    sales = found.sales.minor
    assert (found.orders, found.refunds.minor, found.disputes.minor) == (2, -500, -700)
    assert found.net.minor == sales - 1200
    assert found.average == Money((sales + 1) // 2, "EUR")


def test_a_day_without_money_has_no_average(inside: Flask) -> None:
    day = date(2026, 6, 17)

    (found,) = takings([Period(day, day)], currency="EUR")

    assert (found.orders, found.net, found.average) == (0, Money(0, "EUR"), None)


def test_money_of_another_currency_is_never_added_to_the_shops(inside: Flask, frozen: ModuleType) -> None:
    today = Period(date(2026, 6, 17), date(2026, 6, 17))
    order_id = an_order()
    for currency in ("CHF", "EUR", "USD"):
        move(order_id, EntryKind.CAPTURE, 100, frozen.now(), currency=currency)

    (found,) = takings([today], currency="EUR")

    assert found.sales == Money(100, "EUR")
    assert other_currencies("EUR") == ("CHF", "USD")


def test_best_sellers_are_paid_for_and_sorted_by_what_they_brought(inside: Flask, frozen: ModuleType) -> None:
    an_order(title="Kettle", price_minor=5000, paid=True)
    an_order(title="Cup", price_minor=900, pieces=2, paid=True)
    an_order(title="Never paid", price_minor=9000)
    late = an_order(title="Paid too late", price_minor=100)
    pay_too_late(late)
    settle_refunds(late)

    found = best_sellers(Period(date(2026, 6, 17), date(2026, 6, 17)), currency="EUR")

    assert [(each.title, each.pieces, each.amount.minor) for each in found] == [
        ("Kettle", 1, 5000),
        ("Cup", 2, 1800),
        ("Paid too late", 1, 100),
    ]


def test_a_years_days_are_one_statement(app: Flask, count_queries: Counting) -> None:
    with app.app_context(), count_queries() as counted:
        takings(Period(date(2026, 1, 1), date(2026, 12, 31)).cut(Grain.DAY), currency="EUR")

    assert (counted.selects, counted.writes) == (1, 0), str(counted)


def test_best_sellers_are_added_up_without_reading_a_lines_row(app: Flask, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL reads an empty table whole")
    with app.app_context(), counting(db.engine) as counted:
        best_sellers(Period(date(2026, 1, 1), date(2026, 12, 31)), currency="EUR")

    with app.app_context(), db.engine.connect() as connection:
        (asked,) = counted.statements
        values = tuple(["x"] * asked.count("?"))
        plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values)]
    assert [line for line in plan if "order_line" in line and "COVERING" not in line] == []
