"""What may be done to payment attempts, and to what Stripe's books say, inside a transaction.

Knows the attempt's states; refuses to know the order's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront import clock, states
from storefront.database import Prepared, insert_ignore, inserting, lock, require_transaction, write
from storefront.errors import NotFound
from storefront.money import Money
from storefront.payments.evidence import Event, Movement
from storefront.payments.models import (
    AttemptState,
    BalanceMovement,
    BooksCheck,
    CheckKind,
    PaymentAttempt,
    StripeEvent,
)

# Of what a check found: more sentences than anybody reads, and longer ones than any of ours.
MOST_PROBLEMS = 200
LONGEST_PROBLEM = 400
_NOTHING: Mapping[str, int] = {}


def write_attempt(
    *, attempt_id: str, order_id: int, amount: Money, params: dict[str, Any], expires_at: datetime
) -> None:
    """Write an attempt with the whole call it will make. A step."""
    current = require_transaction()
    current.flush()
    written = {
        "id": attempt_id,
        "order_id": order_id,
        "state": AttemptState.CREATED,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "params": params,
        "created_at": clock.now(),
        "expires_at": expires_at,
    }
    write(_ADD_ATTEMPT, written)


_ADD_ATTEMPT = inserting(
    PaymentAttempt,
    "id",
    "order_id",
    "state",
    "amount_minor",
    "currency",
    "params",
    "created_at",
    "expires_at",
)


def lock_attempt(attempt_id: str) -> PaymentAttempt:
    """The attempt, read anew and locked until the commit; raises NotFound. A step, after the order's lock."""
    attempt: PaymentAttempt | None = lock(PaymentAttempt, attempt_id)
    if attempt is None:
        raise NotFound()
    return attempt


def waiting_attempts(order_id: int) -> list[PaymentAttempt]:
    """The order's attempts that may still be paid, locked. A step."""
    waiting = (AttemptState.CREATED, AttemptState.OPEN)
    return list(
        require_transaction().scalars(
            sa.select(PaymentAttempt)
            .where(PaymentAttempt.order_id == order_id, PaymentAttempt.state.in_(waiting))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def keep_session(attempt: PaymentAttempt, *, session_id: str, url: str | None) -> None:
    """Store which session the attempt became; a second call changes nothing. A step."""
    require_transaction()
    if attempt.state == AttemptState.CREATED:
        states.advance(attempt, AttemptState.OPEN)
    attempt.session_id, attempt.session_url = session_id, url or attempt.session_url


def open_attempt(attempt_id: str, *, session_id: str, url: str | None) -> bool:
    """Store which session a waiting attempt became, in one statement; False where it has ended meanwhile. A step."""
    said = {"attempt": attempt_id, "opened": session_id, "page": url}
    return write(_OPEN, said).count == 1


_attempt = PaymentAttempt.__table__
_WAITS = _attempt.c.state.in_((AttemptState.CREATED, AttemptState.OPEN))
_OPEN = Prepared(
    sa.update(_attempt)
    .where(_attempt.c.id == sa.bindparam("attempt"), _WAITS)
    .values(
        state=AttemptState.OPEN,
        session_id=sa.bindparam("opened"),
        session_url=sa.func.coalesce(sa.bindparam("page"), _attempt.c.session_url),
    )
)


def end_attempt(attempt: PaymentAttempt, to: AttemptState, *, problem: str | None = None) -> None:
    """Advance the attempt to where it ends, or to review with the problem named. A step."""
    require_transaction()
    states.advance(attempt, to)
    attempt.ended_at, attempt.problem = clock.now(), problem


def keep_event(event: Event) -> bool:
    """Keep an event, once per id; whether it was new. A step."""
    values = {"id": event.id, "type": event.type, "payload": event.payload, "received_at": clock.now()}
    return insert_ignore(StripeEvent, values, unique=("id",))


def mark_handled(event_id: str) -> None:
    """The event had its effect, or had none to have. A step."""
    write(_HANDLED, {"event": event_id, "now": clock.now()})


_event = StripeEvent.__table__
_HANDLED = Prepared(
    sa.update(_event)
    .where(_event.c.id == sa.bindparam("event"), _event.c.handled_at.is_(None))
    .values(handled_at=sa.bindparam("now"))
)


def keep_movements(found: Sequence[Movement]) -> int:
    """Keep what moved at Stripe and was not kept before; how many that were. A step."""
    written = (
        {
            "stripe_id": each.id,
            "kind": each.kind,
            "amount_minor": each.amount.minor,
            "fee_minor": each.fee.minor,
            "currency": each.amount.currency,
            "source_id": each.source_id,
            "at": each.at,
        }
        for each in found
    )
    return sum(insert_ignore(BalanceMovement, values, unique=("stripe_id",)) for values in written)


def keep_check(
    kind: CheckKind,
    *,
    begun_at: datetime,
    changed: Mapping[str, int] = _NOTHING,
    problems: Sequence[str] = (),
) -> None:
    """Note what a proof or a reconcile found, ending now. A step."""
    require_transaction().add(
        BooksCheck(
            kind=kind,
            begun_at=begun_at,
            ended_at=clock.now(),
            changed={name: count for name, count in changed.items() if count},
            problems=[each[:LONGEST_PROBLEM] for each in problems[:MOST_PROBLEMS]],
            problem_count=len(problems),
        )
    )


def forget_checks(before: datetime) -> None:
    """Forget the checks that ended before an instant. A step."""
    require_transaction().execute(sa.delete(BooksCheck).where(BooksCheck.ended_at < before))
