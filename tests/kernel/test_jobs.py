"""Jobs: enqueued with the change that needs them, done in their order, periodic ones once a period."""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit, jobs
from storefront.audit import AuditEntry
from storefront.database import Misuse, db, session, transaction
from storefront.jobs import Job, JobState, worker
from tests.kernel.job_bench import SECOND, enqueue, note, only_job, verbs

pytestmark = pytest.mark.usefixtures("handlers", "frozen")


@pytest.mark.usefixtures("noting")
def test_a_job_is_done_once(app: Flask, drain: Callable[[], int], frozen: ModuleType) -> None:
    enqueue(app, "note", args={"verb": "hello"})

    ran = (drain(), drain())

    job = only_job(app)
    assert ran == (1, 0)
    assert verbs(app) == ["hello"]
    assert (job.state, job.tries, job.ended_at, job.lease) == (JobState.DONE, 1, frozen.now(), None)


def test_a_job_disappears_with_the_change_that_needed_it(app: Flask) -> None:
    def fail() -> None:
        with transaction():
            jobs.enqueue("note", {})
            raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError):
        fail()

    with app.app_context():
        assert session().scalars(sa.select(Job)).all() == []


def test_a_job_is_enqueued_in_its_callers_transaction_only(inside: Flask) -> None:
    with pytest.raises(Misuse):
        jobs.enqueue("note", {})


@pytest.mark.usefixtures("noting")
def test_a_job_waits_for_its_time(app: Flask, drain: Callable[[], int], frozen: ModuleType) -> None:
    enqueue(app, "note", at=frozen.now() + 60 * SECOND)

    early = drain()
    frozen.advance(60 * SECOND)

    assert (early, drain()) == (0, 1)


@pytest.mark.usefixtures("noting")
def test_the_job_that_waited_longest_is_done_first(
    app: Flask, drain: Callable[[], int], frozen: ModuleType
) -> None:
    for verb, seconds in (("third", 2), ("first", 0), ("second", 1)):
        enqueue(app, "note", args={"verb": verb}, at=frozen.now() + seconds * SECOND)
    frozen.advance(5 * SECOND)

    drain()

    assert verbs(app) == ["first", "second", "third"]


@pytest.mark.usefixtures("noting")
def test_a_key_is_enqueued_once_even_after_it_was_done(app: Flask, drain: Callable[[], int]) -> None:
    written = [enqueue(app, "note", key="note:1"), enqueue(app, "note", key="note:1")]
    drain()
    written.append(enqueue(app, "note", key="note:1"))

    assert written == [True, False, False]
    assert drain() == 0


def test_jobs_without_a_key_are_all_written(app: Flask) -> None:
    assert [enqueue(app, "note"), enqueue(app, "note")] == [True, True]


@pytest.mark.usefixtures("noting")
def test_what_a_job_does_is_recorded_under_its_number(app: Flask, drain: Callable[[], int]) -> None:
    enqueue(app, "note")

    drain()

    with app.app_context():
        noted = sa.select(AuditEntry.request_id).where(AuditEntry.subject_kind == "test")
        assert session().scalar(noted) == f"job-{only_job(app).id}"


def test_two_handlers_never_share_a_name() -> None:
    jobs.handler("same")(lambda: None)

    with pytest.raises(ValueError):
        jobs.handler("same")(lambda: None)


def test_periodic_work_is_done_once_a_period_however_many_workers(app: Flask, frozen: ModuleType) -> None:
    jobs.every("tick", minutes=5)(lambda: note("tick"))
    ran = []

    for _period in range(3):
        workers = [threading.Thread(target=lambda: ran.append(jobs.drain(app))) for _ in range(2)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
        frozen.advance(timedelta(minutes=5))

    assert sum(ran) == 3
    assert verbs(app) == ["tick"] * 3


def test_a_worker_goes_from_job_to_job_by_one_commit(app: Flask, drain: Callable[[], int]) -> None:
    jobs.handler("nothing to do")(lambda: None)
    for _ in range(3):
        enqueue(app, "nothing to do")
    commits: list[object] = []
    with app.app_context():
        sa.event.listen(db.engine, "commit", commits.append)

    ran = drain()

    # One takes the first; each end takes the next.
    assert (ran, len(commits)) == (3, 1 + 3)


@pytest.mark.parametrize("ends_with_it", [False, True])
def test_what_a_job_does_last_and_its_end_are_one_commit(
    app: Flask, drain: Callable[[], int], ends_with_it: bool
) -> None:
    @jobs.handler("last")
    def last() -> None:
        with jobs.ending() if ends_with_it else nullcontext():
            note("did it")

    for _ in range(3):
        enqueue(app, "last")
    commits: list[object] = []
    with app.app_context():
        sa.event.listen(db.engine, "commit", commits.append)

    ran = drain()

    assert (ran, verbs(app)) == (3, ["did it"] * 3)
    assert len(commits) == 1 + 3 * (1 if ends_with_it else 2)


def test_what_ends_a_job_changes_nothing_where_there_is_none(app: Flask) -> None:
    with app.app_context(), jobs.ending():
        note("did it")

    assert verbs(app) == ["did it"]


def test_a_job_whose_last_commit_fails_is_tried_again(
    app: Flask, drain: Callable[[], int], frozen: ModuleType
) -> None:
    tries = []

    @jobs.handler("last")
    def last() -> None:
        tries.append(1)
        with jobs.ending(), transaction() as current:
            audit.record("did it", subject=("test", 1))
            if len(tries) == 1:
                sa.event.listen(current, "before_commit", _fail, once=True)

    enqueue(app, "last")

    drain()
    assert (only_job(app).state, verbs(app)) == (JobState.QUEUED, [])

    frozen.advance(60 * SECOND)
    drain()
    assert (only_job(app).state, verbs(app)) == (JobState.DONE, ["did it"])


def _fail(_session: object) -> None:
    raise RuntimeError("the disk is full")


def test_an_idle_worker_writes_nothing(app: Flask, count_queries: Callable[..., Any]) -> None:
    jobs.every("tick", minutes=5)(lambda: None)
    jobs.drain(app)

    with count_queries() as counted, app.app_context():
        claim = worker._claim()

    assert claim is None
    assert (counted.writes, "BEGIN IMMEDIATE" in str(counted)) == (0, False)
    assert counted.selects == 2


def test_what_was_done_a_week_ago_is_tidied_away(app: Flask, frozen: ModuleType) -> None:
    jobs.handler("note")(lambda: None)
    enqueue(app, "note", key="old")
    jobs.drain(app)
    frozen.advance(worker.KEEP_DONE)
    enqueue(app, "note", key="new")
    jobs.drain(app)
    enqueue(app, "note", key="waiting", at=frozen.now() + timedelta(days=30))
    frozen.advance(SECOND)

    with app.app_context():
        worker.tidy()

    with app.app_context():
        assert set(session().scalars(sa.select(Job.key))) == {"new", "waiting"}
