"""Every call that the shop makes to Stripe, and every way in which it can go wrong: the table of both.

Whoever waits is told in a sentence, whatever works is tried again, and one reconcile later all is right.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront import clock
from storefront.checkout.actions import Placed, cancel_unpaid, settle_payment
from storefront.database import release, session, transaction
from storefront.errors import PaymentUnavailable
from storefront.jobs import Job, JobState, queue
from storefront.orders.models import OrderState
from storefront.orders.refund import REPLACED, RefundState
from storefront.payments import gateway
from storefront.refunds.actions import send_refund, sync_refunds
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile, take_in_movements
from storefront.webhooks.disputes import look_at_dispute
from tests.books import ledger, mails, on_hand
from tests.builders.cart import a_shelf, put_in, submit_details, submit_order, words
from tests.builders.orders import the_refunds
from tests.builders.payments import (
    a_paid_order,
    a_refund,
    a_shopper,
    an_open_order,
    deliver,
    elsewhere,
    open_page,
    order,
    pay,
    place,
    refund,
    the_intent,
)
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn
from tests.walks.test_buying import Walk
from tests.webhooks.test_reconcile import changes_nothing_more

FAULTS: dict[str, tuple[str, dict[str, object]]] = {
    "500": ("answer", {"status": 500}),
    "429": ("answer", {"status": 429}),
    "too slow": ("slow", {"seconds": 1.0}),
    "done, but too slow": ("slow", {"seconds": 1.0, "when": "after"}),
    "done, but the line broke": ("lose", {"how": "close"}),
    "done, but 500": ("lose", {"how": "500"}),
}
SENTENCE = "does not answer just now"

every_fault = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture(autouse=True)
def _nothing_periodic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker does nothing but what it is told."""
    monkeypatch.setattr(queue, "_periodic", {})


@contextmanager
def going_wrong(app: Flask, sandbox: StripeStandIn, fault: str, *, on: str) -> Iterator[None]:
    """The next call goes wrong; where it is slow, the shop gives up after half a second instead of five."""
    verb, how = FAULTS[fault]
    sandbox.control(verb, **how, on=on)
    patience = gateway.TIMEOUTS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway, "TIMEOUTS", (1.0, 0.5) if verb == "slow" else patience)
        app.extensions.pop("stripe", None)
        yield
    app.extensions.pop("stripe", None)
    sandbox.wait_until_idle()


@dataclass(frozen=True, slots=True)
class Scene:
    """A call about to be made by `act`; `is_right` looks at what is there after one reconcile."""

    act: Callable[[], object]
    is_right: Callable[[], bool]


def opening(sandbox: StripeStandIn) -> Scene:
    placed = place(a_shopper())
    return Scene(lambda: open_page(placed), lambda: len(sandbox.state()["sessions"]) <= 1)


def settling(sandbox: StripeStandIn) -> Scene:
    placed = an_open_order()
    pay(sandbox, placed)
    return Scene(lambda: settle_payment(placed.attempt_id), lambda: is_paid_once(placed))


def finding(sandbox: StripeStandIn) -> Scene:
    """The session's id never reached us: it is looked for by ours."""
    placed = place(a_shopper())
    sandbox.control("lose", on="POST /v1/checkout/sessions")
    with pytest.raises(PaymentUnavailable):
        open_page(placed)
    sandbox.control("pay", session=sandbox.state()["sessions"][0]["id"])
    return Scene(lambda: settle_payment(placed.attempt_id), lambda: is_paid_once(placed))


def closing(sandbox: StripeStandIn) -> Scene:
    shopper = a_shopper(on_hand=3)
    placed = place(shopper)
    open_page(placed)

    def is_cancelled_or_open() -> bool:
        held = order(placed).state == OrderState.AWAITING_PAYMENT
        at_stripe = sandbox.state()["sessions"][0]["status"]
        return on_hand(shopper.variant_id) == (2 if held else 3) and at_stripe == (
            "open" if held else "expired"
        )

    return Scene(lambda: cancel_unpaid(placed.order_id, code="changed"), is_cancelled_or_open)


def refunding(sandbox: StripeStandIn) -> Scene:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed, minor=1000)
    return Scene(lambda: send_refund(refund_id), lambda: is_refunded_once(sandbox, placed, refund_id))


