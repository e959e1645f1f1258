"""The one source of time, so that tests can hold it still.

Knows instants in UTC and days in a zone; refuses to know which zone is the shop's.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_lock = threading.Lock()
_frozen_at: datetime | None = None


def now() -> datetime:
    """The present instant, aware, in UTC; an action reads it once."""
    return _frozen_at or datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """The present day in `zone`."""
    return now().astimezone(zone).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold time still at the aware instant `at`, for every thread, until the block ends."""
    global _frozen_at
    with _lock:
        before, _frozen_at = _frozen_at, at.astimezone(UTC)
    try:
        yield
    finally:
        with _lock:
            _frozen_at = before


def advance(by: timedelta) -> None:
    """Move the frozen time by `by`; raises RuntimeError where time is not frozen."""
    global _frozen_at
    with _lock:
        if _frozen_at is None:
            raise RuntimeError("time can only be moved while it is frozen")
        _frozen_at += by


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) after `day` in `zone`: a window ends when its last day does."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)
