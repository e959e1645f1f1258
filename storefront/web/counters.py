"""How often something was done lately, counted in this process.

Knows keys and times; refuses to know limits. Stands in for the memory storage of `limits`, which starts a thread at
nearly every count to forget what is over: 4 µs instead of 200.
"""

import threading
import time
from typing import Any

from limits.storage import Storage

SWEEP_SECONDS = 60.0


class ProcessCounters(Storage):
    """Counters by key, each for its own time; found by the scheme `process://`."""

    STORAGE_SCHEME = ["process"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._lock = threading.Lock()
        # Key to (how often, until when), in seconds since 1970.
        self._counts: dict[str, tuple[int, float]] = {}
        self._swept_at = time.time()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What going wrong looks like: here nothing does."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more; how often it was in this time of `expiry` seconds, which begins with the first."""
        now = time.time()
        with self._lock:
            count, until = self._counts.get(key, (0, 0.0))
            if until <= now:
                count, until = 0, now + expiry
                self._sweep(now)
            self._counts[key] = count + amount, until
            return count + amount

    def take(self, key: str, expiry: int, *, most: int) -> bool:
        """Count one more unless there were `most` already; whether it was counted."""
        return self.get(key) < most and self.incr(key, expiry) <= most

    def get(self, key: str) -> int:
        """How often it was."""
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When its time is over, in seconds since 1970."""
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Whether it can count."""
        return True

    def reset(self) -> int:
        """Forget everything; how many keys that were."""
        with self._lock:
            count = len(self._counts)
            self._counts.clear()
            return count

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._counts.pop(key, None)

    def _sweep(self, now: float) -> None:
        """Forget what is over, now and then: addresses of a flood must not stay."""
        if now - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = now
        for key in [key for key, (_count, until) in self._counts.items() if until <= now]:
            del self._counts[key]
