"""What waits is counted where it stands, by one statement that reads few rows."""

from datetime import timedelta
from types import ModuleType

import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.database import db, session, transaction
from storefront.jobs import Job, JobState
from storefront.mail import outbox
from storefront.mail.models import MailState, OutgoingMail
from storefront.orders.refund import Refund, RefundState
from storefront.payments.evidence import Event
from storefront.payments.steps import keep_event
from storefront.reports.queues import Queues, backlog, queues
from storefront.states import advance
from tests.builders.orders import an_order, pay_wrongly
from tests.counting import counting


def test_an_empty_shop_waits_for_nothing(inside: Flask) -> None:
    assert queues() == Queues(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert (backlog().oldest_job, backlog().oldest_event) == (None, None)


def test_each_queue_counts_what_waits_for_a_person(inside: Flask, frozen: ModuleType) -> None:
    reviewed, other = an_order(), an_order(cart_id="cart-2")
    pay_wrongly(reviewed, minor=100)
    with transaction() as current:
        attempt_id = current.scalar(sa.text("SELECT id FROM payment_attempt LIMIT 1"))
        values = {"order_id": other, "attempt_id": attempt_id, "currency": "EUR", "reason": "goodwill"}
        for number, state in enumerate((RefundState.REQUESTED, RefundState.SENT, RefundState.DECLINED)):
            row = Refund(id=f"ref_{number}", state=state, amount_minor=5, created_at=frozen.now(), **values)
            current.add(row)
        times = {"run_at": frozen.now(), "created_at": frozen.now()}
        current.add(Job(name="any", args={}, state=JobState.DEAD, tries=12, **times))
        for subject in ("order:1", "order:2"):
            outbox.owe("order_confirmation", subject=subject, recipient="a@example.org", facts={})
        advance(session().scalars(sa.select(OutgoingMail)).all()[0], MailState.REFUSED)
    frozen.advance(timedelta(minutes=16))

    found = queues()

    # The payment under review has told staff by mail, which is late as well.
    assert (found.refunds, found.payments, found.disputes, found.jobs_failed) == (1, 1, 0, 1)
    assert (found.mails_refused, found.mails_late) == (1, _owed())


def _owed() -> int:
    owed = sa.select(sa.func.count()).select_from(OutgoingMail).where(OutgoingMail.state == MailState.OWED)
    return int(session().scalar(owed) or 0)


def test_the_backlog_says_since_when_the_first_one_waits(inside: Flask, frozen: ModuleType) -> None:
    began = frozen.now()
    with transaction():
        jobs.enqueue("now", {})
        jobs.enqueue("tomorrow", {}, at=began + timedelta(days=1))
        keep_event(Event("evt_1", "charge.refunded", False, "ch_1", None, None, "{}"))
    frozen.advance(timedelta(minutes=5))

    found = backlog()

    assert (found.jobs_waiting, found.oldest_job) == (1, began)
    assert (found.events_waiting, found.oldest_event) == (1, began)


def test_what_waits_is_found_by_index(inside: Flask, engine: str) -> None:
    with counting(db.engine) as counted:
        queues()
        backlog()

    assert counted.selects == 2
    if engine == "sqlite":
        # On PostgreSQL an empty table is always read whole.
        plan = [str(row[3]) for text in counted.statements for row in _plan(text)]
        whole = [line for line in plan if line.startswith("SCAN") and "CONSTANT" not in line]
        # These indexes hold what waits and nothing else.
        waits = ("ix_stripe_event_unhandled", "ix_orders_to_pack")
        assert [line for line in whole if not line.endswith(waits)] == []


def _plan(statement: str) -> list[tuple[int, int, int, str]]:
    values = tuple(["x"] * statement.count("?"))
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
