"""Prepared statements said past the session: reads for pages, writes within a transaction.

Knows which connection answers; refuses to know what the statements mean.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storefront.database.prepared import Done, Prepared, Reader
from storefront.database.tables import db
from storefront.database.transactions import DRIVER, OPEN, require_transaction


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
        elif DRIVER in standing.info:
            standing.flush()
            return _told(standing, statement, values or {}).rows
        statement = statement.statement
    current = db.session()
    if current.info.get(OPEN):
        current.flush()
    found: Sequence[Any] = current.connection().execute(statement, values).all()
    return found


def write(statement: Prepared, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Done:
    """Say a Prepared insert, update or delete, once or once for each of several values. A step."""
    current = require_transaction()
    if DRIVER in current.info:
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
    engine, driver = current.info[DRIVER]
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
