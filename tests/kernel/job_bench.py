"""What the tests of jobs share: enqueueing, looking, and one visible effect.

Knows jobs and the audit record, in which the jobs of these tests leave their trace.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from storefront import audit, jobs
from storefront.audit import AuditEntry
from storefront.database import session, transaction
from storefront.jobs import Job

SECOND = timedelta(seconds=1)


def enqueue(app: Flask, name: str, **words: Any) -> bool:
    """Enqueue a job in a transaction of its own."""
    with app.app_context(), transaction():
        return jobs.enqueue(name, words.pop("args", {}), **words)


def only_job(app: Flask) -> Job:
    """The one job there is."""
    with app.app_context():
        return session().scalars(sa.select(Job)).one()


def verbs(app: Flask) -> list[str]:
    """What was recorded, in its order: the jobs' visible effects here."""
    with app.app_context():
        noted = sa.select(AuditEntry.verb).where(AuditEntry.subject_kind == "test").order_by(AuditEntry.id)
        return list(session().scalars(noted))


def note(verb: str) -> None:
    """Record something in a transaction of its own."""
    with transaction():
        audit.record(verb, subject=("test", 1))


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; raises AssertionError after 10 seconds."""
    waiting = threading.Event()
    for _ in range(2000):
        if is_so():
            return
        waiting.wait(0.005)
    raise AssertionError("it did not happen within 10 seconds")
