"""Progress of what takes longer than two seconds: a bar on a terminal, plain lines elsewhere.

Knows how far something is; refuses to know what.
"""

import sys
import time
from types import TracebackType

QUIET_SECONDS = 2.0
LINE_SECONDS = 5.0
WIDTH = 30


class Bar:
    """Shows `done` of `of`; silent for the first two seconds, since short work needs no words."""

    def __init__(self, title: str) -> None:
        self.title, self.began, self.shown_at = title, time.monotonic(), 0.0
        self.on_terminal = sys.stderr.isatty()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.shown_at and self.on_terminal:
            sys.stderr.write("\n")

    def show(self, done: int, of: int, *, what: str = "") -> None:
        """Say that `done` of `of` are done; `of` 0 means that nobody knows how many there are."""
        now = time.monotonic()
        pause = 0.1 if self.on_terminal else LINE_SECONDS
        if now - self.began < QUIET_SECONDS or now - self.shown_at < pause:
            return
        self.shown_at = now
        title = f"{self.title}: {what}" if what else self.title
        share = min(done / of, 1.0) if of else 0.0
        if self.on_terminal:
            bar = "#" * round(share * WIDTH)
            sys.stderr.write(f"\r\x1b[K{title} [{bar:<{WIDTH}}] {done}/{of or '?'}")
        else:
            sys.stderr.write(f"{title} {done}/{of or '?'}\n")
        sys.stderr.flush()
