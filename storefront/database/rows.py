"""Rows that are inserted unless they stand, and rows that are held until commit. Every function is a step.

Knows what differs between the engines in this; refuses to know any table of a room.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

import sqlalchemy as sa

from storefront.database.engines import is_postgresql
from storefront.database.prepared import Prepared
from storefront.database.statements import write
from storefront.database.tables import db
from storefront.database.transactions import require_transaction


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
