"""Jobs: enqueued with the change that needs them, done at least once, by one worker at a time."""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit, database, jobs
from storefront.audit import AuditEntry
from storefront.database import Misuse, session, transaction
from storefront.errors import NotFound
from storefront.jobs import Job, JobState, worker

pytestmark = pytest.mark.usefixtures("handlers", "frozen")

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


@pytest.fixture
def noting(handlers: None) -> None:
    """A handler "note" that records the verb it is given."""

    @jobs.handler("note")
    def do(*, verb: str = "noted") -> None:
        note(verb)


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


@pytest.mark.usefixtures("noting")
def test_several_workers_do_each_job_once(app: Flask) -> None:
    for n in range(20):
        enqueue(app, "note", args={"verb": f"job {n}"})
    stop = threading.Event()
    workers = [threading.Thread(target=jobs.work, args=(app,), kwargs={"stop": stop}) for _ in range(4)]

    for each in workers:
        each.start()
    _until(lambda: len(verbs(app)) >= 20)
    stop.set()
    for each in workers:
        each.join()

    assert sorted(verbs(app)) == sorted(f"job {n}" for n in range(20))


def test_one_job_is_claimed_by_one_of_two_workers(app: Flask) -> None:
    enqueue(app, "note")
    start, claims = threading.Barrier(2), []

    def claim() -> None:
        with app.app_context():
            start.wait(10)
            claims.append(worker._claim())

    workers = [threading.Thread(target=claim) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert sorted(claim is None for claim in claims) == [False, True]


@pytest.mark.parametrize(("seconds", "is_taken_over"), [(59, False), (60, False), (61, True)])
def test_a_dead_workers_job_is_taken_over_when_its_lease_runs_out(
    app: Flask, frozen: ModuleType, seconds: int, is_taken_over: bool
) -> None:
    enqueue(app, "note")
    with app.app_context():
        first = worker._claim()
    assert first

    frozen.advance(seconds * SECOND)
    with app.app_context():
        second = worker._claim()

    assert (second is not None) is is_taken_over
    if second:
        assert second.id == first.id
        assert second.lease != first.lease
        assert second.tries == 2


def _slow_job_taken_over(app: Flask, frozen: ModuleType) -> None:
    """A worker sleeps through its lease, another takes the job, does it, and the first wakes and goes on."""
    turns = []

    @jobs.handler("slow")
    def slow() -> None:
        turns.append(1)
        if len(turns) == 1:
            database.release()
            frozen.advance(worker.LEASE + SECOND)
            other = threading.Thread(target=jobs.drain, args=(app,))
            other.start()
            other.join()
        note("did it")

    enqueue(app, "slow")
    jobs.drain(app)
    assert len(turns) == 2


def test_a_worker_that_lost_its_lease_commits_nothing_more(app: Flask, frozen: ModuleType) -> None:
    _slow_job_taken_over(app, frozen)

    assert verbs(app) == ["did it"]
    assert (only_job(app).state, only_job(app).tries) == (JobState.DONE, 2)


def test_without_the_fence_it_would_be_done_twice(
    app: Flask, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control run: it is the check before the commit that holds the late worker back."""
    monkeypatch.setattr(worker, "_hold", lambda _claim: None)

    _slow_job_taken_over(app, frozen)

    assert verbs(app) == ["did it", "did it"]


def test_a_long_job_keeps_its_lease(app: Flask, monkeypatch: pytest.MonkeyPatch, frozen: ModuleType) -> None:
    monkeypatch.setattr(worker, "RENEW_SECONDS", 0.01)
    leases = []

    @jobs.handler("long")
    def long() -> None:
        frozen.advance(worker.LEASE - SECOND)
        until = frozen.now() + worker.LEASE
        _until(lambda: only_job(app).leased_until == until)
        leases.append(until)

    enqueue(app, "long")
    jobs.drain(app)

    assert len(leases) == 1
    assert only_job(app).state == JobState.DONE


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


def test_a_job_that_nobody_knows_waits_for_a_version_that_does(app: Flask) -> None:
    enqueue(app, "from the future")

    jobs.drain(app)

    assert only_job(app).state == JobState.QUEUED
    assert "from the future" in (only_job(app).error or "")


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


def test_an_idle_worker_writes_nothing(app: Flask, count_queries: Callable[..., Any]) -> None:
    jobs.every("tick", minutes=5)(lambda: None)
    jobs.drain(app)

    with count_queries() as counted, app.app_context():
        claim = worker._claim()

    assert claim is None
    assert (counted.writes, "BEGIN IMMEDIATE" in str(counted)) == (0, False)
    assert counted.selects == 2


def test_a_worker_outlives_its_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.01)
    stop, looks = threading.Event(), []

    def unreachable() -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise sa.exc.OperationalError("SELECT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(worker, "_claim", unreachable)
    jobs.work(app, stop=stop)

    assert len(looks) == 3


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


def _until(is_so: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(2000):
        if is_so():
            return
        waiting.wait(0.005)
    raise AssertionError("it did not happen within 10 seconds")
