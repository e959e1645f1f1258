"""What waits for a person, and what waits for too long.

Knows where each queue stands; refuses to know who may work on it. All are counted by index.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.database import read
from storefront.jobs import Job, JobState
from storefront.mail.models import UNSENT, MailState, OutgoingMail
from storefront.orders.refund import Refund, RefundState
from storefront.orders.sought import UNDECIDED, orders_to_pack
from storefront.payments.models import AttemptState, Dispute, PaymentAttempt, StripeEvent
from storefront.refunds.records import not_owed, open_failures
from storefront.refunds.return_records import returns_that_wait
from storefront.refunds.withdrawal_records import withdrawals_that_wait

# A mail is sent within seconds; one that is older than this is late.
LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Queues:
    """How much waits: orders to be packed, returns for a decision or their money, withdrawals for a decision, refunds
    for a second person, that failed or were not owed, payments and disputes for a decision, jobs that gave up, mails
    that no server took (`refused`) or that are late.
    """

    to_pack: int
    returns: int
    withdrawals: int
    refunds: int
    refunds_failed: int
    refunds_not_owed: int
    payments: int
    disputes: int
    jobs_failed: int
    mails_refused: int
    mails_late: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the worker has before it: `oldest` are the instants since when the first of each kind waits, or None."""

    jobs_waiting: int
    jobs_running: int
    oldest_job: datetime | None
    events_waiting: int
    oldest_event: datetime | None
    mails_owed: int


def queues() -> Queues:
    """How much waits for a person now. One statement."""
    row = read(
        sa.select(
            sa.select(sa.func.count())
            .select_from(orders_to_pack().subquery())
            .scalar_subquery()
            .label("to_pack"),
            sa.select(sa.func.count())
            .select_from(returns_that_wait().subquery())
            .scalar_subquery()
            .label("returns"),
            sa.select(sa.func.count())
            .select_from(withdrawals_that_wait().subquery())
            .scalar_subquery()
            .label("withdrawals"),
            _count(Refund.id, Refund.state == RefundState.REQUESTED).label("refunds"),
            sa.select(sa.func.count())
            .select_from(open_failures().subquery())
            .scalar_subquery()
            .label("refunds_failed"),
            sa.select(sa.func.count())
            .select_from(not_owed().subquery())
            .scalar_subquery()
            .label("refunds_not_owed"),
            _count(PaymentAttempt.id, PaymentAttempt.state == AttemptState.REVIEW).label("payments"),
            _count(Dispute.id, Dispute.state.in_(UNDECIDED)).label("disputes"),
            _count(Job.id, Job.state == JobState.DEAD).label("jobs_failed"),
            _count(OutgoingMail.id, *_unsent(MailState.REFUSED)).label("mails_refused"),
            _count(
                OutgoingMail.id,
                *_unsent(MailState.OWED),
                OutgoingMail.created_at < clock.now() - LATE_AFTER,
            ).label("mails_late"),
        )
    )[0]
    return Queues(**row._mapping)


def backlog() -> Backlog:
    """How much waits for the worker now. One statement."""
    due = (Job.state == JobState.QUEUED, Job.run_at <= clock.now())
    unhandled = StripeEvent.handled_at.is_(None)
    row = read(
        sa.select(
            _count(Job.id, *due).label("jobs_waiting"),
            _count(Job.id, Job.state == JobState.RUNNING).label("jobs_running"),
            _oldest(Job.run_at, *due).label("oldest_job"),
            _count(StripeEvent.id, unhandled).label("events_waiting"),
            _oldest(StripeEvent.received_at, unhandled).label("oldest_event"),
            _count(OutgoingMail.id, *_unsent(MailState.OWED)).label("mails_owed"),
        )
    )[0]
    return Backlog(**row._mapping)


def _count(column: Any, *conditions: Any) -> Any:
    return sa.select(sa.func.count(column)).where(*conditions).scalar_subquery()


def _oldest(column: Any, *conditions: Any) -> Any:
    return sa.select(sa.func.min(column)).where(*conditions).scalar_subquery()


def _unsent(state: MailState) -> tuple[Any, ...]:
    return sa.text(UNSENT), OutgoingMail.state == state
