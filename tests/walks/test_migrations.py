"""A migration loses nothing: a filled database of the state before it, compared with what stands after it."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg import sql

from storefront import create_app
from storefront.config import ROOT, Settings
from storefront.database import Instant, append_only_tables, db
from tests.databases import dispose
from tests.environment import shop_environment
from tests.needs import needs_postgres

MIGRATIONS = str(ROOT / "migrations")
REVISIONS = sorted(
    path.stem.split("_", 1)[0] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py")
)

# What a migration means to change, by the revision: its own columns, and what hangs on them.
DROPPED_COLUMNS = {"0002": {("image", "path")}}
# Indexes that a wider one has replaced.
DROPPED_INDEXES = {
    "0007": {("index", "ledger_entry", "ix_ledger_entry_at")},
    "0012": {("index", "orders", "ix_orders_placed_at")},
    "0035": {("index", "order_line", "ix_order_line_order_id")},
}


class Stem:
    """A database that grows revision by revision, and is copied where a test wants one of them: every test would
    else begin with the first. On PostgreSQL its name is like the worker's own, so that it is swept like them."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.at = name, folder, ""

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite's."""
        return not self.name

    def url(self, which: str) -> str:
        """The address of the stem itself, or of its copy."""
        if self.is_file:
            return f"sqlite:///{self.folder / which}.db"
        named = sa.make_url(needs_postgres()).set(database=f"{self.name}_{which}")
        return named.render_as_string(hide_password=False)

    def copy_at(self, revision: str) -> str:
        """The address of a copy at a revision; "" is before the first."""
        if revision < self.at or not self.at:
            self.drop("stem")
            self._make("stem", of="")
        if revision:
            with shop_over(self.url("stem"), self.folder):
                flask_migrate.upgrade(directory=MIGRATIONS, revision=revision)
        self.at = revision
        self.drop("before")
        self._make("before", of="stem")
        return self.url("before")

    def _make(self, which: str, *, of: str) -> None:
        if self.is_file:
            stands = self.folder / f"{of}.db"
            if of and stands.exists():
                shutil.copyfile(stands, self.folder / f"{which}.db")
            return
        template = f' TEMPLATE "{self.name}_{of}"' if of else ""
        self._say(f'CREATE DATABASE "{self.name}_{which}"{template}')

    def drop(self, which: str) -> None:
        """Leave nothing of it behind."""
        if self.is_file:
            for file in self.folder.glob(f"{which}.db*"):
                file.unlink()
        else:
            self._say(f'DROP DATABASE IF EXISTS "{self.name}_{which}" WITH (FORCE)')

    def _say(self, statement: str) -> None:
        with psycopg.connect(needs_postgres(), autocommit=True) as admin:
            admin.execute(sql.SQL(statement))


@contextmanager
def shop_over(url: str, folder: Path) -> Iterator[Flask]:
    """A shop over the database at `url`, in its context."""
    app = create_app(Settings.from_environ(shop_environment(database_url=url, folder=folder)))
    flask_migrate.Migrate(app, db, directory=MIGRATIONS)
    with app.app_context():
        yield app
    dispose(app)


@pytest.fixture(scope="module")
def stems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stem]]:
    """The stems of this worker, by engine."""
    made: dict[str, Stem] = {}
    yield made
    for each in made.values():
        each.drop("before")
        each.drop("stem")


@pytest.fixture
def stem(engine: str, stems: dict[str, Stem], request: pytest.FixtureRequest) -> Stem:
    """The engine's, begun by whoever asks first."""
    if engine not in stems:
        is_file = engine == "sqlite"
        name = "" if is_file else request.getfixturevalue("postgresql_template").name
        folder = request.getfixturevalue("tmp_path_factory").mktemp(f"stem_{engine}")
        stems[engine] = Stem(name, folder)
    return stems[engine]


@pytest.fixture
def empty(stem: Stem, tmp_path: Path) -> Iterator[Flask]:
    """A shop over a database with nothing in it, in its context."""
    with shop_over(stem.copy_at(""), tmp_path) as app:
        yield app


