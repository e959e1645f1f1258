"""What posts earn, measured over orders by the hundred thousand: one in four came from a post, some from two.

    python -m bench.earnings URL --count 1000000

URL is a database without orders, or none yet: SQLite or PostgreSQL. Knows the tables; refuses to know the shop's own
actions. The books that it writes have a payment for each paid order, and a refund for those that say so.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta

import sqlalchemy as sa

from bench.many_orders import NEWEST, Speech, opened, write_orders
from storefront.database import db, release
from storefront.money import Money
from storefront.reports.earnings import View, earned, earned_by
from storefront.reports.periods import Grain, Period
from storefront.reports.sales import all_of

POSTS = 40
SPANS = {"a month, by day": (30, Grain.DAY), "a year, by month": (365, Grain.MONTH)}
TIMES = 5


def main() -> None:
    """Write the orders and say how long the figures take."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("url", help="sqlite:////path/many.db or postgresql://…")
    parser.add_argument("--count", type=int, default=1_000_000)
    chosen = parser.parse_args()
    app = opened(chosen.url)
    with app.app_context():
        write_orders(chosen.count)
        _write_books(Speech(db.engine.dialect.name == "postgresql"))
        print(f"{chosen.count:,} orders, {db.engine.dialect.name}")
        for name, (days, grain) in SPANS.items():
            last = date(NEWEST.year, NEWEST.month, NEWEST.day)
            parts = Period(last - timedelta(days=days - 1), last).cut(grain)
            for view in View:
                _say(f"{name}, {view}", [_measured(parts, view) for _time in range(TIMES)])
        _say("one post, since there is the shop", [_measured_post() for _time in range(TIMES)])


def _measured(parts: tuple[Period, ...], view: View) -> float:
    began = time.perf_counter()
    found = earned(parts, view=view, currency="EUR")
    took = time.perf_counter() - began
    release()
    posts = all_of((each.takings for each in found.posts), currency="EUR")
    if posts.net + found.direct.net != found.whole.net or posts.net <= Money(0, "EUR"):
        raise SystemExit("The figures are not the ledger's.")
    return took


def _measured_post() -> float:
    began = time.perf_counter()
    earned_by(1, currency="EUR")
    took = time.perf_counter() - began
    release()
    return took


def _say(what: str, seconds: list[float]) -> None:
    print(f"{what}: {statistics.median(seconds) * 1000:.0f} ms", flush=True)


def _write_books(speech: Speech) -> None:
    with db.engine.begin() as connection:
        for statement in _statements(speech):
            connection.exec_driver_sql(speech.said(statement))
    if speech.is_postgresql:
        with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))


def _statements(speech: Speech) -> Iterator[str]:
    now = speech.ago("0")
    yield f"""INSERT INTO post (id, kind, slug, title, summary, body, parts, contents, words, alt, state,
            published_at, created_at, updated_at, version)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {POSTS})
        SELECT i, 'post', 'post-' || i, 'Post ' || i, '', '', '[]', '[]', 1, '', 'published', {now}, {now}, {now}, 1
        FROM n"""
    # Of two lines both from one post, the first alone, or each from another.
    yield f"""UPDATE order_line SET post_id = 1 + (order_id + CASE WHEN order_id % 12 = 0 THEN position ELSE 0 END)
            % {POSTS}
        WHERE order_id % 4 = 0 AND (position = 0 OR order_id % 12 <> 4)"""
    yield f"""UPDATE orders SET first_post_id = 1 + id % {POSTS}, last_post_id = 1 + id % 7 WHERE id % 4 = 0"""
    entry = "INSERT INTO ledger_entry (order_id, kind, amount_minor, currency, stripe_id, at)"
    for kind, sign, column in (("capture", "", "captured_minor"), ("refund", "-", "refunded_minor")):
        values = f"id, '{kind}', {sign}{column}, 'EUR', '{kind}_' || id, paid_at"
        yield f"{entry} SELECT {values} FROM orders WHERE {column} > 0"


if __name__ == "__main__":
    main()
