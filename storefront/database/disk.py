"""What reaches the disk when: commits that do not wait for it, and what was erased and leaves it.

Knows SQLite's log and PostgreSQL's; refuses to know what is worth the wait.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from storefront.database.engines import is_postgresql
from storefront.database.tables import db
from storefront.database.transactions import release


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


def scrub() -> None:
    """Let what was erased leave the files of SQLite too: `secure_delete` has zeroed it, the log still has it.

    A reader may hold the log open; then the next checkpoint does it. PostgreSQL does it by VACUUM, in its own time.
    """
    if not is_postgresql():
        release()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
