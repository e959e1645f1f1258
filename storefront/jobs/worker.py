"""The worker: claims due jobs under a lease, runs them, and records how they ended.

Knows leases, backoff and giving up; refuses to know what is done.
"""

import random
import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask

from storefront import audit, clock, database, states
from storefront.database import require_transaction, session, transaction
from storefront.jobs.models import Job, JobState
from storefront.jobs.queue import enqueue_periodic, every, handler_called, missing_periodic

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 15.0
IDLE_SECONDS = 0.5
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


def work(app: Flask, *, stop: threading.Event, once: bool = False, only: Collection[str] = ()) -> int:
    """Run due jobs until `stop` is set, or until none is due where `once`; how many were run.

    Without `once` it outlives its database: while that restarts there is nothing to be done. `only` names the jobs
    to run; periodic ones are then not begun.
    """
    ran = 0
    while not stop.is_set():
        try:
            did = _run_next(app, only)
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            if once:
                raise
            log.error("database_unavailable", error=type(error).__name__)
            did = False
        if did:
            ran += 1
        elif once:
            return ran
        else:
            stop.wait(IDLE_SECONDS)
    return ran


def _run_next(app: Flask, only: Collection[str]) -> bool:
    """Claim and run one job; whether there was one."""
    with app.app_context():
        claim = _claim(only)
    if claim is not None:
        run(app, claim)
    return claim is not None


def run(app: Flask, claim: Claim) -> None:
    """Run one claimed job with its lease renewed beside it, and record how it ended; never raises its error."""
    token = audit.request_id.set(f"job-{claim.id}")
    ended = threading.Event()
    renewing = threading.Thread(target=_renew, args=(app, claim, ended), daemon=True)
    renewing.start()
    try:
        with app.app_context(), database.fenced(lambda: _hold(claim)):
            handler_called(claim.name)(**claim.args)
    except LeaseLost:
        log.warning("lease_lost", job=claim.name, id=claim.id)
    except Exception as error:
        log.exception("job_failed", job=claim.name, id=claim.id, tries=claim.tries)
        with app.app_context():
            _give_back(claim, error=f"{type(error).__name__}: {error}"[:2000])
    else:
        with app.app_context():
            _finish(claim)
    finally:
        ended.set()
        renewing.join()
        audit.request_id.reset(token)


def _claim(only: Collection[str] = ()) -> Claim | None:
    """Take the due job that waited longest, if any: an idle look is one plain read and takes no lock."""
    now = clock.now()
    if not only and missing_periodic(now):
        with transaction():
            enqueue_periodic(now)
    while session().scalar(sa.select(Job.id).where(_is_due(now, only)).limit(1)) is not None:
        with transaction() as current:
            found = sa.select(Job).where(_is_due(now, only)).order_by(Job.run_at, Job.id).limit(1)
            job = current.scalar(found.with_for_update(skip_locked=True))
            if job is None:
                return None
            states.advance(job, JobState.RUNNING)
            if job.tries < MOST_TRIES:
                job.lease, job.leased_until = secrets.token_hex(16), now + LEASE
                job.tries += 1
                return Claim(job.id, job.name, dict(job.args), job.lease, job.tries)
            # Whoever tried it last did not live to say why; it shall not take the next worker along.
            states.advance(job, JobState.DEAD)
            job.ended_at, job.lease, job.error = now, None, "its worker died on the last try"
    database.release()
    return None


def _is_due(now: Any, only: Collection[str]) -> Any:
    abandoned = sa.and_(Job.state == JobState.RUNNING, Job.leased_until < now)
    due = sa.or_(sa.and_(Job.state == JobState.QUEUED, Job.run_at <= now), abandoned)
    return sa.and_(due, Job.name.in_(only)) if only else due


def _hold(claim: Claim) -> None:
    """Raise LeaseLost unless the lease is still ours; on PostgreSQL this locks the job's row until the commit."""
    current = require_transaction()
    mine = sa.select(Job.id).where(Job.id == claim.id, Job.lease == claim.lease).with_for_update()
    if current.scalar(mine) is None:
        raise LeaseLost(claim.name)


def _renew(app: Flask, claim: Claim, ended: threading.Event) -> None:
    while not ended.wait(RENEW_SECONDS):
        try:
            with app.app_context():
                _update(claim, {"leased_until": clock.now() + LEASE})
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            # The next look may find the database again; if not, the lease runs out, as it should.
            log.warning("lease_not_renewed", job=claim.name, id=claim.id, error=type(error).__name__)


def _finish(claim: Claim) -> None:
    _update(claim, {"state": JobState.DONE, "ended_at": clock.now(), "lease": None, "error": None})


def _give_back(claim: Claim, *, error: str) -> None:
    """Queue the job again after a backoff with jitter, or bury it when it was tried often enough."""
    now = clock.now()
    if claim.tries >= MOST_TRIES:
        _update(claim, {"state": JobState.DEAD, "ended_at": now, "lease": None, "error": error})
        return
    wait = min(timedelta(seconds=2**claim.tries), LONGEST_BACKOFF) * random.uniform(0.8, 1.2)
    _update(claim, {"state": JobState.QUEUED, "run_at": now + wait, "lease": None, "error": error})


def _update(claim: Claim, values: dict[str, Any]) -> None:
    with transaction() as current:
        current.execute(sa.update(Job).where(Job.id == claim.id, Job.lease == claim.lease).values(**values))


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
