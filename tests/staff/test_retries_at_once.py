"""A job that gave up, and many people who let it run again at the same time: it runs once, and is told once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.audit import AuditEntry
from storefront.database import release, require_transaction, session, transaction
from storefront.errors import NotFound
from storefront.jobs import Job, JobState, actions

PEOPLE = 6


def a_failed_job() -> int:
    """The id of a job that gave up."""
    job = Job(name="mail.send", args={}, state=JobState.DEAD, tries=12, error="No such host.")
    job.run_at = job.created_at = job.ended_at = clock.now()
    with transaction() as current:
        current.add(job)
    return job.id


def retried_at_once(app: Flask) -> tuple[int, int]:
    """How many of so many people were told that it runs again, and how often that is on record."""
    with app.app_context():
        job_id = a_failed_job()
        release()
    gate = threading.Barrier(PEOPLE)

    def retry(person: int) -> bool:
        with app.app_context():
            gate.wait(20)
            try:
                actions.retry_job(job_id, by=("staff", person))
            except NotFound:
                return False
            return True

    with ThreadPoolExecutor(PEOPLE) as pool:
        told = sum(pool.map(retry, range(PEOPLE)))
    with app.app_context():
        job = session().get_one(Job, job_id)
        assert (job.state, job.tries) == (JobState.QUEUED, 0)
        recorded = sa.select(sa.func.count(AuditEntry.id)).where(AuditEntry.verb == "job.retried")
        return told, int(session().scalar(recorded) or 0)


def test_of_many_people_at_once_one_lets_the_job_run_again(app: Flask, frozen: ModuleType) -> None:
    assert retried_at_once(app) == (1, 1)


def test_without_looking_behind_the_lock_all_of_them_do(
    app: Flask, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody looks whether it is still one that gave up."""

    def let_run(job_id: int) -> None:
        again = {"state": JobState.QUEUED, "tries": 0}
        require_transaction().execute(sa.update(Job).where(Job.id == job_id).values(**again))

    monkeypatch.setattr(actions, "retry", let_run)

    assert retried_at_once(app) == (PEOPLE, PEOPLE)
