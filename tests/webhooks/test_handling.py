"""An event is a reason to look, never a fact: any order, any number, before or after our own answer."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout import payment_page
from storefront.checkout.actions import Placed, settle_payment
from storefront.database import session
from storefront.jobs import Job, JobState, queue
from storefront.money import Money
from storefront.orders.models import OrderState
from storefront.payments import gateway
from storefront.payments.evidence import Event, StripeRefund
from storefront.payments.models import StripeEvent
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from storefront.webhooks.events import handle_event, take_in
from tests.books import changed_tables, documents, jobs_called, ledger, mails, whole_database
from tests.builders.payments import (
    a_shopper,
    an_open_order,
    deliver,
    elsewhere,
    open_page,
    order,
    pay,
    place,
)
from tests.servers.stripe import StripeStandIn

Drain = Callable[[], int]
COMPLETED = "checkout.session.completed"


@pytest.fixture(autouse=True)
def _nothing_periodic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker does nothing but what it is told: the reconciler would find everything by itself."""
    monkeypatch.setattr(queue, "_periodic", {})


def unhandled() -> list[str]:
    return list(session().scalars(sa.select(StripeEvent.type).where(StripeEvent.handled_at.is_(None))))


def foreign(attempt_id: str | None, *, kind: str = COMPLETED) -> Event:
    return Event("evt_foreign", kind, False, "cs_foreign", attempt_id, None, "{}")


@pytest.mark.parametrize(
    ("kind", "object_id", "intent"),
    [
        ("refund.created", "re_nowhere", "pi_nowhere"),
        ("refund.failed", "re_nowhere", None),
        ("charge.refunded", "ch_nowhere", "pi_nowhere"),
        ("charge.dispute.created", "dp_nowhere", "pi_nowhere"),
    ],
)
def test_what_stripe_tells_of_a_charge_that_nobody_knows_changes_nothing(
    inside: Flask, sandbox: StripeStandIn, drain: Drain, kind: str, object_id: str, intent: str | None
) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    elsewhere(drain)
    before = whole_database()
    take_in(Event("evt_nowhere", kind, False, object_id, None, intent, "{}"))

    elsewhere(drain)

    assert changed_tables(before, whole_database()).keys() == {"stripe_event", "job"}
    assert unhandled() == []
    assert prove() == []


@pytest.mark.parametrize("kind", ["refund.created", "charge.refunded"])
def test_a_refund_of_another_systems_charge_changes_nothing(
    inside: Flask, sandbox: StripeStandIn, drain: Drain, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    theirs = StripeRefund(
        "re_theirs", "succeeded", Money(100, "EUR"), "pi_theirs", None, None, order(placed).placed_at
    )
    elsewhere(drain)
    monkeypatch.setattr(gateway, "refund_by_id", lambda _id: theirs)
    monkeypatch.setattr(gateway, "refunds_of", lambda _intent: [theirs])
    before = whole_database()
    take_in(Event("evt_theirs", kind, False, "re_theirs", None, "pi_theirs", "{}"))

    elsewhere(drain)

    assert changed_tables(before, whole_database()).keys() == {"stripe_event", "job"}
    assert unhandled() == []


def test_a_delivered_event_pays_the_order(inside: Flask, sandbox: StripeStandIn, drain: Drain) -> None:
    placed = an_open_order()
    pay(sandbox, placed)

    deliver(sandbox)
    elsewhere(drain)

    assert order(placed).state == OrderState.PAID
    assert unhandled() == []
    assert prove() == []


@pytest.mark.parametrize("seed", range(5))
def test_five_of_each_in_any_order_have_one_effect(
    inside: Flask, sandbox: StripeStandIn, drain: Drain, seed: int
) -> None:
    sandbox.control("deliveries", copies=5, shuffle=3)
    placed = an_open_order()
    pay(sandbox, placed)
    looks: list[Callable[[], object]] = [
        lambda: deliver(sandbox),
        lambda: elsewhere(drain),
        lambda: settle_payment(placed.attempt_id),
        reconcile,
    ]
    random.Random(seed).shuffle(looks)

    for look in looks:
        look()
    elsewhere(drain)

    assert ledger(placed.order_id) == [("capture", 2400)]
    assert len(documents(placed.order_id)) == 1
    assert mails() == [("order_confirmation", "mara@example.org")]
    assert jobs_called("mail.send") == 1
    assert prove() == []


def test_an_event_before_our_own_answer_finds_the_order(
    inside: Flask, sandbox: StripeStandIn, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was opened and paid before the session's id was stored."""
    placed = place(a_shopper())
    really_keep = payment_page._keep

    def keep_after_the_event(call: Any, made: Any) -> bool:
        sandbox.control("pay", session=made.id)
        deliver(sandbox)
        elsewhere(drain)
        return really_keep(call, made)

    monkeypatch.setattr(payment_page, "_keep", keep_after_the_event)

    assert open_page(placed) == ""

    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400)]


