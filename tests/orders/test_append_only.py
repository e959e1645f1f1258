"""What is written into the books stays as it was written: the database itself refuses, on both engines."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.database import append_only_tables, db, is_postgresql, transaction
from storefront.refunds.actions import send_refund
from storefront.webhooks.actions import take_in_movements
from tests.books import changed_tables, whole_database
from tests.builders.claims import a_claim
from tests.builders.comments import a_comment
from tests.builders.credit import a_gift_card
from tests.builders.newsletter import a_subscriber
from tests.builders.payments import a_paid_order, a_refund
from tests.builders.returns import a_return
from tests.builders.shipments import a_shipment
from tests.servers.stripe import StripeStandIn

# A column of each whose change would be a lie.
TABLES = {
    "ledger_entry": "amount_minor",
    "stock_movement": "delta",
    "document": "serial",
    "price_change": "price_minor",
    "policy_version": "note",
    "audit_entry": "verb",
    "shipment_line": "quantity",
    "decision": "verdict",
    "claim_decision": "answer",
    "return_decision": "verdict",
    "opt_in": "wording",
    "balance_movement": "amount_minor",
    "credit_entry": "amount_minor",
}


def test_these_are_the_tables_that_never_forget(inside: Flask) -> None:
    assert set(append_only_tables()) == set(TABLES)


@pytest.fixture
def filled(inside: Flask, sandbox: StripeStandIn) -> None:
    """A shop in which something of everything has happened."""
    placed = a_paid_order(sandbox)
    a_shipment(placed.order_id, pieces=1)
    a_return(placed.order_id, 1)
    send_refund(a_refund(placed))
    take_in_movements()
    a_comment(published=True)
    a_claim(substantiated=True)
    a_subscriber()
    a_gift_card()


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE or REPLACE"])
def test_a_row_once_written_is_neither_changed_nor_removed(table: str, verb: str) -> None:
    before = whole_database()
    assert before[table], "a table without rows proves nothing"
    statement = statement_for(verb, table)

    with pytest.raises(sa.exc.DBAPIError, match=f"{table} is append-only"), transaction() as current:
        current.execute(sa.text(statement))

    assert changed_tables(before, whole_database()) == {}


def statement_for(verb: str, table: str) -> str:
    """PostgreSQL empties a table at a stroke; SQLite deletes and inserts under one name."""
    if verb == "UPDATE":
        return f"UPDATE {table} SET {TABLES[table]} = {TABLES[table]}"
    if verb == "DELETE":
        return f"DELETE FROM {table}"
    if is_postgresql():
        return f"TRUNCATE {table} CASCADE"
    columns = ", ".join(f'"{each.name}"' for each in db.metadata.tables[table].columns)
    return f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}"
