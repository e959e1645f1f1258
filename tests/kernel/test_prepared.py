"""Prepared selects: the same rows as SQLAlchemy's, errors and counts included."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import database
from storefront.database import Prepared, read, reading, session, transaction
from storefront.database.prepared import Reader
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
