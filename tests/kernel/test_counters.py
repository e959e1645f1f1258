"""Counting in this process: each key by itself, for its own time, forgotten afterwards."""

import threading
import time

import pytest

from storefront.web import counters
from storefront.web.counters import ProcessCounters


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The present, in seconds; changing the one entry moves time."""
    now = [1000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


@pytest.mark.usefixtures("at")
def test_each_key_is_counted_by_itself() -> None:
    counted = ProcessCounters()

    found = [counted.incr(key, 60) for key in ("a", "a", "b")]

    assert found == [1, 2, 1]
    assert (counted.get("a"), counted.get("b"), counted.get("c")) == (2, 1, 0)


@pytest.mark.parametrize(("later", "count"), [(59.9, 2), (60.0, 1)])
def test_a_count_ends_with_its_time_which_began_with_the_first(
    at: list[float], later: float, count: int
) -> None:
    counted = ProcessCounters()
    counted.incr("a", 60)
    at[0] += later

    assert counted.incr("a", 60) == count


def test_what_is_over_takes_no_memory(at: list[float]) -> None:
    counted = ProcessCounters()
    for number in range(100):
        counted.incr(f"address {number}", 10)
    at[0] += counters.SWEEP_SECONDS

    counted.incr("another", 10)

    assert counted.reset() == 1


def test_threads_lose_no_count() -> None:
    counted = ProcessCounters()
    threads = [
        threading.Thread(target=lambda: [counted.incr("a", 60) for _ in range(1000)]) for _ in range(4)
    ]

    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert counted.get("a") == 4000


def test_a_key_can_be_forgotten() -> None:
    counted = ProcessCounters()
    counted.incr("a", 60)

    counted.clear("a")

    assert counted.get("a") == 0
