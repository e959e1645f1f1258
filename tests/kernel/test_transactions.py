"""Transactions: one way to commit, nothing stale inside, nothing half done."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import database
from storefront.database import Misuse, insert_ignore, insert_new, session, transaction
from tests.kernel.tally import Tally, add_one, counted, elsewhere, fail_after

pytestmark = pytest.mark.usefixtures("tally")


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


def test_the_key_of_a_row_is_told_where_it_was_written() -> None:
    with transaction() as current:
        keys = [insert_new(Tally, {"name": "second", "n": 3}, unique=("name",)) for _ in range(2)]
        standing = current.scalar(sa.select(Tally.id).where(Tally.name == "second"))

    assert keys == [standing, None]


def _add_and_fail(current: sa.orm.Session) -> None:
    current.add(Tally(id=3, name="undone"))
    current.flush()
    raise ZeroDivisionError


WAITS_FOR_THE_DISK = {
    "sqlite": ("PRAGMA synchronous", "2", "1"),
    "postgresql": ("SHOW synchronous_commit", "on", "off"),
}


def test_only_what_is_found_again_elsewhere_is_committed_before_the_disk_has_it(inside: Flask) -> None:
    asked, waiting, hasty = WAITS_FOR_THE_DISK[database.db.engine.dialect.name]

    def how() -> str:
        return str(session().connection().exec_driver_sql(asked).scalar())

    said = []
    for begin in (transaction, database.recoverable_transaction, transaction):
        with begin():
            said.append(how())
            session().execute(sa.update(Tally).values(n=Tally.n + 1))
    said.append(how())

    assert said == [waiting, hasty, waiting, waiting]
    assert counted() == 3


def test_a_hasty_transaction_that_fails_leaves_nothing_and_no_haste(inside: Flask) -> None:
    asked, waiting, _hasty = WAITS_FOR_THE_DISK[database.db.engine.dialect.name]

    with pytest.raises(ZeroDivisionError), database.recoverable_transaction():
        fail_within()

    assert counted() == 0
    assert str(session().connection().exec_driver_sql(asked).scalar()) == waiting


def fail_within() -> None:
    session().execute(sa.update(Tally).values(n=9))
    raise ZeroDivisionError
