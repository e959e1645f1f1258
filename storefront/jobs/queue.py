"""Putting work into the job table, and the register of who does it.

Knows names of handlers and periods; refuses to run anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storefront import clock, states
from storefront.database import insert_ignore, require_transaction, session
from storefront.errors import NotFound
from storefront.jobs.models import Job, JobState

Handler = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A handler that is due once in every `every`."""

    name: str
    every: timedelta


_handlers: dict[str, Handler] = {}
_periodic: dict[str, Periodic] = {}


def handler(name: str) -> Callable[[Handler], Handler]:
    """Mark an action as what does the jobs called `name`; it gets the job's args as keywords. It may run twice."""

    def mark(function: Handler) -> Handler:
        if _handlers.setdefault(name, function) is not function:
            raise ValueError(f"two handlers are called {name}")
        return function

    return mark


def every(name: str, *, minutes: int) -> Callable[[Handler], Handler]:
    """Mark an action, without arguments, as due once every `minutes`."""

    def mark(function: Handler) -> Handler:
        _periodic[name] = Periodic(name, timedelta(minutes=minutes))
        return handler(name)(function)

    return mark


def handler_called(name: str) -> Handler:
    """The handler registered as `name`; raises KeyError where no room has one."""
    return _handlers[name]


def enqueue(
    name: str, args: Mapping[str, Any], *, key: str | None = None, at: datetime | None = None
) -> bool:
    """Write a job in the caller's transaction, due `at` (now by default). With `key` only the first is ever
    written; whether one was. A step."""
    now = clock.now()
    values = {
        "name": name,
        "args": dict(args),
        "key": key,
        "state": JobState.QUEUED,
        "run_at": at or now,
        "tries": 0,
        "created_at": now,
    }
    return insert_ignore(Job, values, unique=("key",))


def enqueue_periodic(now: datetime) -> None:
    """Write the job of the present period for each periodic handler; the key makes it one. A step."""
    require_transaction()
    for each in _periodic.values():
        period = int(now.timestamp() // each.every.total_seconds())
        enqueue(each.name, {}, key=f"{each.name}@{period}", at=now)


def missing_periodic(now: datetime) -> bool:
    """Whether some periodic handler has no job yet for the present period (a plain read, no lock)."""
    keys = {
        f"{each.name}@{int(now.timestamp() // each.every.total_seconds())}" for each in _periodic.values()
    }
    standing = session().scalars(sa.select(Job.key).where(Job.key.in_(keys)))
    return bool(keys - set(standing))


def retry(job_id: int) -> None:
    """Let a dead job run again, at once and with all its tries; raises NotFound. A step."""
    job = require_transaction().get(Job, job_id, with_for_update=True)
    if job is None or job.state != JobState.DEAD:
        raise NotFound()
    states.advance(job, JobState.QUEUED)
    job.tries, job.run_at, job.ended_at = 0, clock.now(), None
