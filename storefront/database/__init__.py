"""The database: one session, one way to commit, two engines.

Knows transactions, locks and column types; refuses to know any table of a room.
"""

from storefront.database.disk import hurried, scrub
from storefront.database.engines import (
    LOCK_SECONDS,
    TRANSACTION_SECONDS,
    init_app,
    is_postgresql,
    prepare_sqlite,
)
from storefront.database.prepared import Done, Prepared
from storefront.database.rows import insert_ignore, insert_new, inserting, lock, lock_all
from storefront.database.statements import read, reading, write
from storefront.database.tables import Base, BigId, BriefInstant, Instant, db, partial_index
from storefront.database.transactions import (
    Misuse,
    fenced,
    recoverable_transaction,
    release,
    require_released,
    require_transaction,
    savepoint,
    session,
    transaction,
)
from storefront.database.triggers import append_only, append_only_tables, trigger_statements

__all__ = [
    "LOCK_SECONDS",
    "TRANSACTION_SECONDS",
    "Base",
    "BigId",
    "BriefInstant",
    "Done",
    "Instant",
    "Misuse",
    "Prepared",
    "append_only",
    "append_only_tables",
    "db",
    "fenced",
    "hurried",
    "init_app",
    "insert_ignore",
    "insert_new",
    "inserting",
    "is_postgresql",
    "lock",
    "lock_all",
    "partial_index",
    "prepare_sqlite",
    "read",
    "reading",
    "recoverable_transaction",
    "release",
    "require_released",
    "require_transaction",
    "savepoint",
    "scrub",
    "session",
    "transaction",
    "trigger_statements",
    "write",
]
