"""The job table: what is to be done later, and how often it was tried.

Knows leases and states; refuses to know what a job does.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront import people
from storefront.database import BigId, Instant, db


class JobState(StrEnum):
    """queued: waits for its time; running: leased by a worker; done; dead: gave up, staff can retry."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(db.Model):
    """One piece of work. `key`, where given, is unique for ever: the work is enqueued once."""

    __tablename__ = "job"
    __table_args__ = (
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name="state"),
        sa.Index("ix_job_due", "state", "run_at"),
    )
    TRANSITIONS: ClassVar[dict[JobState, set[JobState]]] = {
        JobState.QUEUED: {JobState.RUNNING},
        JobState.RUNNING: {JobState.DONE, JobState.QUEUED, JobState.DEAD, JobState.RUNNING},
        JobState.DEAD: {JobState.QUEUED},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    args: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    key: Mapped[str | None] = mapped_column(sa.String(160), unique=True)
    state: Mapped[JobState] = mapped_column(sa.String(10), default=JobState.QUEUED)
    run_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    lease: Mapped[str | None] = mapped_column(sa.String(32))
    error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Work that names a person, or failed over one; of work about their orders, only what its error says."""
    named = people.says(Job.args, person.emails) | people.says(Job.error, person.emails)
    about = Job.args["order_id"].as_integer().in_(person.order_ids) & Job.error.is_not(None)
    return (
        people.Holding(people.table_of(Job), named),
        people.Holding(
            people.table_of(Job),
            about,
            forget={"error": None},
            keeps=("name", "args", "key", "state", "lease"),
        ),
    )
