"""Prepared statements: the same rows as SQLAlchemy's, errors and counts included."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import database
from storefront.database import Prepared, read, reading, session, transaction, write
from storefront.database.prepared import Reader, _WithConstants
from tests.counting import Counting
from tests.kernel.tally import Tally, add_one, checked_out

pytestmark = pytest.mark.usefixtures("tally")

_TALLY = Prepared(sa.select(Tally.id, Tally.n).where(Tally.id.in_(sa.bindparam("ids", expanding=True))))
_SINCE = Prepared(sa.select(Tally.at).where(Tally.at > sa.bindparam("then", type_=database.Instant())))


def test_a_prepared_select_gives_rows_by_name_for_lists_of_values(inside: Flask) -> None:
    rows = read(_TALLY, {"ids": [1, 7]})

    assert [(row.id, row.n) for row in rows] == [(1, 0)]
    assert read(_TALLY, {"ids": []}) == []


def test_a_prepared_select_reads_and_writes_types_as_sqlalchemy_does(inside: Flask) -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
    with transaction() as current:
        current.execute(sa.update(Tally).values(at=at))

    assert [tuple(row) for row in read(_SINCE, {"then": datetime(2026, 2, 1, tzinfo=UTC)})] == [(at,)]
    assert read(_SINCE, {"then": at}) == []


def test_a_prepared_select_sees_what_its_own_transaction_wrote(inside: Flask) -> None:
    with transaction() as current:
        current.execute(sa.update(Tally).values(n=5))

        assert read(_TALLY, {"ids": [1]})[0].n == 5


_ADD = database.inserting(Tally, "name", "at")
_RAISE = Prepared(sa.update(Tally).values(n=Tally.n + sa.bindparam("by")).returning(Tally.n))
_TAKE = Prepared(sa.update(Tally).where(Tally.n >= sa.bindparam("least")).values(n=0))
_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


_KNOWN = Prepared(_SINCE.statement, known=1)


def test_the_same_answer_is_the_same_rows_and_another_is_not(inside: Flask, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL's selects go through the session")
    asked = {"then": _AT - timedelta(days=1)}
    with transaction() as current:
        current.execute(sa.update(Tally).values(at=_AT))
    first, again = read(_KNOWN, asked), read(_KNOWN, asked)
    later = _AT + timedelta(days=1)
    with transaction() as current:
        current.execute(sa.update(Tally).values(at=later))

    assert again is first
    assert [tuple(row) for row in first] == [(_AT,)]
    assert [tuple(row) for row in read(_KNOWN, asked)] == [(later,)]
    assert list(read(_KNOWN, {"then": later})) == []
    assert len(_KNOWN._answers) == 1


def test_a_prepared_insert_answers_its_key_and_writes_types_and_defaults_as_sqlalchemy_does(
    inside: Flask,
) -> None:
    with transaction():
        key = write(_ADD, {"name": "second", "at": _AT}).key

    written = session().get_one(Tally, key)
    assert (written.name, written.at, written.n) == ("second", _AT, 0)


def test_a_default_that_is_made_is_made_anew_for_each_row(inside: Flask) -> None:
    made = iter("abc")
    table = sa.Table("named", sa.MetaData(), sa.Column("name", sa.Text, default=lambda: next(made)))
    adding = Prepared(sa.insert(table).values({}))
    with transaction() as current:
        current.execute(sa.schema.CreateTable(table))
        write(adding, [{}, {}])
        write(adding, {"name": "given"})

    assert list(session().scalars(sa.select(table.c.name))) == ["a", "b", "given"]


def test_a_prepared_insert_writes_many_rows(inside: Flask) -> None:
    with transaction():
        write(_ADD, [{"name": name, "at": _AT} for name in ("second", "third")])

    assert set(session().scalars(sa.select(Tally.name).where(Tally.at == _AT))) == {"second", "third"}


def test_a_prepared_update_answers_rows_or_how_many_it_touched(inside: Flask) -> None:
    with transaction():
        assert [row.n for row in write(_RAISE, {"by": 4}).rows] == [4]
        assert write(_TAKE, {"least": 5}).count == 0
        assert write(_TAKE, {"least": 4}).count == 1


def test_a_prepared_write_needs_a_transaction(inside: Flask) -> None:
    with pytest.raises(database.Misuse):
        write(_RAISE, {"by": 1})


def test_what_the_database_refuses_of_a_prepared_write_is_sqlalchemys_error(inside: Flask) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        _count_and_add([{"name": "second", "at": _AT}] * 2)

    assert read(_TALLY, {"ids": [1]})[0].n == 0


def test_a_prepared_write_is_undone_with_its_savepoint(inside: Flask) -> None:
    with transaction():
        write(_RAISE, {"by": 1})
        with pytest.raises(ValueError, match="undo"):
            _count_and_undo()

    assert read(_TALLY, {"ids": [1]})[0].n == 1


def _count_and_add(rows: list[dict[str, object]]) -> None:
    with transaction():
        write(_RAISE, {"by": 1})
        write(_ADD, rows)


def _count_and_undo() -> None:
    with database.savepoint():
        write(_RAISE, {"by": 1})
        raise ValueError("undo")


def test_a_prepared_select_sees_what_others_committed(inside: Flask) -> None:
    assert read(_TALLY, {"ids": [1]})[0].n == 0

    add_one()

    assert read(_TALLY, {"ids": [1]})[0].n == 1


def test_a_prepared_select_is_asked_once_though_sqlalchemy_writes_a_value_into_its_text(
    inside: Flask, count_queries: Counting
) -> None:
    joined = Prepared(sa.select(sa.func.aggregate_strings(sa.cast(Tally.n, sa.String), "\n").label("text")))

    with count_queries() as said:
        rows = read(joined)

    assert rows[0].text == "0"
    assert said.selects == 1


@pytest.mark.parametrize("constants", ["written out", "told each time"])
def test_what_a_partial_index_names_is_planned_once_as_it_is_written_out(
    inside: Flask, engine: str, monkeypatch: pytest.MonkeyPatch, constants: str
) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL plans otherwise")
    if constants == "told each time":
        monkeypatch.delattr(_WithConstants, "visit_bindparam")
    with transaction() as current:
        current.execute(sa.text("CREATE INDEX ix_only_these ON kernel_tally (id) WHERE n = 0"))
    these = Prepared(sa.select(Tally.name).where(Tally.n == 0, Tally.id > sa.bindparam("id")))

    # Otherwise when it is prepared, and for each value once more.
    times = 1 if constants == "written out" else 4
    assert _plannings(these, [{"id": 1}, {"id": 2}, {"id": 3}]) == times


def _plannings(prepared: Prepared, asked: list[dict[str, int]]) -> int:
    """How often SQLite asks whether the table may be read: once where it plans.

    https://sqlite.org/c3ref/set_authorizer.html"""
    connection, planned = Reader(database.db.engine).connection, 0

    def allow(what: int, *_which: object) -> int:
        nonlocal planned
        planned += what == sqlite3.SQLITE_SELECT
        return sqlite3.SQLITE_OK

    connection.set_authorizer(allow)
    for values in asked:
        prepared.ask(database.db.engine, connection, values)
    return planned


