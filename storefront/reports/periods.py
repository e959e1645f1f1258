"""Spans of days as a shop counts them, cut into days, weeks or months.

Knows calendars and the shop's zone; refuses to know what is added up in them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from storefront.clock import end_of_day

ONE_DAY = timedelta(days=1)
# More columns than this are no picture any more, and no table that anybody reads.
MOST_PARTS = 400
# Ten years, and the ten before them.
MOST_DAYS = 3660


class Grain(StrEnum):
    """How a period is cut."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """All days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends on the day it begins, or later")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, ending the day before."""
        return self.shifted(-self.days)

    def shifted(self, days: int) -> "Period":
        """The same number of days, so many later."""
        by = timedelta(days=days)
        return Period(self.first + by, self.last + by)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant that is in it and the first that is not, in UTC: a day may have 23 or 25 hours."""
        return end_of_day(self.first - ONE_DAY, zone), end_of_day(self.last, zone)

    def cut(self, grain: Grain) -> tuple["Period", ...]:
        """Its days, weeks (from Monday) or months, the first and last of them as far as they lie within."""
        parts, first = [], self.first
        while first <= self.last:
            last = min(_last_day(first, grain), self.last)
            parts.append(Period(first, last))
            first = last + ONE_DAY
        return tuple(parts)


def _last_day(day: date, grain: Grain) -> date:
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day + timedelta(days=6 - day.weekday())
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - ONE_DAY


def fitting(period: Period, wanted: Grain) -> Grain:
    """`wanted`, or the first coarser grain in which the period is no longer than a page can show."""
    grains = list(Grain)
    coarser = grains[grains.index(wanted) :]
    return next((grain for grain in coarser if len(period.cut(grain)) <= MOST_PARTS), Grain.MONTH)
