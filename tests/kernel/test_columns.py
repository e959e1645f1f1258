"""What the database keeps, refuses and says: instants, append-only tables, errors."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from storefront import database
from storefront.database import db, session, transaction
from tests.kernel.tally import Tally

pytestmark = pytest.mark.usefixtures("tally")


NOON = datetime(2026, 6, 17, 12, 0, 0, 123456, tzinfo=UTC)


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
