"""Transactions: one way to commit, nothing stale inside, nothing held outside, on both engines."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storefront import database
from storefront.database import Instant, Misuse, db, insert_ignore, session, transaction

NOON = datetime(2026, 6, 17, 12, 0, 0, 123456, tzinfo=UTC)


class Own(DeclarativeBase):
    """Apart from the shop's own tables."""


class Tally(Own):
    """A number with a name."""

    __tablename__ = "kernel_tally"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    n: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime | None] = mapped_column(Instant)


@pytest.fixture(autouse=True)
def tally(inside: Flask) -> Iterator[None]:
    """The table, with one row: id 1, "first", 0."""
    Own.metadata.create_all(db.engine)
    with transaction() as current:
        current.add(Tally(name="first"))
    session().remove()
    yield
    session().remove()


def elsewhere(app: Flask, do: Callable[[], object]) -> None:
    """Do something in another thread with its own session, as another request would."""
    errors: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                do()
            except BaseException as error:
                errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def add_one() -> None:
    """Count one more in the first row."""
    with transaction() as current:
        current.execute(sa.update(Tally).where(Tally.id == 1).values(n=Tally.n + 1))


def counted() -> int | None:
    """What the first row says now."""
    session().rollback()
    return session().scalar(sa.select(Tally.n).where(Tally.id == 1))


def checked_out() -> int:
    """How many connections are in use."""
    number: int = db.engine.pool.checkedout()  # type: ignore[attr-defined]
    return number


def fail_after(step: Callable[[], object]) -> None:
    """A transaction that breaks after `step`."""
    with transaction():
        step()
        raise ZeroDivisionError


def test_what_is_done_in_a_transaction_stands_at_its_end(inside: Flask) -> None:
    add_one()

    assert counted() == 1


def test_what_is_done_before_an_error_is_undone(inside: Flask) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(lambda: session().execute(sa.update(Tally).values(n=9)))

    assert counted() == 0
    add_one()
    assert counted() == 1


def test_transactions_do_not_nest(inside: Flask) -> None:
    with pytest.raises(Misuse, match="nest"), transaction():
        add_one()

    assert counted() == 0


@pytest.mark.parametrize("change", ["new", "dirty", "deleted"])
def test_unsaved_changes_outside_a_transaction_are_refused(change: str) -> None:
    row = session().get(Tally, 1)
    assert row
    if change == "new":
        session().add(Tally(name="stray"))
    elif change == "dirty":
        row.n = 7
    else:
        session().delete(row)

    with pytest.raises(Misuse, match="unsaved"):
        add_one()
    with pytest.raises(Misuse, match="unsaved"):
        database.release()


def test_a_row_read_before_a_transaction_is_read_again_inside_it(inside: Flask) -> None:
    row = session().get(Tally, 1)
    elsewhere(inside, add_one)

    with transaction() as current:
        again = current.get(Tally, 1)
        assert again is row
        assert again
        assert again.n == 1


def test_a_row_kept_from_an_earlier_transaction_is_read_again_too(inside: Flask) -> None:
    with transaction() as current:
        row = current.get(Tally, 1)
        assert row
        assert row.n == 0
    elsewhere(inside, add_one)

    with transaction() as current:
        again = current.get(Tally, 1)
        assert again
        assert again.n == 1


def test_rows_can_be_read_after_the_commit_without_asking_again(count_queries: Callable[..., object]) -> None:
    with transaction() as current:
        row = current.get(Tally, 1)
        assert row
        row.n = 5

    with count_queries() as seen:  # type: ignore[attr-defined]
        assert row.n == 5
    assert seen.statements == []


def test_a_step_needs_a_transaction() -> None:
    with pytest.raises(Misuse):
        database.require_transaction()
    with pytest.raises(Misuse):
        insert_ignore(Tally, {"name": "second"}, unique=("name",))
    with pytest.raises(Misuse):
        database.lock(Tally, 1)
    with pytest.raises(Misuse), database.savepoint():
        pass


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


def test_a_fence_that_raises_forbids_the_commit() -> None:
    def closed() -> None:
        database.require_transaction()
        raise ZeroDivisionError

    with database.fenced(closed), pytest.raises(ZeroDivisionError):
        add_one()

    assert counted() == 0
    add_one()
    assert counted() == 1


