"""Retries: what fails is tried again, later and later, and at last is left to a person."""

from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit, jobs
from storefront.database import transaction
from storefront.errors import NotFound
from storefront.jobs import Job, JobState, worker
from tests.kernel.job_bench import SECOND, enqueue, note, only_job, verbs

pytestmark = pytest.mark.usefixtures("handlers", "frozen")


def test_a_job_that_fails_is_tried_again_later_and_later(app: Flask, frozen: ModuleType) -> None:
    @jobs.handler("fails")
    def fail() -> None:
        raise ValueError("no luck")

    enqueue(app, "fails")
    waits = []
    for _ in range(worker.MOST_TRIES - 1):
        jobs.drain(app)
        waits.append((only_job(app).run_at - frozen.now()).total_seconds())
        frozen.advance(timedelta(hours=2))

    assert only_job(app).state == JobState.QUEUED
    assert only_job(app).error == "ValueError: no luck"
    for tries, wait in enumerate(waits, start=1):
        due = min(2**tries, worker.LONGEST_BACKOFF.total_seconds())
        assert 0.8 * due <= wait <= 1.2 * due


def test_what_a_failing_job_wrote_in_its_open_transaction_is_undone(app: Flask) -> None:
    @jobs.handler("fails")
    def fail() -> None:
        note("before")
        with transaction():
            audit.record("inside", subject=("test", 1))
            raise ValueError

    enqueue(app, "fails")
    jobs.drain(app)

    assert verbs(app) == ["before"]


def _bury(app: Flask, frozen: ModuleType) -> None:
    @jobs.handler("fails")
    def fail() -> None:
        raise ValueError("no luck")

    enqueue(app, "fails")
    for _ in range(worker.MOST_TRIES):
        jobs.drain(app)
        frozen.advance(timedelta(hours=2))


def test_after_twelve_tries_a_job_is_dead_and_stays_so(app: Flask, frozen: ModuleType) -> None:
    _bury(app, frozen)

    again = jobs.drain(app)

    assert again == 0
    assert (only_job(app).state, only_job(app).tries) == (JobState.DEAD, 12)
    assert only_job(app).error == "ValueError: no luck"


def test_a_dead_job_can_be_tried_again_with_all_its_tries(
    app: Flask, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bury(app, frozen)
    monkeypatch.setitem(jobs.queue._handlers, "fails", lambda: note("works now"))

    with app.app_context(), transaction():
        jobs.retry(only_job(app).id)
    ran = jobs.drain(app)

    assert ran == 1
    assert verbs(app) == ["works now"]
    assert (only_job(app).state, only_job(app).tries) == (JobState.DONE, 1)


def test_only_a_dead_job_is_retried(app: Flask) -> None:
    enqueue(app, "note")
    job_id = only_job(app).id

    with app.app_context(), pytest.raises(NotFound), transaction():
        jobs.retry(job_id)
    with app.app_context(), pytest.raises(NotFound), transaction():
        jobs.retry(job_id + 1)


def test_a_job_that_kills_its_workers_is_buried_too(app: Flask, frozen: ModuleType) -> None:
    enqueue(app, "deadly")
    claims = 0
    with app.app_context():
        while worker._claim():
            claims += 1
            frozen.advance(worker.LEASE + SECOND)

    assert claims == worker.MOST_TRIES
    assert (only_job(app).state, only_job(app).lease) == (JobState.DEAD, None)


def test_a_buried_job_does_not_keep_the_next_one_waiting(app: Flask, frozen: ModuleType) -> None:
    enqueue(app, "deadly")
    with app.app_context():
        while worker._claim():
            frozen.advance(worker.LEASE + SECOND)
        with transaction() as session:
            session.execute(sa.update(Job).values(state=JobState.RUNNING, leased_until=frozen.now() - SECOND))
    enqueue(app, "note")

    assert jobs.drain(app) == 1


def test_a_job_that_nobody_knows_waits_for_a_version_that_does(app: Flask) -> None:
    enqueue(app, "from the future")

    jobs.drain(app)

    assert only_job(app).state == JobState.QUEUED
    assert "from the future" in (only_job(app).error or "")
