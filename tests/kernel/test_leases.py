"""Leases: one worker at a time does a job, and a worker that lost its lease does nothing more."""

import threading
from contextlib import nullcontext
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import database, jobs
from storefront.jobs import JobState, worker
from tests.kernel.job_bench import SECOND, enqueue, note, only_job, until, verbs

pytestmark = pytest.mark.usefixtures("handlers", "frozen")


@pytest.mark.usefixtures("noting")
def test_several_workers_do_each_job_once(app: Flask) -> None:
    for n in range(20):
        enqueue(app, "note", args={"verb": f"job {n}"})
    stop = threading.Event()
    workers = [threading.Thread(target=jobs.work, args=(app,), kwargs={"stop": stop}) for _ in range(4)]

    for each in workers:
        each.start()
    until(lambda: len(verbs(app)) >= 20)
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


def _slow_job_taken_over(app: Flask, frozen: ModuleType, *, ends_with_it: bool = False) -> None:
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
        with jobs.ending() if ends_with_it else nullcontext():
            note("did it")

    enqueue(app, "slow")
    jobs.drain(app)
    assert len(turns) == 2


@pytest.mark.parametrize("ends_with_it", [False, True])
def test_a_worker_that_lost_its_lease_commits_nothing_more(
    app: Flask, frozen: ModuleType, ends_with_it: bool
) -> None:
    _slow_job_taken_over(app, frozen, ends_with_it=ends_with_it)

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
        renewed = frozen.now() + worker.LEASE
        until(lambda: only_job(app).leased_until == renewed)
        leases.append(renewed)

    enqueue(app, "long")
    jobs.drain(app)

    assert len(leases) == 1
    assert only_job(app).state == JobState.DONE


def test_a_worker_outlives_its_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.01)
    stop, looks = threading.Event(), []

    def unreachable(_only: object) -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise sa.exc.OperationalError("SELECT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(worker, "_claim", unreachable)
    jobs.work(app, stop=stop)

    assert len(looks) == 3