def test_a_fence_sees_what_is_about_to_be_committed() -> None:
    seen = []
    second = sa.select(Tally.name).where(Tally.id == 2)
    with database.fenced(lambda: seen.append(session().scalar(second))), transaction() as current:
        current.add(Tally(id=2, name="second"))

    assert seen == ["second"]


def test_a_savepoint_is_undone_alone() -> None:
    with transaction() as current:
        current.add(Tally(id=2, name="kept"))
        with pytest.raises(ZeroDivisionError), database.savepoint():
            _add_and_fail(current)
        current.add(Tally(id=4, name="kept too"))

    names = session().scalars(sa.select(Tally.name).order_by(Tally.id)).all()
    assert names == ["first", "kept", "kept too"]


def test_a_row_is_inserted_unless_it_stands() -> None:
    with transaction():
        written = [
            insert_ignore(Tally, {"name": name, "n": 3}, unique=("name",)) for name in ("second", "second")
        ]
        written.append(insert_ignore(Tally, {"name": "first", "n": 3}, unique=("name",)))

    assert written == [True, False, False]
    assert counted() == 0


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
    monkeypatch.setattr(database, "begin", lambda current: current.connection().exec_driver_sql("BEGIN"))
    monkeypatch.setattr(database, "_turn", lambda _engine: database.fenced(lambda: None))

    def read_then_write() -> None:
        with transaction() as current:
            row = current.get_one(Tally, 1)
            elsewhere(inside, add_one)
            row.n = row.n + 1

    with pytest.raises(OperationalError, match="locked"):
        read_then_write()


def test_a_reader_never_keeps_a_writer_waiting(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 1)
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
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.05)
    if database.is_postgresql():
        pytest.skip("PostgreSQL's lock_timeout was set when its connection was made")

    with transaction(), pytest.raises(WaitedTooLong):
        elsewhere(inside, add_one)


def test_sqlite_is_told_what_it_forgets_on_every_connection() -> None:
    if database.is_postgresql():
        pytest.skip("SQLite only")
    wanted = {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "recursive_triggers": 1,
        "secure_delete": 1,
    }

    with db.engine.connect() as one, db.engine.connect() as two:
        found = [
            {name: each.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} for each in (one, two)
        ]

    assert found == [wanted, wanted]


INSTANTS = [
    NOON,
    NOON.replace(microsecond=0),
    NOON.astimezone(timezone(timedelta(hours=5, minutes=45))),
    datetime(1970, 1, 1, tzinfo=UTC),
    None,
]


@pytest.mark.parametrize("at", INSTANTS)
def test_an_instant_comes_back_as_it_was_in_utc(at: datetime | None) -> None:
    with transaction() as current:
        current.execute(sa.update(Tally).values(at=at))

    found = session().scalar(sa.select(Tally.at))
    assert found == at
    assert found is None or found.utcoffset() == timedelta(0)


def test_instants_are_compared_as_instants() -> None:
    with transaction() as current:
        current.execute(sa.update(Tally).values(at=NOON))

    later = (NOON + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-11)))
    assert session().scalar(sa.select(Tally.id).where(Tally.at < later)) == 1
    assert session().scalar(sa.select(Tally.id).where(Tally.at >= later)) is None


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"), transaction() as current:
        current.execute(sa.update(Tally).values(at=datetime(2026, 6, 17)))  # noqa: DTZ001


def test_an_error_does_not_tell_the_log_what_people_typed() -> None:
    with pytest.raises(sa.exc.IntegrityError) as error, transaction() as current:
        current.execute(sa.insert(Tally).values(id=1, name="jane@example.org"))

    assert "jane@example.org" not in str(error.value.args)
    assert "[SQL parameters hidden" in str(error.value)


def test_every_append_only_table_has_its_triggers() -> None:
    found = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if database.is_postgresql():
        found = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    standing = set(session().scalars(sa.text(found)))

    ends = ("no_change", "no_truncate") if database.is_postgresql() else ("no_update", "no_delete")
    wanted = {f"{table}_{end}" for table in database.append_only_tables() for end in ends}
    assert wanted
    assert wanted <= standing


def _add_and_fail(current: sa.orm.Session) -> None:
    current.add(Tally(id=3, name="undone"))
    current.flush()
    raise ZeroDivisionError
