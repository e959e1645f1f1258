"""Locks: who waits for whom, and what is held while the network answers."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as WaitedTooLong

from storefront import database
from storefront.database import Misuse, session, transaction, transactions, turns
from tests.kernel.tally import Tally, add_one, checked_out, counted, elsewhere

pytestmark = pytest.mark.usefixtures("tally")


def test_reading_holds_a_connection_until_it_is_released() -> None:
    session().get(Tally, 1)
    before = checked_out()
    with pytest.raises(Misuse):
        database.require_released()

    database.release()

    assert (before, checked_out()) == (1, 0)
    database.require_released()


def test_nothing_is_released_inside_a_transaction() -> None:
    with transaction():
        with pytest.raises(Misuse):
            database.release()
        with pytest.raises(Misuse):
            database.require_released()


def test_after_a_transaction_nothing_is_held() -> None:
    add_one()

    database.require_released()
    assert checked_out() == 0


def test_an_absent_row_is_locked_as_none() -> None:
    with transaction():
        assert database.lock(Tally, 99) is None


def _count_together(app: Flask, read: Callable[[], Tally]) -> None:
    """8 threads read the row, wait a little, and write back one more than they read."""
    pause = threading.Event()

    def count() -> None:
        with app.app_context(), transaction():
            row = read()
            pause.wait(0.02)
            row.n = row.n + 1

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_locked_row_is_nobody_elses_until_the_commit(inside: Flask) -> None:
    _count_together(inside, lambda: database.lock(Tally, 1))

    assert counted() == 8


def test_without_the_lock_postgresql_forgets_writes(inside: Flask) -> None:
    """The control run; SQLite has one writer at a time, so there it is the transaction's BEGIN that guards."""
    if not database.is_postgresql():
        pytest.skip("PostgreSQL only")

    _count_together(inside, lambda: session().get_one(Tally, 1))

    assert (counted() or 0) < 8


def test_without_an_immediate_begin_sqlite_refuses_who_read_before(
    inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: a deferred BEGIN reads first and can no longer write once somebody else did."""
    if database.is_postgresql():
        pytest.skip("SQLite only")
    monkeypatch.setattr(transactions, "begin", lambda current: current.connection().exec_driver_sql("BEGIN"))
    monkeypatch.setattr(transactions, "turn", lambda _engine: database.fenced(lambda: None))

    def read_then_write() -> None:
        with transaction() as current:
            row = current.get_one(Tally, 1)
            elsewhere(inside, add_one)
            row.n = row.n + 1

    with pytest.raises(OperationalError, match="locked"):
        read_then_write()


def test_a_reader_never_keeps_a_writer_waiting(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LOCK_SECONDS", 1)
    session().scalars(sa.select(Tally)).all()

    elsewhere(inside, add_one)

    assert counted() == 1


def test_who_waits_for_their_turn_to_write_holds_no_connection(inside: Flask) -> None:
    if database.is_postgresql():
        pytest.skip("PostgreSQL has no such queue: its writers meet at rows")
    waiting = [threading.Thread(target=elsewhere, args=(inside, add_one)) for _ in range(5)]

    with transaction():
        for thread in waiting:
            thread.start()
        threading.Event().wait(0.1)
        held = checked_out()
    for thread in waiting:
        thread.join()

    assert held == 1
    assert counted() == 5


def test_who_waits_too_long_is_told_so(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LOCK_SECONDS", 0.05)
    if database.is_postgresql():
        pytest.skip("PostgreSQL's lock_timeout was set when its connection was made")

    with transaction(), pytest.raises(WaitedTooLong):
        elsewhere(inside, add_one)