def test_a_prepared_select_is_counted(inside: Flask, count_queries: Counting) -> None:
    with count_queries() as said:
        read(_TALLY, {"ids": [1]})

    assert said.selects == 1


def test_a_reader_is_lent_again_until_the_engine_is_disposed_of(inside: Flask, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL's selects go through the session")
    first = Reader(database.db.engine)
    first.give_back()
    again = Reader(database.db.engine)
    again.give_back()
    database.db.engine.dispose()

    assert again.connection is first.connection
    assert Reader(database.db.engine).connection is not first.connection


def test_a_block_of_reads_gives_its_reader_back_even_after_an_error(inside: Flask, engine: str) -> None:
    nowhere = Prepared(sa.select(sa.column("x")).select_from(sa.table("nowhere")))

    with reading():
        with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
            read(nowhere)
        session().rollback()
        assert read(_TALLY, {"ids": [1]})[0].n == 0

    assert read(_TALLY, {"ids": [1]})[0].n == 0


def test_a_prepared_select_that_fails_raises_sqlalchemys_error(inside: Flask) -> None:
    nowhere = Prepared(sa.select(sa.column("x")).select_from(sa.table("nowhere")))

    with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
        read(nowhere)
    session().rollback()


def test_a_prepared_select_holds_no_connection_on_sqlite(inside: Flask, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL's selects stay in the session's transaction")

    read(_TALLY, {"ids": [1]})

    assert checked_out() == 0
    database.require_released()
