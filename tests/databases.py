"""Fresh databases for tests: migrated once per worker, then copied or put right again for each test.

Knows both engines; refuses to know what the tables mean. Leaves no database behind.
"""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask
from psycopg import sql

from storefront import clock, create_app
from storefront.cli.upgrading import upgrade
from storefront.config import Settings
from storefront.database import db
from storefront.errors import Refused
from tests.environment import shop_environment

# The first policy is older than anything a test does in frozen time.
OPENED_AT = datetime(2025, 1, 1, tzinfo=UTC)

_PREFIX = "storefront_test_"


def migrate(url: str, *, folder: Path) -> None:
    """Bring the empty database at `url` to the newest schema and its first policy: `storefront db upgrade`."""
    app = create_app(Settings.from_environ(shop_environment(database_url=url, folder=folder)))
    try:
        with app.app_context(), clock.frozen(OPENED_AT):
            upgrade(app)
    finally:
        dispose(app)


def dispose(app: Flask) -> None:
    """Close every connection of the app."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


_known: dict[str, sa.Engine] = {}


def share_statements(app: Flask) -> None:
    """Let the app's engines find what those of earlier tests made of the same statements: a sixth of all tests' time.

    SQLAlchemy keeps it by engine and dialect; the dialect knows the server, which is the same one.
    """
    with app.app_context():
        for engine in db.engines.values():
            if (first := _known.setdefault(engine.name, engine)) is engine:
                # A dialect learns of its server from the first connection of the engine that it was made with.
                engine.connect().close()
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


class SqliteTemplate:
    """A migrated file; each test gets a copy in its own folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "template.db"
        migrate(f"sqlite:///{self.file}", folder=folder)

    def fresh(self, folder: Path) -> str:
        """A URL of a new copy."""
        copy = folder / "shop.db"
        shutil.copyfile(self.file, copy)
        return f"sqlite:///{copy}"


class PostgresqlTemplate:
    """A migrated database, and a working copy of it that is emptied between tests.

    Measured with 50 tables on 2 cores: DELETE in all of them 11 ms, CREATE DATABASE from the template 56 ms,
    TRUNCATE 242 ms. So rows are deleted, with triggers off, and what the migrations had put there is copied
    back; only after a test that changed the schema is the copy made anew.
    """

    def __init__(self, server: str, *, worker: str) -> None:
        self.server = sa.make_url(server).set(drivername="postgresql")
        self.name = f"{_PREFIX}{os.getpid()}_{worker}"
        self.admin = psycopg.connect(
            self._dsn(self.server.database or "postgres"), autocommit=True, application_name=self.name
        )

    def make(self, *, folder: Path) -> None:
        """Migrate the template, make the first copy, and note what both hold."""
        self._sweep()
        self._do("CREATE DATABASE {}", f"{self.name}_template")
        migrate(self._dsn(f"{self.name}_template"), folder=folder)
        self._copy_anew()
        with self._connect() as copy:
            self.schema = _fingerprint(copy)
            self.kept = _rows(copy)
            self.emptying = _emptying(copy)

    def fresh(self, _folder: Path) -> str:
        """A URL of the working copy, as the migrations left it."""
        self._end_connections()
        with self._connect() as copy:
            changed = _fingerprint(copy) != self.schema
            if not changed:
                self._put_right(copy)
        if changed:
            self._copy_anew()
        return self._dsn(self.name)

    def close(self) -> None:
        """Remove both databases."""
        for name in (self.name, f"{self.name}_template"):
            self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self.admin.close()

    def _put_right(self, copy: psycopg.Connection) -> None:
        copy.execute("SET LOCAL session_replication_role = replica")
        copy.execute(self.emptying)
        for target, rows in self.kept.items():
            with copy.cursor().copy(f"COPY {target} FROM STDIN") as into:
                into.write(rows)

    def _copy_anew(self) -> None:
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
        self._do("CREATE DATABASE {} TEMPLATE {}", self.name, f"{self.name}_template")

    def _end_connections(self) -> None:
        self.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self.name,)
        )

    def _sweep(self) -> None:
        """Remove what killed runs left: databases whose worker no longer holds its connection."""
        left = self.admin.execute(
            "SELECT d.datname FROM pg_database d WHERE starts_with(d.datname, %s) AND NOT EXISTS ("
            "SELECT 1 FROM pg_stat_activity s WHERE starts_with(s.application_name, %s)"
            " AND starts_with(d.datname, s.application_name))",
            (_PREFIX, _PREFIX),
        ).fetchall()
        for (name,) in left:
            # Two workers may sweep at once.
            with suppress(psycopg.Error):
                self._do("DROP DATABASE IF EXISTS {}", name)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._dsn(self.name))

    def _dsn(self, database: str) -> str:
        return self.server.set(database=database).render_as_string(hide_password=False)

    def _do(self, statement: str, *names: str) -> None:
        self.admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _fingerprint(copy: psycopg.Connection) -> str:
    """A text that differs once a table, column, constraint, trigger or function was changed."""
    found = copy.execute(
        "SELECT md5(string_agg(it, ',' ORDER BY it)) FROM ("
        " SELECT 'r' || oid || relname AS it FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT 'c' || oid || conname FROM pg_constraint"
        " UNION ALL SELECT 't' || oid || tgenabled::text FROM pg_trigger"
        " UNION ALL SELECT 'f' || oid || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " UNION ALL SELECT 'a' || attrelid || attname || attnotnull::text FROM pg_attribute JOIN pg_class r"
        " ON r.oid = attrelid AND relnamespace = 'public'::regnamespace) AS schema"
    ).fetchone()
    assert found
    return str(found[0])


def _rows(copy: psycopg.Connection) -> dict[str, bytes]:
    """What stands in each table that is not empty, by “table (columns)” as COPY wants it."""
    columns = copy.execute(
        "SELECT format('%I (%s)', relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum))"
        " FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE relkind = 'r' AND attnum > 0"
        " AND relnamespace = 'public'::regnamespace AND NOT attisdropped AND attgenerated = ''"
        " GROUP BY relname"
    ).fetchall()
    kept = {}
    for (target,) in columns:
        with copy.cursor().copy(f"COPY {target} TO STDOUT") as out:
            if rows := b"".join(out):
                kept[target] = rows
    return kept


def _emptying(copy: psycopg.Connection) -> str:
    """The statements that empty every table and set every sequence to where it now stands."""
    tables = copy.execute(
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    sequences = copy.execute(
        "SELECT format('SELECT setval(%L, %s, %L)', sequencename, coalesce(last_value, start_value),"
        " last_value IS NOT NULL) FROM pg_sequences WHERE schemaname = 'public'"
    ).fetchall()
    return "; ".join([f"DELETE FROM {table}" for (table,) in tables] + [text for (text,) in sequences])


def at_the_same_time(app: Flask, *doings: Callable[[], object]) -> list[str]:
    """What becomes of each, done by a thread of its own: "done", "refused", "deadlock", or what the database says."""

    def told(do: Callable[[], object]) -> str:
        with app.app_context():
            try:
                do()
            except Refused:
                return "refused"
            except sa.exc.OperationalError as fault:
                return "deadlock" if "deadlock" in str(fault) else str(fault)
            return "done"

    with ThreadPoolExecutor(len(doings)) as pool:
        return [each.result() for each in [pool.submit(told, do) for do in doings]]
