"""Orders by the hundred thousand, in every state, written by a handful of statements: for measuring lists.

    python -m bench.many_orders URL --count 1000000

URL is a database without orders, or none yet: SQLite or PostgreSQL. Knows the tables; refuses to know the shop's own
actions, which would take an hour for a million. Deterministic: an order is the same each time.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from storefront import create_app
from storefront.cli.upgrading import upgrade
from storefront.config import Settings
from storefront.database import db
from tests.environment import shop_environment


def _each(words: str) -> list[str]:
    return words.split()


FIRST_NAMES = _each(
    "anna bruno clara david elena felix greta hugo ines jonas karla lukas mara nils olga paul rosa simon tilda "
    "viktor wanda xaver yara zeno anton berta carlo dora emil frieda georg hanna igor jana kurt lena marta noah "
    "otto petra"
)
LAST_NAMES = [
    first + end
    for first in _each(
        "lind weid alt brand eich fels gron hart jans kess lauf mohr nord ost pohl rau seid thal"
    )
    for end in _each("ner berg mann hofer stein feld quist sen wick ova")
]
CITIES = _each("leipzig bremen graz lyon gent porto cork malmo basel trento halle jena linz utrecht")
COUNTRIES = _each("DE DE DE DE AT FR BE PT IE SE CH IT NL LU")
ARTICLES = [f"ck-{number:03d}" for number in range(400)]
# The newest order was placed then; each earlier one so many seconds before.
NEWEST, APART = datetime(2026, 11, 22, 12, 0, tzinfo=UTC), 31


@dataclass(frozen=True, slots=True)
class Speech:
    """What the two engines say differently."""

    is_postgresql: bool

    def ago(self, seconds: str) -> str:
        """The instant so many seconds before the newest order."""
        if self.is_postgresql:
            return f"(TIMESTAMPTZ '{NEWEST.isoformat()}' - ({seconds}) * INTERVAL '1 second')"
        return f"(strftime('%Y-%m-%d %H:%M:%S', {int(NEWEST.timestamp())} - ({seconds}), 'unixepoch') || '.000000')"

    def said(self, statement: str) -> str:
        """The statement as the driver takes it: to PostgreSQL's a per cent sign is the beginning of a value."""
        return statement.replace("%", "%%") if self.is_postgresql else statement

    def json(self, text: str) -> str:
        """A text as a value of a JSON column."""
        return f"CAST({text} AS json)" if self.is_postgresql else text


def make_orders(url: str, count: int) -> None:
    """Bring the database to this version and write `count` orders into it; refuses one that has orders."""
    with opened(url).app_context():
        write_orders(count)


def write_orders(count: int) -> None:
    """Write `count` orders into the database of the present app, where a policy stands and no order yet."""
    speech = Speech(db.engine.dialect.name == "postgresql")
    with db.engine.begin() as connection:
        if connection.exec_driver_sql("SELECT 1 FROM orders LIMIT 1").first():
            raise SystemExit("There are orders in this database: give another.")
        if not speech.is_postgresql:
            # Trees that grow in no order: with the usual 2 MB each row would be read from the disk again.
            connection.exec_driver_sql("PRAGMA cache_size = -1000000")
        _list_words(connection)
        for statement in (*_goods(speech), *_orders(speech, count), *_besides(speech, count)):
            connection.exec_driver_sql(speech.said(statement))
        connection.exec_driver_sql("DROP TABLE listed")
    _learn(speech)


def opened(url: str) -> Flask:
    """The shop over the database at `url`, brought to this version."""
    folder = Path(tempfile.mkdtemp(prefix="storefront-orders-"))
    app = create_app(Settings.from_environ(shop_environment(database_url=url, folder=folder)))
    with app.app_context():
        upgrade(app)
        db.session.remove()
    return app


def _list_words(connection: sa.Connection) -> None:
    """Names and places as a table, for the statements to choose from."""
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE listed (kind TEXT, n INTEGER, word TEXT, PRIMARY KEY (kind, n))"
    )
    lists = {"first": FIRST_NAMES, "last": LAST_NAMES, "city": CITIES, "country": COUNTRIES, "sku": ARTICLES}
    rows = [
        {"kind": kind, "n": n, "word": word} for kind, words in lists.items() for n, word in enumerate(words)
    ]
    connection.execute(sa.text("INSERT INTO listed VALUES (:kind, :n, :word)"), rows)


