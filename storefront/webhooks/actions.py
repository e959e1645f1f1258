"""What events missed: every payment, refund, dispute and hold compared with Stripe and put right.

Runs as a command and every few minutes; running it twice changes nothing the second time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import sqlalchemy as sa
import structlog

from storefront import clock, jobs
from storefront.checkout.giving_up import expire_order
from storefront.checkout.settlement import settle_payment
from storefront.database import release, session, transaction
from storefront.errors import PaymentUnavailable, Refused
from storefront.orders.models import Order, OrderState
from storefront.orders.refund import Refund, RefundState
from storefront.payments import gateway
from storefront.payments.evidence import Event, Movement
from storefront.payments.models import (
    AttemptState,
    BalanceMovement,
    CheckKind,
    PaymentAttempt,
    StripeEvent,
)
from storefront.payments.steps import forget_checks, keep_check, keep_movements
from storefront.refunds.actions import FAILED, record_outcome, send_refund
from storefront.refunds.excess import what_was_not_owed
from storefront.webhooks.disputes import look_at_dispute, record_dispute, waiting_disputes
from storefront.webhooks.events import TYPES, handle_event, take_in

# As far back as Stripe keeps events.
FARTHEST = timedelta(days=30)
# The periodic run looks this far back: long enough for a weekend without a worker.
USUAL = timedelta(days=3)

WEEK = timedelta(days=7)
# Stripe may book a movement late, under the time when its cause happened; and within the second of our asking.
OVERLAP = timedelta(days=2)

# So many times in a row without an answer, and Stripe is down: one burnt key alone must not stop the rest.
GIVE_UP = 3

Progress = Callable[[str, int, int], None]

log = structlog.get_logger("reconcile")


@dataclass(slots=True)
class Findings:
    """What a run put right, and what it could not."""

    changed: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many things were changed; 0 where all was right."""
        return sum(self.changed.values())


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to look at, by its id; `do` tells whether that changed anything."""

    name: str
    do: Callable[[], bool]


def reconcile(
    *, since: timedelta = FARTHEST, progress: Progress = lambda _what, _done, _of: None
) -> Findings:
    """Settle waiting attempts, take in undelivered events, send and settle refunds, follow disputes, end old holds.

    Raises PaymentUnavailable where Stripe cannot be asked at all; one thing's refusal does not stop the rest.
    """
    findings = Findings()
    steps: tuple[tuple[str, Callable[[], list[Work]]], ...] = (
        ("events", lambda: _undelivered(since)),
        ("payments", _waiting_payments),
        ("holds", _ended_holds),
        ("refunds", _open_refunds),
        ("refunds at Stripe", lambda: _refunds_at_stripe(since)),
        ("disputes", _open_disputes),
        ("disputes at Stripe", lambda: _disputes_at_stripe(since)),
        # Those that the steps above have caused: otherwise a second run would find something to do.
        ("events", lambda: _undelivered(since)),
    )
    for what, todo in steps:
        works = todo()
        silent = 0
        for done, work in enumerate(works):
            progress(what, done, len(works))
            try:
                changed = work.do()
            except Refused as error:
                silent = silent + 1 if isinstance(error, PaymentUnavailable) else 0
                if silent == GIVE_UP:
                    raise
                findings.problems.append(f"{what}, {work.name}: {error.message}")
                continue
            silent = 0
            findings.changed[what] = findings.changed.get(what, 0) + int(changed)
        progress(what, len(works), len(works))
    # These are right in the books, and for a person to decide.
    findings.problems += what_was_not_owed()
    return findings


def reconcile_on_record(
    *, since: timedelta = FARTHEST, progress: Progress = lambda _what, _done, _of: None
) -> Findings:
    """As `reconcile`, then take in what moved on Stripe's balance, and keep what was found for staff to read."""
    begun_at = clock.now()
    findings = reconcile(since=since, progress=progress)
    try:
        findings.changed["balance"] = take_in_movements(progress)
    except Refused as error:
        # What was put right is kept all the same; the next run asks again.
        findings.problems.append(f"balance: {error.message}")
    with transaction():
        keep_check(
            CheckKind.RECONCILE, begun_at=begun_at, changed=findings.changed, problems=findings.problems
        )
    return findings


@jobs.every("reconcile", minutes=10)
def reconcile_recent() -> None:
    """The periodic run, over the last days."""
    findings = reconcile_on_record(since=USUAL)
    if findings.total or findings.problems:
        log.info("reconciled", changed=findings.changed, problems=findings.problems)


def take_in_movements(progress: Progress = lambda _what, _done, _of: None) -> int:
    """Keep what moved on Stripe's balance since the last that is known; how many movements were new.

    One question; before any movement is known, one for each week since the first payment was asked for, oldest first:
    what was kept is whole up to the last of it, wherever this stops.
    """
    last = session().scalar(sa.select(sa.func.max(BalanceMovement.at)))
    first = session().scalar(sa.select(sa.func.min(PaymentAttempt.created_at))) if last is None else last
    release()
    if first is None:
        return 0
    begins, now = first - OVERLAP, clock.now()
    span = WEEK if last is None else now - begins + WEEK
    parts, new = (now - begins) // span + 1, 0
    for number in range(parts):
        progress("balance", number, parts)
        new += _keep_new(gateway.movements(begins + number * span, begins + (number + 1) * span))
    progress("balance", parts, parts)
    return new


