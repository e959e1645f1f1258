"""Jobs that gave up, as staff see them.

Knows how to read them; refuses to write.
"""

import sqlalchemy as sa

from storefront.database import session
from storefront.errors import NotFound
from storefront.jobs.models import Job, JobState

PAGE = 50
_FAILED = sa.select(Job).where(Job.state == JobState.DEAD)


def failed_jobs(*, before: int | None = None) -> list[Job]:
    """The newest failed jobs, those before the given id where there is one; one more than `PAGE` if more follow."""
    older = _FAILED if before is None else _FAILED.where(Job.id < before)
    return list(session().scalars(older.order_by(Job.id.desc()).limit(PAGE + 1)))


def failed_job(job_id: int) -> Job:
    """One failed job; raises NotFound."""
    found = session().scalars(_FAILED.where(Job.id == job_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def count_failed() -> int:
    """How many there are."""
    return int(session().scalar(sa.select(sa.func.count(Job.id)).where(Job.state == JobState.DEAD)) or 0)