def looking_at_a_refund(sandbox: StripeStandIn) -> Scene:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed, minor=1000)
    sandbox.control("refunds", status="pending")
    send_refund(refund_id)
    stripe_id = sandbox.state()["refunds"][0]["id"]
    sandbox.control("refund-status", refund=stripe_id, status="succeeded")
    return Scene(
        lambda: gateway.refund_by_id(stripe_id), lambda: is_refunded_once(sandbox, placed, refund_id)
    )


def listing_refunds(sandbox: StripeStandIn) -> Scene:
    placed = a_paid_order(sandbox)
    intent = the_intent(placed.attempt_id)
    sandbox.control("refund", payment_intent=intent, amount=1000)
    entries = [("capture", 2400), ("refund", -1000)]
    return Scene(lambda: sync_refunds(intent), lambda: ledger(placed.order_id) == entries)


def listing_events(sandbox: StripeStandIn) -> Scene:
    placed = an_open_order()
    pay(sandbox, placed)
    return Scene(reconcile, lambda: is_paid_once(placed))


def looking_at_a_dispute(sandbox: StripeStandIn) -> Scene:
    placed = a_paid_order(sandbox)
    made = sandbox.control("dispute", payment_intent=the_intent(placed.attempt_id))
    entries = [("capture", 2400), ("dispute", -2400)]
    return Scene(lambda: look_at_dispute(made["id"]), lambda: ledger(placed.order_id) == entries)


def listing_disputes(sandbox: StripeStandIn) -> Scene:
    scene = looking_at_a_dispute(sandbox)
    return Scene(gateway.disputes, scene.is_right)


def proving(sandbox: StripeStandIn) -> Scene:
    placed = a_paid_order(sandbox)
    return Scene(prove, lambda: is_paid_once(placed))


def taking_in_movements(sandbox: StripeStandIn) -> Scene:
    placed = a_paid_order(sandbox)
    return Scene(take_in_movements, lambda: is_paid_once(placed))


CALLS: dict[str, tuple[str, Callable[[StripeStandIn], Scene]]] = {
    "create a session": ("POST /v1/checkout/sessions", opening),
    "retrieve a session": ("GET /v1/checkout/sessions/", settling),
    "list sessions": ("GET /v1/checkout/sessions", finding),
    "expire a session": ("POST /v1/checkout/sessions/", closing),
    "create a refund": ("POST /v1/refunds", refunding),
    "retrieve a refund": ("GET /v1/refunds/", looking_at_a_refund),
    "list refunds": ("GET /v1/refunds", listing_refunds),
    "list events": ("GET /v1/events", listing_events),
    "retrieve a dispute": ("GET /v1/disputes/", looking_at_a_dispute),
    "list disputes": ("GET /v1/disputes", listing_disputes),
    "list charges": ("GET /v1/charges", proving),
    "list movements": ("GET /v1/balance_transactions", taking_in_movements),
}


def is_paid_once(placed: Placed) -> bool:
    return order(placed).is_paid and ledger(placed.order_id) == [("capture", 2400)]


def is_refunded_once(sandbox: StripeStandIn, placed: Placed, refund_id: str) -> bool:
    """Where Stripe keeps repeating a failure, another refund has taken the place of this one."""
    states = sorted((each.state, each.failure_code) for each in the_refunds(placed.order_id))
    replaced = [(RefundState.FAILED, REPLACED), (RefundState.SETTLED, None)]
    return (
        (states == replaced or refund(refund_id).state == RefundState.SETTLED)
        and mails() == [("order_confirmation", "mara@example.org"), ("refund_paid", "mara@example.org")]
        and ledger(placed.order_id) == [("capture", 2400), ("refund", -1000)]
        and len(sandbox.state()["refunds"]) == 1
    )


def _the_table() -> Iterator[Any]:
    """Every pair; those of reading calls that `make test` leaves out strike it elsewhere in the table."""
    for row, (call, (on, _scene)) in enumerate(CALLS.items()):
        for column, fault in enumerate(FAULTS):
            is_short = on.startswith("POST") or (row + column) % 3 == 0
            yield pytest.param(call, fault, marks=() if is_short else pytest.mark.long)


