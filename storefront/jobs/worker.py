"""The worker: claims due jobs under a lease, runs them, and records how they ended.

Knows leases, backoff and giving up; refuses to know what is done.
"""

import random
import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask

from storefront import audit, clock, database
from storefront.database import Prepared, read, require_transaction, session, transaction, write
from storefront.jobs.models import Job, JobState
from storefront.jobs.queue import enqueue_periodic, every, handler_called, missing_periodic

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 15.0
IDLE_SECONDS = 0.5
# A busy worker goes from job to job by one commit, and looks this often for what lies beside the queue.
LOOK = timedelta(seconds=1)
MOST_TRIES = 12
# First retries come within seconds; the twelfth try lies about an hour after the first.
LONGEST_BACKOFF = timedelta(minutes=60)
KEEP_DONE = timedelta(days=7)

log = structlog.get_logger("jobs")


class LeaseLost(Exception):
    """Another worker may have taken the job over; nothing more may be committed for it here."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker holds."""

    id: int
    name: str
    args: dict[str, Any]
    lease: str
    tries: int


@dataclass(slots=True)
class _Hand:
    """What a worker has in hand: a job, and what takes the `next` one; whether a commit ends it, and has."""

    claim: Claim
    then: Callable[[], Claim | None]
    is_ending: bool = False
    is_over: bool = False
    next: Claim | None = None

    def before_commit(self) -> None:
        """Raise LeaseLost unless the job is still ours, and end it where nothing comes after this commit. A step."""
        _hold(self.claim)
        if self.is_ending:
            _set(self.claim, _done())
            self.is_over, self.next = True, self.then()


_hand: ContextVar[_Hand | None] = ContextVar("hand", default=None)


@contextmanager
def ending() -> Iterator[None]:
    """The one transaction of this block ends the job in hand as well, and nothing comes after it: to do it and to
    have done it are one commit instead of two. Only for what its handler does last; without a job it changes
    nothing."""
    hand = _hand.get()
    if hand is None:
        yield
        return
    hand.is_ending = True
    try:
        yield
    finally:
        hand.is_ending = False


def work(app: Flask, *, stop: threading.Event, once: bool = False, only: Collection[str] = ()) -> int:
    """Run due jobs until `stop` is set, or until none is due where `once`; how many were run.

    Without `once` it outlives its database: while that restarts there is nothing to be done. `only` names the jobs
    to run; periodic ones are then not begun.
    """
    ran, claim, look_again = 0, None, clock.now()

    def following() -> Claim | None:
        return None if stop.is_set() or clock.now() >= look_again else _take(_QUEUED, only)

    with _Renewal(app) as renewal:
        while claim is not None or not stop.is_set():
            try:
                if claim is None:
                    look_again = clock.now() + LOOK
                    with app.app_context():
                        claim = _claim(only)
                if claim is not None:
                    renewal.claim, claim = claim, None
                    ran += 1
                    claim = run(app, renewal.claim, then=following)
                    continue
            except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
                if once:
                    raise
                log.error("database_unavailable", error=type(error).__name__)
            renewal.claim = None
            if once:
                return ran
            stop.wait(IDLE_SECONDS)
    return ran


def run(app: Flask, claim: Claim, *, then: Callable[[], Claim | None]) -> Claim | None:
    """Run one claimed job and record how it ended; never raises its error. In the same commit `then` takes the next
    one, which is answered."""
    hand = _Hand(claim, then)
    token, in_hand = audit.request_id.set(f"job-{claim.id}"), _hand.set(hand)
    try:
        with app.app_context(), database.fenced(hand.before_commit):
            handler_called(claim.name)(**claim.args)
    except LeaseLost:
        log.warning("lease_lost", job=claim.name, id=claim.id)
        return None
    except Exception as error:
        log.exception("job_failed", job=claim.name, id=claim.id, tries=claim.tries)
        with app.app_context():
            return _give_back(claim, error=f"{type(error).__name__}: {error}"[:2000], then=then)
    else:
        if hand.is_over:
            return hand.next
        with app.app_context():
            return _update(claim, _done(), then=then)
    finally:
        _hand.reset(in_hand)
        audit.request_id.reset(token)


class _Renewal:
    """Renews the lease of the job in hand, beside the work: one thread for as long as a worker works."""

    def __init__(self, app: Flask) -> None:
        self.claim: Claim | None = None
        self._app, self._over = app, threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> "_Renewal":
        self._renewing.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._renewing.join()

    def _renew(self) -> None:
        while not self._over.wait(RENEW_SECONDS):
            if (claim := self.claim) is None:
                continue
            try:
                with self._app.app_context():
                    _update(claim, {"leased_until": clock.now() + LEASE})
            except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
                # The next look may find the database again; if not, the lease runs out, as it should.
                log.warning("lease_not_renewed", job=claim.name, id=claim.id, error=type(error).__name__)