@pytest.mark.parametrize(("before", "after"), list(pairwise(REVISIONS)))
def test_a_migration_keeps_every_row_trigger_check_and_index(
    before: str, after: str, stem: Stem, tmp_path: Path
) -> None:
    with shop_over(stem.copy_at(before), tmp_path):
        fill()
        rows, rules = everything(), every_rule()

        flask_migrate.upgrade(directory=MIGRATIONS, revision=after)

        now, ruled = everything(), every_rule()
    dropped = DROPPED_COLUMNS.get(after, set())
    kept = {
        table: [{name: value for name, value in row.items() if (table, name) not in dropped} for row in found]
        for table, found in rows.items()
    }
    assert all(kept.values())
    for table, found in kept.items():
        assert [
            {name: row[name] for name in was} for was, row in zip(found, now[table], strict=True)
        ] == found
    assert rules - DROPPED_INDEXES.get(after, set()) <= ruled


@pytest.mark.usefixtures("empty")
def test_the_newest_schema_is_what_the_models_say() -> None:
    flask_migrate.upgrade(directory=MIGRATIONS)

    flask_migrate.check(directory=MIGRATIONS)

    refused = {rule[1] for rule in every_rule() if rule[0] == "trigger"}
    assert append_only_tables().keys() <= refused


@pytest.mark.usefixtures("empty")
def test_a_migration_can_be_taken_back_with_all_rows() -> None:
    flask_migrate.upgrade(directory=MIGRATIONS, revision=REVISIONS[0])
    fill()
    rows, rules = everything(), every_rule()
    flask_migrate.upgrade(directory=MIGRATIONS)

    flask_migrate.downgrade(directory=MIGRATIONS, revision=REVISIONS[0])

    assert {table: len(found) for table, found in everything().items()} == {
        table: len(found) for table, found in rows.items()
    }
    assert every_rule() == rules


@pytest.mark.usefixtures("empty")
def test_words_are_told_the_instant_and_the_amount_of_their_order() -> None:
    at = datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=UTC)
    flask_migrate.upgrade(directory=MIGRATIONS, revision="0029")
    fill()
    with db.engine.begin() as connection:
        placed = sa.table("orders", sa.column("placed_at", Instant), sa.column("id"))
        connection.execute(placed.update().where(placed.c.id == 1).values(placed_at=at))
        orders = connection.execute(sa.text("SELECT id, total_minor FROM orders")).all()

    flask_migrate.upgrade(directory=MIGRATIONS, revision="0030")

    with db.engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT order_id, placed_at, total_minor FROM order_word ORDER BY order_id")
        ).all()
    assert {row.order_id: row.total_minor for row in found} == {row.id: row.total_minor for row in orders}
    assert found[0].placed_at == round(at.timestamp()) * 1_000_000 - 1


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("products", "collections", "left_out_by"),
    [([], ["1slug"], "1slug"), (["2slug"], [], None), (["1slug"], [], "1slug"), ([], [], None)],
)
def test_lines_sold_before_are_left_out_by_what_their_pages_said(
    products: list[str], collections: list[str], left_out_by: str | None
) -> None:
    flask_migrate.upgrade(directory=MIGRATIONS, revision="0016")
    fill()
    promise = {"excluded_products": products, "excluded_collections": collections}
    policies = sa.Table("policy_version", sa.MetaData(), autoload_with=db.engine)
    with db.engine.begin() as connection:
        earlier = dict(connection.execute(sa.select(policies).where(policies.c.id == 1)).mappings().one())
        document = json.dumps({"money_back": promise})
        connection.execute(policies.insert(), {**earlier, "id": 3, "document": document})
        connection.execute(sa.text("UPDATE orders SET policy_version_id = 3 WHERE id = 1"))

    flask_migrate.upgrade(directory=MIGRATIONS, revision="0017")

    found = {row["id"]: row["left_out_by"] for row in everything()["order_line"]}
    assert found == {1: left_out_by, 2: None}