@pytest.mark.parametrize(("call", "fault"), list(_the_table()))
def test_each_call_that_fails_is_told_in_a_sentence_and_right_after_one_reconcile(
    inside: Flask, sandbox: StripeStandIn, call: str, fault: str
) -> None:
    on, set_scene = CALLS[call]
    scene = set_scene(sandbox)

    with going_wrong(inside, sandbox, fault, on=on), pytest.raises(PaymentUnavailable, match=SENTENCE):
        scene.act()

    assert reconcile().problems == []
    assert scene.is_right()
    release()
    assert changes_nothing_more()
    assert prove() == []


@every_fault
def test_a_shopper_whose_page_did_not_open_is_told_and_may_try_again(
    app: Flask, client: ShopClient, sandbox: StripeStandIn, fault: str
) -> None:
    variant_id = a_shelf(app, on_hand=3, price_minor=2400).id
    put_in(client, variant_id, 2)
    submit_details(client)

    with going_wrong(app, sandbox, fault, on="POST /v1/checkout/sessions"):
        refused = submit_order(client, client.get("/checkout/review"))

    assert refused.status_code == 503
    assert SENTENCE in words(refused)
    answer = next(each for each in tries(client) if each.status_code == 303)
    sandbox.control("pay", session=answer.headers["Location"].rpartition("/")[2])
    with app.app_context():
        reconcile()
        assert on_hand(variant_id) == 1
        release()
        assert prove() == []
    assert sandbox.state()["totals"]["eur"]["captured"] == 4800


def tries(client: ShopClient) -> Iterator[TestResponse]:
    """The same button, pressed again: a stored failure is answered once more, then a new order takes its place."""
    for _ in range(3):
        yield submit_order(client, client.get("/checkout/review"))


@every_fault
def test_a_shopper_who_comes_back_while_stripe_is_silent_sees_the_order(
    app: Flask, client: ShopClient, sandbox: StripeStandIn, fault: str
) -> None:
    walk = Walk(app, client, sandbox)
    address = walk.pay()

    with going_wrong(app, sandbox, fault, on="GET /v1/checkout/sessions/"):
        shown = client.get(address, follow_redirects=True)

    assert shown.status_code == 200
    assert "Not paid yet" in words(shown)
    walk.reconcile()
    walk.be_told()
    walk.assert_paid_once()


def a_webhook(sandbox: StripeStandIn) -> str:
    pay(sandbox, an_open_order())
    deliver(sandbox)
    return "GET /v1/checkout/sessions/"


def a_refund_to_send(sandbox: StripeStandIn) -> str:
    a_refund(a_paid_order(sandbox), minor=1000)
    return "POST /v1/refunds"


@every_fault
@pytest.mark.parametrize(("name", "owe"), [("webhooks.handle", a_webhook), ("refund.send", a_refund_to_send)])
def test_a_job_that_stripe_did_not_answer_is_tried_again_and_done(
    inside: Flask,
    sandbox: StripeStandIn,
    drain: Callable[[], int],
    name: str,
    owe: Callable[[StripeStandIn], str],
    fault: str,
) -> None:
    with going_wrong(inside, sandbox, fault, on=owe(sandbox)):
        elsewhere(drain)
    assert [(state, tries) for state, tries in the_jobs(name) if state != JobState.DONE] == [
        (JobState.QUEUED, 1)
    ]

    make_due(name)
    elsewhere(drain)

    assert {state for state, _tries in the_jobs(name)} == {JobState.DONE}
    reconcile()
    assert prove() == []


def the_jobs(name: str) -> list[tuple[str, int]]:
    found = session().execute(sa.select(Job.state, Job.tries).where(Job.name == name)).all()
    release()
    return [(state, tries) for state, tries in found]


def make_due(name: str) -> None:
    """The backoff is over."""
    with transaction() as current:
        waiting = sa.update(Job).where(Job.name == name, Job.state == JobState.QUEUED)
        current.execute(waiting.values(run_at=clock.now()))


def test_the_table_knows_every_call_that_the_gateway_makes() -> None:
    source = Path(gateway.__file__).read_text(encoding="utf-8")

    made = {part.split("(")[0] for part in source.split("api.v1.")[1:]}

    assert made == {
        "checkout.sessions.create",
        "checkout.sessions.retrieve",
        "checkout.sessions.list",
        "checkout.sessions.expire",
        "refunds.create",
        "refunds.retrieve",
        "refunds.list",
        "events.list",
        "disputes.retrieve",
        "disputes.list",
        "charges.list",
        "balance_transactions.list",
    }
    assert len(made) == len(CALLS)