def _goods(speech: Speech) -> Iterator[str]:
    yes, now = ("true" if speech.is_postgresql else "1"), speech.ago("0")
    yield f"""INSERT INTO product (id, slug, title, subtitle, vendor, description_html, state, position,
            lowest_price_minor, is_available, created_at, updated_at, version)
        SELECT 900000 + n, 'many-' || n, 'Good ' || n, '', '', '', 'published', 0, 900, {yes}, {now}, {now}, 1
        FROM listed WHERE kind = 'sku'"""
    yield f"""INSERT INTO variant (id, product_id, position, value1, value2, value3, sku, price_minor, weight_grams,
            requires_shipping, is_sold)
        SELECT 900000 + n, 900000 + n, 0, '', '', '', word, 900, 100, {yes}, {yes} FROM listed WHERE kind = 'sku'"""


# By the number of the order, so that every state is spread over the year; what waits to be packed is the newest.
_STATE = """CASE WHEN i % 1000 < 4 THEN 'awaiting_payment' WHEN i % 1000 < 6 THEN 'processing'
    WHEN i % 1000 < 60 THEN 'cancelled' ELSE 'paid' END"""
_REFUNDED = "CASE WHEN i % 200 = 108 THEN total WHEN i % 100 = 70 THEN total / 2 ELSE 0 END"


def _orders(speech: Speech, count: int) -> Iterator[str]:
    address = speech.json(
        """'{"country": "' || c.word || '", "name": "' || f.word || ' ' || l.word || '", "city": "' || t.word"""
        """ || '", "postal_code": "' || (10000 + i % 90000) || '", "street_address": "Gartenweg 8"}'"""
    )
    placed = speech.ago(f"({count} - i) * {APART}")
    yield f"""INSERT INTO orders (id, cart_id, state, email, delivery, billing, country, currency, goods_minor,
            discount_minor, shipping_minor, shipping_net_minor, shipping_tax_minor, net_minor, tax_minor,
            total_minor, captured_minor, refunded_minor, shipping_code, shipping_name, policy_version_id, terms,
            is_demo, placed_at, hold_until, paid_at, fulfilment, version)
        WITH RECURSIVE count(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM count WHERE i < {count}),
        made AS (SELECT i, 500 + (i * 7919) % 20011 AS total, {_STATE} AS state FROM count)
        SELECT i, 'many', state, f.word || '.' || l.word || (i % 997) || '@example.' ||
            CASE i % 3 WHEN 0 THEN 'org' WHEN 1 THEN 'com' ELSE 'net' END,
            {address}, {address}, c.word, 'EUR', total, 0, 0, 0, 0, total, 0, total,
            CASE WHEN state = 'paid' THEN total ELSE 0 END, CASE WHEN state = 'paid' THEN {_REFUNDED} ELSE 0 END,
            'standard', 'Parcel', (SELECT min(id) FROM policy_version), {speech.json("'[]'")},
            {"true" if speech.is_postgresql else "1"}, {placed}, {placed},
            CASE WHEN state = 'paid' THEN {placed} END,
            CASE WHEN state <> 'paid' OR i > {count} * 0.997 THEN 'unshipped' WHEN i % 500 = 103 THEN 'partly'
                WHEN i > {count} * 0.99 THEN 'shipped' ELSE 'delivered' END, 1
        FROM made CROSS JOIN listed f CROSS JOIN listed l CROSS JOIN listed t CROSS JOIN listed c
        WHERE {_person("i")} AND c.kind = 'country' AND c.n = t.n"""
    yield f"""INSERT INTO order_line (order_id, position, variant_id, product_id, title, variant_title, sku,
            quantity, unit_minor, discount_minor, net_minor, tax_minor, total_minor, tax_basis_points,
            requires_shipping)
        SELECT o.id, o.n, 900000 + s.n, 900000 + s.n, 'Good ' || s.n, '', s.word, 1, part, 0, part, 0, part, 1900,
            {"true" if speech.is_postgresql else "1"}
        FROM (SELECT o.id, p.n, CASE p.n WHEN 0 THEN total_minor - 200 ELSE 200 END AS part
            FROM orders o CROSS JOIN (SELECT n FROM listed WHERE kind = 'first' AND n < 2) p) o
        CROSS JOIN listed s WHERE s.kind = 'sku' AND s.n = (o.id * 31 + o.n * 7) % {len(ARTICLES)}"""