def _claim(only: Collection[str] = ()) -> Claim | None:
    """Take a due job, if any, one that its worker left first: an idle look is one plain read and takes no lock."""
    now = clock.now()
    if not only and missing_periodic(now):
        with transaction():
            enqueue_periodic(now)
    if session().scalar(_due(bool(only)), {"now": now, "only": list(only)}) is None:
        database.release()
        return None
    with transaction():
        return _take(_ABANDONED, only) or _take(_QUEUED, only)


_job = Job.__table__
_due_job = _job.alias("due")
_QUEUED = sa.and_(_due_job.c.state == JobState.QUEUED, _due_job.c.run_at <= sa.bindparam("now"))
_ABANDONED = sa.and_(_due_job.c.state == JobState.RUNNING, _due_job.c.leased_until < sa.bindparam("now"))


@lru_cache
def _due(is_named: bool) -> Any:
    return _looking(sa.or_(_QUEUED, _ABANDONED), is_named).limit(1)


def _looking(which: Any, is_named: bool) -> Any:
    found = sa.select(_due_job.c.id).where(which)
    return found.where(_due_job.c.name.in_(sa.bindparam("only", expanding=True))) if is_named else found


def _take(which: Any, only: Collection[str]) -> Claim | None:
    """Take the one of `which` that waited longest. A step."""
    now = clock.now()
    while True:
        lease = secrets.token_hex(16)
        said = {"now": now, "only": list(only), "mine": lease, "until": now + LEASE}
        taken = write(_taking(which, bool(only)), said).rows
        if not taken:
            return None
        job = taken[0]
        claim = Claim(job.id, job.name, dict(job.args), lease, job.tries)
        if claim.tries <= MOST_TRIES:
            return claim
        # Whoever tried it last did not live to say why; it shall not take the next worker along.
        dead = {"state": JobState.DEAD, "ended_at": now, "lease": None, "tries": MOST_TRIES}
        _set(claim, dead | {"error": "its worker died on the last try"})


@lru_cache
def _taking(which: Any, is_named: bool) -> Prepared:
    longest = _looking(which, is_named).order_by(_due_job.c.run_at, _due_job.c.id).limit(1)
    taken = {"lease": sa.bindparam("mine"), "leased_until": sa.bindparam("until"), "tries": _job.c.tries + 1}
    return Prepared(
        sa.update(_job)
        .where(_job.c.id == longest.with_for_update(skip_locked=True).scalar_subquery())
        .values(state=JobState.RUNNING, **taken)
        .returning(_job.c.id, _job.c.name, _job.c.args, _job.c.tries)
    )


def _hold(claim: Claim) -> None:
    """Raise LeaseLost unless the lease is still ours; on PostgreSQL this locks the job's row until the commit."""
    require_transaction()
    if not read(_MINE, {"its_id": claim.id, "mine": claim.lease}):
        raise LeaseLost(claim.name)


_is_mine = sa.and_(_job.c.id == sa.bindparam("its_id"), _job.c.lease == sa.bindparam("mine"))
_MINE = Prepared(sa.select(_job.c.id).where(_is_mine).with_for_update())


def _done() -> dict[str, Any]:
    return {"state": JobState.DONE, "ended_at": clock.now(), "lease": None, "error": None}


def _give_back(claim: Claim, *, error: str, then: Callable[[], Claim | None]) -> Claim | None:
    """Queue the job again after a backoff with jitter, or bury it when it was tried often enough."""
    now = clock.now()
    if claim.tries >= MOST_TRIES:
        buried = {"state": JobState.DEAD, "ended_at": now, "lease": None, "error": error}
        return _update(claim, buried, then=then)
    wait = min(timedelta(seconds=2**claim.tries), LONGEST_BACKOFF) * random.uniform(0.8, 1.2)
    queued = {"state": JobState.QUEUED, "run_at": now + wait, "lease": None, "error": error}
    return _update(claim, queued, then=then)


def _update(
    claim: Claim, values: dict[str, Any], *, then: Callable[[], Claim | None] = lambda: None
) -> Claim | None:
    with transaction():
        _set(claim, values)
        return then()


def _set(claim: Claim, values: dict[str, Any]) -> None:
    said = {"its_id": claim.id, "mine": claim.lease} | {
        f"new_{name}": value for name, value in values.items()
    }
    write(_setting(tuple(values)), said)


@lru_cache
def _setting(names: tuple[str, ...]) -> Prepared:
    return Prepared(
        sa.update(_job).where(_is_mine).values({name: sa.bindparam(f"new_{name}") for name in names})
    )


@every("jobs.tidy", minutes=24 * 60)
def tidy() -> None:
    """Remove jobs that were done a week ago. Their keys could be enqueued anew: keys of that age mean nothing."""
    with transaction() as current:
        old = sa.and_(Job.state == JobState.DONE, Job.ended_at < clock.now() - KEEP_DONE)
        current.execute(sa.delete(Job).where(old))


def drain(app: Flask, *, seconds: float = 20.0, only: Collection[str] = ()) -> int:
    """Run all that is due now, or `only` jobs of those names, and return how many ran: for commands and tests that
    cannot wait for a worker."""
    stop = threading.Event()
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    try:
        return work(app, stop=stop, once=True, only=only)
    finally:
        timer.cancel()
