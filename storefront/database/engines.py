"""The engine that the app is bound to, and what SQLite has to be told by each connection.

Knows pools, time limits and pragmas; refuses to know transactions.
"""

from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from storefront.database.tables import db, limit_indexes

# Long enough for a queue of short transactions, short enough that a person is still there.
LOCK_SECONDS = 20
# PostgreSQL ends what takes longer, so that no row stays locked by a stuck process.
TRANSACTION_SECONDS = 30
# A connection of SQLite's whose commits do not wait for the disk, until it goes back to the pool.
HASTY = "storefront.hasty"


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
        limit_indexes(db.engine.dialect.name)


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


def prepare_sqlite(engine: Engine) -> None:
    """Set what SQLite forgets per connection: WAL, foreign keys, full sync, triggers on REPLACE, secure delete."""

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.executescript(f"{_PRAGMAS} PRAGMA busy_timeout={LOCK_SECONDS * 1000};")

    @sa.event.listens_for(engine, "checkin")
    def wait_for_the_disk_again(connection: Any, record: Any) -> None:
        if record.record_info.pop(HASTY, False) and connection is not None:
            connection.execute("PRAGMA synchronous=FULL")


def is_postgresql() -> bool:
    """Whether the current app's engine is PostgreSQL."""
    return db.engine.dialect.name == "postgresql"