def _person(number: str) -> str:
    """Which name and place an order has. CROSS JOIN and this: SQLite then takes the orders one by one."""
    return (
        f"f.kind = 'first' AND f.n = {number} % {len(FIRST_NAMES)}"
        f" AND l.kind = 'last' AND l.n = ({number} / {len(FIRST_NAMES)}) % {len(LAST_NAMES)}"
        f" AND t.kind = 'city' AND t.n = ({number} / 7) % {len(CITIES)}"
    )


# The words of an order, as `orders.finding` would write them: every row has nine, and some a note.
_WORD = """CASE k WHEN 0 THEN email WHEN 1 THEN domain WHEN 2 THEN f WHEN 3 THEN l WHEN 4 THEN l || (i % 997)
    WHEN 5 THEN city WHEN 6 THEN CAST(10000 + i % 90000 AS TEXT) WHEN 7 THEN sku1 WHEN 8 THEN sku2
    WHEN 9 THEN CASE WHEN i % 50 = 0 THEN 'neighbour' END
    WHEN 10 THEN CASE WHEN i % 5000 = 0 THEN 'fragile' END END"""


def _besides(speech: Speech, count: int) -> Iterator[str]:
    yield "DROP INDEX ix_order_word_word"
    # In microseconds, as the table of words has it.
    placed = f"({int(NEWEST.timestamp())} - ({count} - i) * {APART}) * 1000000"
    yield f"""INSERT INTO order_word (order_id, word, placed_at, total_minor)
        SELECT i, {_WORD}, {placed}, total_minor FROM (SELECT o.id AS i, o.email, o.total_minor,
                'example.' || substr(o.email, length(o.email) - 2) AS domain,
                f.word AS f, l.word AS l, t.word AS city, a.word AS sku1, b.word AS sku2
            FROM orders o CROSS JOIN listed f CROSS JOIN listed l CROSS JOIN listed t CROSS JOIN listed a
                CROSS JOIN listed b
            WHERE {_person("o.id")} AND a.kind = 'sku' AND a.n = (o.id * 31) % {len(ARTICLES)}
                AND b.kind = 'sku' AND b.n = (o.id * 31 + 7) % {len(ARTICLES)}) said
        CROSS JOIN (SELECT n AS k FROM listed WHERE kind = 'first' AND n < 11) kinds WHERE {_WORD} IS NOT NULL"""
    yield "CREATE INDEX ix_order_word_word ON order_word (word, placed_at, order_id, total_minor)"
    now = speech.ago("0")
    yield f"""INSERT INTO payment_attempt (id, order_id, state, amount_minor, currency, params, created_at,
            expires_at)
        SELECT 'att_many_' || id, id, CASE WHEN id % 5000 = 813 THEN 'review' ELSE 'paid' END, total_minor, 'EUR',
            {speech.json("'{}'")}, {now}, {now} FROM orders WHERE id % 5000 = 813 OR id % 2000 = 911"""
    yield f"""INSERT INTO dispute (order_id, attempt_id, stripe_id, state, amount_minor, withdrawn_minor, currency,
            reason, opened_at)
        SELECT id, 'att_many_' || id, 'dp_many_' || id, 'open', total_minor, total_minor, 'EUR', 'fraudulent', {now}
        FROM orders WHERE id % 2000 = 911"""
    if speech.is_postgresql:
        yield f"SELECT setval(pg_get_serial_sequence('orders', 'id'), {count})"


def _learn(speech: Speech) -> None:
    """What PostgreSQL's own housekeeping does by and by, at once; SQLite needs none."""
    if speech.is_postgresql:
        with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def main() -> None:
    """Make the orders that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("url", help="sqlite:////path/many.db or postgresql://…")
    parser.add_argument("--count", type=int, default=1_000_000)
    chosen = parser.parse_args()
    began = time.monotonic()
    make_orders(chosen.url, chosen.count)
    print(f"{chosen.count:,} orders in {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
