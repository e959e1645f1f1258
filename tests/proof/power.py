"""The power fails at a named point: just before or after a commit, just before or after Stripe's answer.

Knows where a process may die; refuses to know what it was doing.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy.orm import Session

from storefront.payments import gateway


class PowerCut(BaseException):
    """The process is gone; no `except Exception` hears of it."""


class Point(StrEnum):
    """Where the power may fail."""

    BEFORE_COMMIT = "before the commit"
    AFTER_COMMIT = "after the commit"
    BEFORE_CALL = "before Stripe is called"
    AFTER_CALL = "after Stripe has answered"


class Power:
    """The electricity of one process: it fails once, at the point and after as many passes as was said."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._point: Point | None = None
        self._passes = 0
        commit: Callable[[Session], None] = Session.commit
        ask: Callable[[Any], Any] = gateway._ask

        def commit_unless_dark(current: Session) -> None:
            self._pass(Point.BEFORE_COMMIT)
            commit(current)
            self._pass(Point.AFTER_COMMIT)

        def ask_unless_dark(call: Any) -> Any:
            self._pass(Point.BEFORE_CALL)
            answer = ask(call)
            self._pass(Point.AFTER_CALL)
            return answer

        patch.setattr(Session, "commit", commit_unless_dark)
        patch.setattr(gateway, "_ask", ask_unless_dark)

    def fail_at(self, point: Point | None, *, after: int = 0) -> None:
        """Fail when `point` is passed once more than `after` times; None: not at all."""
        self._point, self._passes = point, after

    def _pass(self, point: Point) -> None:
        if point is not self._point:
            return
        if self._passes:
            self._passes -= 1
            return
        self._point = None
        raise PowerCut(point)
