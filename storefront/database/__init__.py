"""The database: one session, one way to commit, two engines.

Knows transactions, locks and column types; refuses to know any table of a room.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session

from storefront.database.prepared import Done, Reader
from storefront.database.prepared import Prepared as Prepared

# Long enough for a queue of short transactions, short enough that a person is still there.
LOCK_SECONDS = 20
# PostgreSQL ends what takes longer, so that no row stays locked by a stuck process.
TRANSACTION_SECONDS = 30

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    """What every table of the shop is declared on."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class Instant(sa.TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps it as text with microseconds, PostgreSQL as timestamptz."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return (
            value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)
        )

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index of those rows alone that are as `where` says, on both engines."""
    return sa.Index(name, *columns, unique=unique, info={"where": where})


class BriefInstant(sa.TypeDecorator[datetime]):
    """An aware UTC datetime as the microseconds since 1970: 8 bytes where SQLite's text takes 27, for what stands
    in millions of rows."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        # Whole numbers all the way: as a float the last microseconds would be lost.
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def init_app(app: Flask, *, url: str, threads: int = 16) -> None:
    """Bind the app to the database at `url`, with a pool for `threads` threads."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(url, threads=threads)
    # No statement of a migration is cut short: it runs alone, and a half of it would help nobody.
    app.config["MIGRATION_ENGINE_OPTIONS"] = {
        "poolclass": sa.pool.NullPool,
        "connect_args": {"isolation_level": "IMMEDIATE", "timeout": 60} if url.startswith("sqlite") else {},
    }
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)
        _limit_indexes(db.engine.dialect.name)


def _limit_indexes(dialect: str) -> None:
    """Tell partial indexes their rows, for this engine alone: `sqlite_where` and `postgresql_where` at once load all
    drivers of both, 40 ms and 3 MiB of each start."""
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:
                index.dialect_kwargs[f"{dialect}_where"] = sa.text(index.info["where"])


def _engine_options(url: str, *, threads: int) -> dict[str, Any]:
    pool = {
        "pool_size": threads,
        "max_overflow": threads,
        "pool_timeout": LOCK_SECONDS,
        # The connection used last knows most pages and statements.
        "pool_use_lifo": True,
        # An error's text goes into the log; what people typed does not.
        "hide_parameters": True,
    }
    if url.startswith("sqlite"):
        # DML outside a transaction() takes the write lock at once, and SELECTs hold none: a reader never upgrades.
        return pool | {"connect_args": {"isolation_level": "IMMEDIATE", "timeout": LOCK_SECONDS}}
    limits = f"-c idle_in_transaction_session_timeout={TRANSACTION_SECONDS}s -c lock_timeout={LOCK_SECONDS}s"
    return pool | {"pool_pre_ping": True, "connect_args": {"options": limits, "connect_timeout": 5}}


_PRAGMAS = """
PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;
PRAGMA recursive_triggers=ON; PRAGMA secure_delete=ON;
"""


@contextmanager
def hurried() -> Iterator[None]:
    """Until the block ends commits do not wait for the disk: for what can be made anew. A power cut may then cost
    the newest of them, never one before another (https://sqlite.org/pragma.html#pragma_synchronous)."""

    def hurry(connection: Any, _record: Any) -> None:
        is_sqlite = db.engine.dialect.name == "sqlite"
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=NORMAL" if is_sqlite else "SET synchronous_commit TO off")
        cursor.close()
        connection.commit()

    _with_new_connections(sa.event.listen, hurry)
    try:
        yield
    finally:
        _with_new_connections(sa.event.remove, hurry)


def _with_new_connections(change: Callable[..., None], hurry: Callable[..., None]) -> None:
    release()
    change(db.engine, "connect", hurry)
    db.engine.dispose()


def prepare_sqlite(engine: Engine) -> None:
    """Set what SQLite forgets per connection: WAL, foreign keys, full sync, triggers on REPLACE, secure delete."""

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.executescript(f"{_PRAGMAS} PRAGMA busy_timeout={LOCK_SECONDS * 1000};")

    @sa.event.listens_for(engine, "checkin")
    def wait_for_the_disk_again(connection: Any, record: Any) -> None:
        if record.record_info.pop(_HASTY, False) and connection is not None:
            connection.execute("PRAGMA synchronous=FULL")


def session() -> scoped_session[Any]:
    """The session of this request, job or command."""
    return db.session


def read(statement: Any, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """The rows of a select of columns, past the session's part for entities: for pages, which read the most.

    Fastest where it is Prepared: SQLite answers by itself then. Within a transaction it sees what was added, as the
    session does.
    """
    if isinstance(statement, Prepared):
        standing = db.session() if db.session.registry.has() else None
        if standing is None or not standing.in_transaction():
            if (rows := _asked(statement, values or {})) is not None:
                return rows
        elif _DRIVER in standing.info:
            standing.flush()
            return _told(standing, statement, values or {}).rows
        statement = statement.statement
    current = db.session()
    if current.info.get(_OPEN):
        current.flush()
    found: Sequence[Any] = current.connection().execute(statement, values).all()
    return found


def write(statement: Prepared, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Done:
    """Say a Prepared insert, update or delete, once or once for each of several values. A step."""
    current = require_transaction()
    if _DRIVER in current.info:
        return _told(current, statement, values)
    result = current.connection().execute(statement.statement, values)
    # Not as the result has it: SQLAlchemy lets PostgreSQL answer an insert's key in a row of its own.
    if statement.statement.exported_columns:
        return Done(list(result.all()), result.rowcount, None)
    is_one_insert = statement.statement.is_insert and isinstance(values, Mapping)
    key = result.inserted_primary_key if is_one_insert else None
    return Done([], result.rowcount, key[0] if key else None)


def _told(
    current: Session, statement: Prepared, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> Done:
    """Tell SQLite by the transaction's own connection. What it raises is SQLAlchemy's, and never said again: of some
    errors the transaction is over."""
    engine, driver = current.info[_DRIVER]
    try:
        return statement.do(engine, driver, values)
    except sqlite3.Error as error:
        raise sa.exc.DBAPIError.instance(
            statement.text, None, error, sqlite3.Error, hide_parameters=True, dialect=engine.dialect
        ) from error


def _asked(prepared: Prepared, values: Mapping[str, Any]) -> Sequence[Any] | None:
    """What SQLite answers past the session; None where something went wrong: then it is asked once more by the front
    door, so that what is raised is SQLAlchemy's."""
    engine = db.engine
    if engine.dialect.name != "sqlite":
        return None
    line = _line.get()
    reader = (line and line.reader) or Reader(engine)
    if line:
        line.reader = reader
    try:
        found = prepared.ask(engine, reader.connection, values)
    except sqlite3.Error:
        # It is lent to nobody again.
        if line:
            line.reader = None
        return None
    if not line:
        reader.give_back()
    return found


class _Line:
    """The reader that the reads of a block share, borrowed with the first of them."""

    __slots__ = ("reader",)

    def __init__(self) -> None:
        self.reader: Reader | None = None


_line: ContextVar[_Line | None] = ContextVar("line", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Let the Prepared selects of the block share one connection, given back at its end."""
    line = _Line()
    token = _line.set(line)
    try:
        yield
    finally:
        _line.reset(token)
        if line.reader is not None:
            line.reader.give_back()


# Asked just before each commit; a worker that has lost its lease raises here.
_fence: ContextVar[Callable[[], None] | None] = ContextVar("fence", default=None)

_OPEN = "storefront.transaction"
# A connection of SQLite's whose commits do not wait for the disk, until it goes back to the pool.
_HASTY = "storefront.hasty"
# The engine and the driver's own connection of an open transaction, of SQLite's alone.
_DRIVER = "storefront.driver"


class Misuse(RuntimeError):
    """A transaction was opened, needed or held where the rules forbid it: a bug."""


def transaction() -> AbstractContextManager[Session]:
    """The only way to commit. Begins anew (whatever was read before is read again), commits at the end, rolls
    back on any exception. Raises Misuse inside another transaction or over unsaved changes."""
    return _transaction(begin)


def recoverable_transaction() -> AbstractContextManager[Session]:
    """The same for what is asked for elsewhere again where it is not found here: its commit does not wait for the
    disk, so that a power cut may take it, as the newest of all; what was committed before it stays, and the next
    commit that waits keeps both (https://sqlite.org/pragma.html#pragma_synchronous)."""
    return _transaction(_begin_hastily)


@contextmanager
def _transaction(begin: Callable[[Session], Any]) -> Iterator[Session]:
    current = db.session()
    if current.info.get(_OPEN):
        raise Misuse("transactions do not nest: call a step, not an action")
    _refuse_unsaved(current)
    current.rollback()
    # Rows of an earlier transaction are still remembered, and may have changed since.
    current.expire_all()
    with _turn(db.engine):
        current.info[_OPEN] = True
        try:
            if driver := begin(current):
                current.info[_DRIVER] = (db.engine, driver)
            yield current
            if fence := _fence.get():
                current.flush()
                fence()
            current.commit()
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info.pop(_OPEN, None)
            current.info.pop(_DRIVER, None)


_turns: dict[str, threading.Lock] = {}


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Let the threads of this process write to SQLite in the order they came, before they take a connection.

    SQLite wakes nobody: who finds its lock taken sleeps up to 100 ms and looks again, and under load starves.
    Queueing here cut the slowest of 16 threads from 2.3 s to 0.2 s (docs/database.md). Other processes, and
    libraries that commit by themselves, still wait by `busy_timeout`. Raises sqlalchemy.exc.TimeoutError.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    turn = _turns.setdefault(str(engine.url), threading.Lock())
    if not turn.acquire(timeout=LOCK_SECONDS):
        raise sa.exc.TimeoutError(f"the database was busy for {LOCK_SECONDS} seconds")
    try:
        yield
    finally:
        turn.release()


def begin(current: Session) -> Any:
    """Take SQLite's write lock now, so that no read of this transaction is older than its writes; the driver's
    connection that has it, None on PostgreSQL."""
    connection = current.connection()
    return _begin_immediate(connection) if connection.dialect.name == "sqlite" else None


def _begin_hastily(current: Session) -> Any:
    connection = current.connection()
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
        return None
    held: Any = connection.connection
    held.record_info[_HASTY] = True
    held.dbapi_connection.execute("PRAGMA synchronous=NORMAL")
    return _begin_immediate(connection)


def _begin_immediate(connection: sa.Connection) -> Any:
    """Look for the lock every 2 ms: SQLite's own waiting grows to 100 ms a look, and another process, which
    asks again as soon as it has committed, would win every time. Each process has one thread here at most."""
    until = time.monotonic() + LOCK_SECONDS
    # Past SQLAlchemy, which takes 60 µs for each of these: an order begins two transactions.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA busy_timeout=2")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return driver
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    break
        # Once more by the front door, so that what is raised is SQLAlchemy's.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return driver
    finally:
        driver.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")


def require_transaction() -> Session:
    """The first line of every step: raises Misuse where no transaction is open."""
    current = db.session()
    if not current.info.get(_OPEN):
        raise Misuse("a step writes inside its caller's transaction; none is open")
    return current


def release() -> None:
    """End the reading transaction and give the connection back: nothing is held while the network answers."""
    current = db.session()
    if current.info.get(_OPEN):
        raise Misuse("no network inside a transaction")
    _refuse_unsaved(current)
    current.rollback()


def require_released() -> None:
    """Raises Misuse where a connection or transaction is held; the gateway's first line."""
    current = db.session()
    if current.info.get(_OPEN) or current.in_transaction():
        raise Misuse("no network while a transaction is open: commit or release() first")


@contextmanager
def fenced(check: Callable[[], None]) -> Iterator[None]:
    """Within the block every commit first calls `check`, inside the transaction; it raises to forbid the commit."""
    token = _fence.set(check)
    try:
        yield
    finally:
        _fence.reset(token)


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of the open transaction that is undone alone when it raises."""
    current = require_transaction()
    with current.begin_nested():
        # The session says SAVEPOINT once it is asked for the connection; Prepared statements do not ask.
        current.connection()
        yield


def insert_ignore(
    model: type[Any], values: Mapping[str, Any], *, unique: Sequence[str], where: str | None = None
) -> bool:
    """Insert one row unless one with the same `unique` columns stands (under a partial index: `where` its
    condition); whether a row was written. A step."""
    return insert_new(model, values, unique=unique, where=where) is not None


def insert_new(
    model: type[Any], values: Mapping[str, Any], *, unique: Sequence[str], where: str | None = None
) -> Any:
    """As `insert_ignore`, but answers the key of the row that was written, None where one stood. A step."""
    current = require_transaction()
    # A row may stand on one that was only just added; rows that changed can wait, and are then written once.
    if current.new:
        current.flush()
    statement = _insert_unless(model.__table__, tuple(values), tuple(unique), where, db.engine.dialect.name)
    written = write(statement, values).rows
    return written[0][0] if written else None


@lru_cache(maxsize=64)
def _insert_unless(
    table: sa.Table, columns: tuple[str, ...], unique: tuple[str, ...], where: str | None, dialect: str
) -> Prepared:
    # The engine has imported its own; the other's six drivers are 40 ms of a start.
    insert: Any = import_module(f"sqlalchemy.dialects.{dialect}").insert
    condition = None if where is None else sa.text(where)
    statement = insert(table).values({name: sa.bindparam(name) for name in columns})
    statement = statement.on_conflict_do_nothing(index_elements=list(unique), index_where=condition)
    # Not by rowcount: on PostgreSQL it is -1 for an INSERT that SQLAlchemy lets return its key.
    return Prepared(statement.returning(*table.primary_key))


def inserting(model: type[Any], *columns: str) -> Prepared:
    """The insert of rows of which these columns are named; the others are as the table says."""
    return Prepared(sa.insert(model.__table__).values({name: sa.bindparam(name) for name in columns}))


def lock(model: type[Any], key: Any) -> Any:
    """Read one row anew and, on PostgreSQL, lock it until commit (SQLite has locked all); None if absent. A step."""
    current = require_transaction()
    return current.get(model, key, with_for_update=True, populate_existing=True)


def lock_all(model: type[Any], keys: Sequence[Any]) -> None:
    """Lock rows by id, in that order, on PostgreSQL; SQLite has locked all. A step."""
    current = require_transaction()
    if is_postgresql():
        rows = sa.select(model.id).where(model.id.in_(keys)).order_by(model.id)
        current.execute(rows.with_for_update()).all()


def is_postgresql() -> bool:
    """Whether the current app's engine is PostgreSQL."""
    return db.engine.dialect.name == "postgresql"


def _refuse_unsaved(current: Session) -> None:
    if current.new or current.dirty or current.deleted:
        raise Misuse("there are unsaved changes outside a transaction")


def scrub() -> None:
    """Let what was erased leave the files of SQLite too: `secure_delete` has zeroed it, the log still has it.

    A reader may hold the log open; then the next checkpoint does it. PostgreSQL does it by VACUUM, in its own time.
    """
    if not is_postgresql():
        release()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


_append_only: dict[str, str] = {}


def append_only(table: str, *, why: str) -> None:
    """Declare that rows of `table` are never changed or deleted; the migrations' triggers enforce it."""
    _append_only[table] = why


def append_only_tables() -> Mapping[str, str]:
    """Table names declared append-only, with the reason for each."""
    return dict(_append_only)


def trigger_statements(table: str, *, dialect: str) -> list[str]:
    """The DDL that makes `table` refuse UPDATE, DELETE (and SQLite's REPLACE, through recursive_triggers)."""
    message = f"{table} is append-only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]
