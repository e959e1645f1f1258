"""What is written into the books stays as it was written: the database itself refuses, on both engines."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.database import append_only_tables, db, is_postgresql, session, transaction
from storefront.refunds.actions import send_refund
from tests.books import changed_tables, whole_database
from tests.builders.payments import a_paid_order, a_refund
from tests.servers.stripe import StripeStandIn

# A column of each whose change would be a lie.
TABLES = {
    "ledger_entry": "amount_minor",
    "stock_movement": "delta",
    "document": "serial",
    "price_change": "price_minor",
    "policy_version": "note",
    "audit_entry": "verb",
}


def test_these_are_the_tables_that_never_forget(inside: Flask) -> None:
    assert set(append_only_tables()) == set(TABLES)


@pytest.fixture
def filled(inside: Flask, sandbox: StripeStandIn) -> None:
    """A shop in which something of everything has happened."""
    send_refund(a_refund(a_paid_order(sandbox)))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE", "REPLACE"])
def test_a_row_once_written_is_neither_changed_nor_removed(table: str, verb: str) -> None:
    before = whole_database()
    assert before[table], "a table without rows proves nothing"
    statement = statement_for(verb, table)
    if statement is None:
        pytest.skip(f"this engine has no {verb}")

    with pytest.raises(sa.exc.DBAPIError, match=f"{table} is append-only"), transaction() as current:
        current.execute(sa.text(statement))

    assert changed_tables(before, whole_database()) == {}


def statement_for(verb: str, table: str) -> str | None:
    column = TABLES[table]
    columns = ", ".join(f'"{each.name}"' for each in db.metadata.tables[table].columns)
    session().rollback()
    known = {
        "UPDATE": f"UPDATE {table} SET {column} = {column}",
        "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table} CASCADE" if is_postgresql() else None,
        "REPLACE": None
        if is_postgresql()
        else f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
    }
    return known[verb]
