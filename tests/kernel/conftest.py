"""What only the kernel's tests need: handlers of their own, and guards taken away for control runs."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from storefront import database, jobs
from storefront.database import db, session, transaction
from storefront.jobs import queue
from tests.client import ShopClient, browser
from tests.kernel.job_bench import note
from tests.kernel.pages import add_pages
from tests.kernel.tally import Own, Tally


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
def handlers(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register of handlers that is empty at first and gone afterwards.

    Made after the database, whose migrations import every room: their handlers belong in the real register.
    """
    monkeypatch.setattr(queue, "_handlers", {})
    monkeypatch.setattr(queue, "_periodic", {})


@pytest.fixture
def noting(handlers: None) -> None:
    """A handler "note" that records the verb it is given."""

    @jobs.handler("note")
    def do(*, verb: str = "noted") -> None:
        note(verb)


@pytest.fixture
def probe(make_app: Callable[..., Flask]) -> Callable[..., ShopClient]:
    """Makes a shop with some pages of its own under `/probe/`, and a browser for it."""

    def make(**overrides: str) -> ShopClient:
        app = make_app(**overrides)
        add_pages(app)
        return browser(app)

    return make


@pytest.fixture
def probed(probe: Callable[..., ShopClient]) -> ShopClient:
    """A browser for a shop with probe pages and no settings of its own."""
    return probe()


@pytest.fixture
def tally(inside: Flask) -> Iterator[None]:
    """The table, with one row: id 1, "first", 0."""
    Own.metadata.create_all(db.engine)
    with transaction() as current:
        current.add(Tally(name="first"))
    session().remove()
    yield
    session().remove()