def test_an_event_of_an_attempt_that_we_do_not_know_is_kept_and_named(inside: Flask) -> None:
    event = foreign("att_unknown")
    take_in(event)

    handle_event(event.id, event.type, event.object_id, event.attempt_id, None)

    assert unhandled() == [COMPLETED]


def test_prove_names_an_event_that_was_never_looked_into(
    inside: Flask, sandbox: StripeStandIn, drain: Drain
) -> None:
    take_in(foreign("att_unknown"))
    elsewhere(drain)

    assert prove() == ["1 events from Stripe were never looked into."]


@pytest.mark.parametrize("kind", ["checkout.session.completed", "charge.refunded", "customer.created"])
def test_an_event_without_our_mark_is_acknowledged_and_done_with(
    inside: Flask, sandbox: StripeStandIn, drain: Drain, kind: str
) -> None:
    take_in(foreign(None, kind=kind))

    elsewhere(drain)

    assert unhandled() == []
    assert prove() == []


def test_an_event_is_tried_again_while_stripe_is_silent(
    inside: Flask, sandbox: StripeStandIn, drain: Drain
) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    deliver(sandbox)
    sandbox.control("answer", status=500, on="GET /v1/checkout/sessions")

    elsewhere(drain)

    job = session().scalars(sa.select(Job).where(Job.name == "webhooks.handle")).one()
    assert (job.state, job.tries) == (JobState.QUEUED, 1)
    assert order(placed).state == OrderState.AWAITING_PAYMENT


def test_handling_an_event_again_changes_nothing(inside: Flask, sandbox: StripeStandIn, drain: Drain) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    deliver(sandbox)
    elsewhere(drain)
    before = whole_database()
    completed = sa.select(StripeEvent.id, StripeEvent.payload).where(StripeEvent.type == COMPLETED)
    event_id, payload = session().execute(completed).one()
    thing = json.loads(payload)["data"]["object"]

    handle_event(event_id, COMPLETED, thing["id"], placed.attempt_id, None)

    assert changed_tables(before, whole_database()) == {}


def test_an_event_of_another_order_settles_that_order_alone(
    inside: Flask, sandbox: StripeStandIn, drain: Drain
) -> None:
    waiting: Placed = an_open_order(cart_id="a")
    paid = an_open_order(cart_id="b")
    pay(sandbox, paid)

    deliver(sandbox)
    elsewhere(drain)

    assert order(waiting).state == OrderState.AWAITING_PAYMENT
    assert order(paid).state == OrderState.PAID


def test_an_event_that_lies_about_an_order_makes_nobody_pay(
    inside: Flask, sandbox: StripeStandIn, drain: Drain
) -> None:
    """Signed, “completed”, with our ids, and yet Stripe itself says that nothing was paid."""
    placed = an_open_order()
    take_in(foreign(placed.attempt_id))

    elsewhere(drain)

    assert order(placed).state == OrderState.AWAITING_PAYMENT
    assert ledger(placed.order_id) == []
