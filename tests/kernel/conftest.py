"""What only the kernel's tests need: handlers of their own, and guards taken away for control runs."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront import database
from storefront.database import session, transaction
from storefront.jobs import queue


@pytest.fixture
def unguard(inside: Flask) -> Callable[[str], None]:
    """Takes the append-only triggers off a table."""

    def remove(table: str) -> None:
        dialect = "postgresql" if database.is_postgresql() else "sqlite"
        for statement in database.trigger_statements(table, dialect=dialect):
            words = statement.split()
            if words[:2] == ["CREATE", "TRIGGER"]:
                with transaction() as current:
                    connection = current.connection()
                    suffix = f" ON {table}" if dialect == "postgresql" else ""
                    connection.exec_driver_sql(f"DROP TRIGGER {words[2]}{suffix}")
        session().remove()

    return remove


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A register of handlers that is empty at first and gone afterwards."""
    monkeypatch.setattr(queue, "_handlers", {})
    monkeypatch.setattr(queue, "_periodic", {})
