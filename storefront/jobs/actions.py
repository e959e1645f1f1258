"""What staff do about jobs that gave up.

Knows who asked for it; refuses to know what a job does.
"""

import sqlalchemy as sa

from storefront import audit, clock
from storefront.database import transaction
from storefront.jobs.models import Job, JobState
from storefront.jobs.queue import retry

Actor = tuple[str, object]


def retry_job(job_id: int, *, by: Actor) -> None:
    """Let a failed job run again; raises NotFound where it has not failed, or somebody was quicker."""
    with transaction():
        retry(job_id)
        audit.record("job.retried", subject=("job", job_id), actor=by)


def retry_jobs(*, up_to: int, by: Actor) -> int:
    """Let all failed jobs up to that id run again: those that were shown, none that failed since. How many."""
    with transaction() as current:
        failed = sa.select(Job.id).where(Job.state == JobState.DEAD, Job.id <= up_to)
        values = {"state": JobState.QUEUED, "tries": 0, "run_at": clock.now(), "ended_at": None}
        again = sa.update(Job).where(Job.id.in_(failed), Job.state == JobState.DEAD).values(**values)
        ids = current.execute(again.returning(Job.id)).scalars().all()
        for job_id in ids:
            audit.record("job.retried", subject=("job", job_id), actor=by, code="all")
        return len(ids)