def fill() -> None:
    """Two rows in every table, as the tables stand now: values of each column's type, and references that hold."""
    tables = _reflected()
    with db.engine.begin() as connection:
        for table in tables:
            columns = [column for column in table.columns if not column.computed]
            for number in (1,) if table.name in _ONE_ROW else (1, 2):
                row = {column.name: _value(table, column, number) for column in columns}
                connection.execute(table.insert(), row)


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by its key."""
    with db.engine.connect() as connection:
        return {
            table.name: [
                dict(row._mapping)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in _reflected()
        }


def every_rule() -> set[tuple[str, str, str]]:
    """Every index, unique constraint, check, foreign key and trigger: its kind, its table, its name."""
    inspector = sa.inspect(db.engine)
    found: set[tuple[str, str, str]] = set()
    for table in inspector.get_table_names():
        kinds: dict[str, Callable[[str], Any]] = {
            "index": inspector.get_indexes,
            "unique": inspector.get_unique_constraints,
            "check": inspector.get_check_constraints,
            "foreign key": inspector.get_foreign_keys,
        }
        for kind, ask in kinds.items():
            found |= {(kind, table, str(each["name"])) for each in ask(table)}
    return found | _triggers()


def _triggers() -> set[tuple[str, str, str]]:
    ask = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if db.engine.dialect.name == "sqlite"
        else "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
    )
    with db.engine.connect() as connection:
        return {("trigger", table, name) for table, name in connection.execute(sa.text(ask))}


def _reflected() -> list[sa.Table]:
    metadata = sa.MetaData()
    metadata.reflect(db.engine)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


# Where a CHECK wants more than the type says, by table and column.
_WANTED: dict[tuple[str, str], Any] = {
    **{("orders", f"{name}_minor"): 12 for name in ("total", "captured")},
    **{("orders", f"{name}_minor"): 10 for name in ("goods", "net")},
    **{("orders", f"{name}_minor"): 2 for name in ("shipping", "tax")},
    **{("orders", f"{name}_minor"): 0 for name in ("discount", "refunded")},
    ("order_line", "unit_minor"): 6,
    ("order_line", "total_minor"): 12,
    ("order_line", "net_minor"): 10,
    ("order_line", "tax_minor"): 2,
    ("order_line", "discount_minor"): 0,
    ("order_line", "quantity"): 2,
    ("order_line", "shipped"): 1,
    ("order_line", "called_off"): 1,
    ("orders", "credit_minor"): 0,
    ("refund", "credit_minor"): 0,
    **{("refund", f"{name}_minor"): 0 for name in ("excess", "regained", "spent")},
    ("credit_account", "kind"): "gift_card",
    ("credit_entry", "cause"): "sold",
    ("orders", "fulfilment"): "shipped",
    ("orders", "source"): "staff",
    ("post", "kind"): "post",
    ("post", "state"): "scheduled",
    ("comment", "state"): "published",
    ("comment", "insider"): "staff",
    ("decision", "verdict"): "publish",
    ("claim_phrase", "endings"): "exact",
    ("claim_decision", "answer"): "source",
    ("claim_decision", "source_url"): "https://example.org/a",
    ("post", "format"): "markdown",
    ("subscriber", "state"): "subscribed",
    ("mailing", "state"): "sent",
    ("letter", "state"): "written",
    ("dispute", "state"): "won",
    ("dispute", "withdrawn_minor"): 0,
    ("variant", "compare_at_minor"): 100,
    **{("variant", f"{name}_measure"): "g" for name in ("contents", "base")},
    ("job", "state"): "queued",
    ("outgoing_mail", "state"): "sent",
    ("product", "state"): "published",
    ("orders", "state"): "paid",
    ("payment_attempt", "state"): "paid",
    ("refund", "state"): "settled",
    ("discount", "kind"): "shipping",
    ("books_check", "kind"): "proof",
    ("withdrawal", "state"): "open",
    **{("discount", name): 0 for name in ("basis_points", "amount_minor")},
    ("return_request", "state"): "open",
}
# What the shop has one of.
_ONE_ROW = {"promises_held"}
# A discount of goods is for a product or a collection, never both.
_NOTHING = {("discount_goods", "collection_id")}


def _value(table: sa.Table, column: sa.Column[Any], number: int) -> Any:
    if (table.name, column.name) in _NOTHING:
        return None
    for key in column.foreign_keys:
        if key.column.table is table and column.nullable:
            return None
        return _value(key.column.table, key.column, number)
    if (wanted := _WANTED.get((table.name, column.name))) is not None:
        return wanted
    if isinstance(column.type, sa.JSON):
        return {"number": number}
    if isinstance(column.type, sa.LargeBinary):
        return bytes([number])
    if isinstance(column.type, sa.String):
        return f"{number}{column.name}"[: column.type.length]
    day = date(2026, 6, number)
    made = {bool: True, date: day, datetime: datetime.combine(day, time(12), UTC), int: number}
    return made[column.type.python_type]
