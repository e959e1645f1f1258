"""Time: one source, in UTC, that tests can hold still and move."""

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storefront import clock

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = datetime(2026, 6, 16, 22, 0, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)

    now = clock.now()

    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(UTC)


def test_frozen_time_stands_still_for_every_thread() -> None:
    seen = []

    with clock.frozen(MIDNIGHT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()

    assert seen == [MIDNIGHT]


def test_frozen_time_moves_when_told_and_flows_again_afterwards() -> None:
    with clock.frozen(MIDNIGHT):
        clock.advance(timedelta(minutes=5))
        moved = clock.now()

    assert moved == MIDNIGHT + timedelta(minutes=5)
    assert clock.now() != moved


def test_time_that_flows_cannot_be_moved() -> None:
    with pytest.raises(RuntimeError):
        clock.advance(timedelta(minutes=5))


@pytest.mark.parametrize(("seconds", "day"), [(-1, 16), (0, 17), (1, 17)])
def test_a_day_begins_at_midnight_in_the_zone(seconds: int, day: int) -> None:
    with clock.frozen(MIDNIGHT + timedelta(seconds=seconds)):
        assert clock.today(BERLIN) == date(2026, 6, day)


ENDS = [
    (date(2026, 6, 16), datetime(2026, 6, 16, 22, tzinfo=UTC)),
    # The two days that have 23 and 25 hours.
    (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    (date(2026, 3, 28), datetime(2026, 3, 28, 23, tzinfo=UTC)),
    (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    (date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC)),
]


@pytest.mark.parametrize(("day", "end"), ENDS)
def test_a_day_ends_when_the_next_begins_whatever_the_clocks_do(day: date, end: datetime) -> None:
    assert clock.end_of_day(day, BERLIN) == end
