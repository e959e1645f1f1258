"""Days, weeks and months as the shop counts them, also where a day has 23 or 25 hours."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from storefront.reports.periods import MOST_PARTS, Grain, Period, fitting

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        (BERLIN, date(2026, 6, 17), datetime(2026, 6, 16, 22, tzinfo=UTC), 24),
        (BERLIN, date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        (BERLIN, date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        (ZoneInfo("Asia/Kathmandu"), date(2026, 6, 17), datetime(2026, 6, 16, 18, 15, tzinfo=UTC), 24),
        (ZoneInfo("Pacific/Auckland"), date(2026, 9, 27), datetime(2026, 9, 26, 12, tzinfo=UTC), 23),
        # Chile changes its clocks at midnight: that day begins at one o'clock.
        (ZoneInfo("America/Santiago"), date(2026, 9, 6), datetime(2026, 9, 6, 4, tzinfo=UTC), 23),
    ],
)
def test_a_day_has_the_hours_that_its_zone_gives_it(
    zone: ZoneInfo, day: date, begins: datetime, hours: int
) -> None:
    first, after = Period(day, day).bounds(zone)

    assert (first, (after - first).total_seconds() / 3600) == (begins, hours)


@pytest.mark.parametrize("grain", list(Grain))
def test_parts_follow_one_another_and_leave_no_day_out(grain: Grain) -> None:
    period = Period(date(2025, 11, 22), date(2027, 2, 3))

    parts = period.cut(grain)

    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    assert all((after.first - before.last).days == 1 for before, after in pairwise(parts))


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    period = Period(date(2026, 11, 20), date(2027, 1, 1))

    weeks = [part.first for part in period.cut(Grain.WEEK)]
    months = [part.first for part in period.cut(Grain.MONTH)]

    assert weeks[:3] == [date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 30)]
    assert months == [date(2026, 11, 20), date(2026, 12, 1), date(2027, 1, 1)]


def test_the_period_before_has_as_many_days_and_ends_the_day_before() -> None:
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).before == Period(date(2026, 1, 29), date(2026, 2, 28))


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError):
        Period(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("days", "grain"), [(MOST_PARTS, Grain.DAY), (MOST_PARTS + 1, Grain.WEEK), (3660, Grain.MONTH)]
)
def test_a_long_period_is_cut_more_coarsely(days: int, grain: Grain) -> None:
    first = date(2020, 1, 1)
    period = Period(first, date.fromordinal(first.toordinal() + days - 1))

    assert fitting(period, Grain.DAY) is grain