def _keep_new(found: list[Movement]) -> int:
    """Most of what is asked for again is known: nothing is written then."""
    kept = sa.select(BalanceMovement.stripe_id).where(
        BalanceMovement.at >= min((each.at for each in found), default=clock.now())
    )
    known = set(session().scalars(kept)) if found else set()
    release()
    unknown = [each for each in found if each.id not in known]
    if not unknown:
        return 0
    with transaction():
        return keep_movements(unknown)


def _undelivered(since: timedelta) -> list[Work]:
    """Events of ours that never arrived, and those that arrived but were never looked into."""
    release()
    works = []
    for event in gateway.events_since(clock.now() - since, types=TYPES):
        stored = session().get(StripeEvent, event.id)
        if stored is None or (stored.handled_at is None and _is_of_a_known_attempt(event)):
            works.append(Work(event.id, partial(_look_into, event)))
    release()
    return works


def _is_of_a_known_attempt(event: Event) -> bool:
    return event.attempt_id is None or session().get(PaymentAttempt, event.attempt_id) is not None


def _look_into(event: Event) -> bool:
    new = take_in(event)
    handle_event(event.id, event.type, event.object_id, event.attempt_id, event.payment_intent_id)
    stored = session().get(StripeEvent, event.id, populate_existing=True)
    release()
    return new or (stored is not None and stored.handled_at is not None)


def _waiting_payments() -> list[Work]:
    waiting = (AttemptState.CREATED, AttemptState.OPEN)
    ids = session().scalars(sa.select(PaymentAttempt.id).where(PaymentAttempt.state.in_(waiting))).all()
    release()
    return [Work(attempt_id, partial(_settled_anew, attempt_id)) for attempt_id in ids]


def _settled_anew(attempt_id: str) -> bool:
    before = _state_of(attempt_id)
    settle_payment(attempt_id)
    return before != _state_of(attempt_id)


def _state_of(attempt_id: str) -> tuple[str, str]:
    row = (
        session()
        .execute(
            sa.select(PaymentAttempt.state, Order.state)
            .join(Order, Order.id == PaymentAttempt.order_id)
            .where(PaymentAttempt.id == attempt_id)
        )
        .one()
    )
    release()
    return row[0], row[1]


def _open_refunds() -> list[Work]:
    waiting = (RefundState.APPROVED, RefundState.SENT)
    rows = (
        session()
        .execute(sa.select(Refund.id, Refund.stripe_refund_id).where(Refund.state.in_(waiting)))
        .all()
    )
    release()
    return [Work(row.id, partial(_refund_again, row.id, row.stripe_refund_id)) for row in rows]


def _refund_again(refund_id: str, stripe_refund_id: str | None) -> bool:
    if stripe_refund_id is not None:
        return record_outcome(gateway.refund_by_id(stripe_refund_id))
    before = _refund_state(refund_id)
    send_refund(refund_id)
    return before != _refund_state(refund_id)


def _refund_state(refund_id: str) -> tuple[str, str | None]:
    row = (
        session()
        .execute(sa.select(Refund.state, Refund.stripe_refund_id).where(Refund.id == refund_id))
        .one()
    )
    release()
    return row[0], row[1]


def _refunds_at_stripe(since: timedelta) -> list[Work]:
    """Refunds that we do not know by Stripe's id, and those that have failed since we last looked."""
    release()
    works = []
    for found in gateway.refunds_since(clock.now() - since):
        state = session().scalar(sa.select(Refund.state).where(Refund.stripe_refund_id == found.id))
        if state is None or (found.status in FAILED and state != RefundState.FAILED):
            works.append(Work(found.id, partial(record_outcome, found)))
    release()
    return works


def _open_disputes() -> list[Work]:
    return [Work(each, partial(look_at_dispute, each)) for each in waiting_disputes()]


def _disputes_at_stripe(since: timedelta) -> list[Work]:
    release()
    found = gateway.disputes_since(clock.now() - since)
    return [Work(each.id, partial(record_dispute, each)) for each in found]


def _ended_holds() -> list[Work]:
    waiting = (OrderState.AWAITING_PAYMENT, OrderState.PROCESSING)
    ended = sa.select(Order.id).where(Order.state.in_(waiting), Order.hold_until < clock.now())
    ids = session().scalars(ended).all()
    release()
    return [Work(str(order_id), partial(_expired, order_id)) for order_id in ids]


def _expired(order_id: int) -> bool:
    expire_order(order_id)
    state = session().scalar(sa.select(Order.state).where(Order.id == order_id))
    release()
    return state == OrderState.CANCELLED


@jobs.every("webhooks.forget", minutes=24 * 60)
def forget_old_events() -> None:
    """Events are kept for 30 days: they carry personal data, and Stripe has forgotten them too. So are reports."""
    before = clock.now() - FARTHEST
    with transaction() as current:
        current.execute(sa.delete(StripeEvent).where(StripeEvent.received_at < before))
        forget_checks(before)
