"""Sending money back: reserved, sent, settled or failed, once, whatever is lost on the way."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from storefront.config import settings
from storefront.errors import NotFound, PaymentUnavailable
from storefront.orders.refund import RefundState
from storefront.payments import gateway
from storefront.refunds import actions
from storefront.refunds.actions import record_outcome, send_refund
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, documents, ledger, mails, whole_database
from tests.builders.payments import a_paid_order, a_refund, deliver, elsewhere, order, refund
from tests.servers.stripe import StripeStandIn

CREATE = "POST /v1/refunds"


class Crash(Exception):
    """The process ends here."""


def crash(*_args: Any, **_kwargs: Any) -> None:
    raise Crash


def refunds_at_stripe(sandbox: StripeStandIn) -> list[int]:
    return [each["amount"] for each in sandbox.state()["refunds"]]


def test_a_refund_goes_back_with_its_entry_and_its_credit_note(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed, minor=1000)

    send_refund(refund_id)

    sent = refund(refund_id)
    assert (sent.state, sent.source, order(placed).refunded_minor) == (RefundState.SETTLED, "shop", 1000)
    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -1000)]
    assert [(kind, minor) for kind, _number, minor in documents(placed.order_id)] == [
        ("invoice", 2400),
        ("credit_note", 1000),
    ]
    assert refunds_at_stripe(sandbox) == [1000]
    assert prove() == []


def test_sending_again_changes_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    refund_id = a_refund(a_paid_order(sandbox))
    send_refund(refund_id)
    before = whole_database()

    send_refund(refund_id)

    assert changed_tables(before, whole_database()) == {}
    assert refunds_at_stripe(sandbox) == [2400]


def test_sent_is_committed_before_stripe_is_called(inside: Flask, sandbox: StripeStandIn) -> None:
    refund_id = a_refund(a_paid_order(sandbox))
    sandbox.control("answer", status=429, on=CREATE)

    with pytest.raises(PaymentUnavailable):
        send_refund(refund_id)

    assert refund(refund_id).state == RefundState.SENT
    assert refunds_at_stripe(sandbox) == []


@pytest.mark.parametrize("how", ["close", "500"])
def test_a_refund_whose_answer_was_lost_is_one_refund(
    inside: Flask, sandbox: StripeStandIn, how: str
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    sandbox.control("lose", how=how, on=CREATE)
    with pytest.raises(PaymentUnavailable):
        send_refund(refund_id)

    send_refund(refund_id)

    assert refund(refund_id).state == RefundState.SETTLED
    assert refunds_at_stripe(sandbox) == [2400]
    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -2400)]


def test_a_crash_after_the_call_and_before_its_record_is_one_refund(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "record_outcome", crash)
        with pytest.raises(Crash):
            send_refund(refund_id)
    assert refund(refund_id).state == RefundState.SENT

    reconcile()

    assert refund(refund_id).state == RefundState.SETTLED
    assert refunds_at_stripe(sandbox) == [2400]
    assert prove() == []


def test_a_lost_answer_is_found_after_stripe_forgot_the_key(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    refund_id = a_refund(a_paid_order(sandbox), minor=1000)
    sandbox.control("lose", how="close", on=CREATE)
    with pytest.raises(PaymentUnavailable):
        send_refund(refund_id)
    frozen.advance(timedelta(hours=25))

    send_refund(refund_id)

    assert refunds_at_stripe(sandbox) == [1000]
    assert refund(refund_id).state == RefundState.SETTLED


def test_without_looking_first_a_forgotten_key_would_give_back_twice(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund_id = a_refund(a_paid_order(sandbox), minor=1000)
    sandbox.control("lose", how="close", on=CREATE)
    with pytest.raises(PaymentUnavailable):
        send_refund(refund_id)
    frozen.advance(timedelta(hours=25))
    monkeypatch.setattr(gateway, "refunds_of", lambda _intent: [])

    send_refund(refund_id)

    assert refunds_at_stripe(sandbox) == [1000, 1000]


def test_what_stripe_refuses_has_failed_and_its_reservation_ends(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    sandbox.control("answer", status=400, on=CREATE)

    send_refund(refund_id)

    assert (refund(refund_id).state, refund(refund_id).failure_code) == (RefundState.FAILED, "refused")
    assert order(placed).refunded_minor == 0
    assert ledger(placed.order_id) == [("capture", 2400)]
    assert ("refund_failed_staff", settings().staff_email) in mails()
    assert prove() == []


@pytest.mark.parametrize("status", ["pending", "requires_action"])
def test_what_stripe_has_not_finished_counts_as_sent(
    inside: Flask, sandbox: StripeStandIn, status: str
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    sandbox.control("refunds", status=status)

    send_refund(refund_id)

    assert refund(refund_id).state == RefundState.SENT
    assert (order(placed).refunded_minor, ledger(placed.order_id)) == (2400, [("capture", 2400)])
    assert prove() == []


@pytest.mark.parametrize(
    ("status", "state", "entries"),
    [
        ("succeeded", RefundState.SETTLED, [("capture", 2400), ("refund", -2400)]),
        ("failed", RefundState.FAILED, [("capture", 2400)]),
        ("canceled", RefundState.FAILED, [("capture", 2400)]),
    ],
)
def test_a_pending_refund_ends_as_stripe_says_later(
    inside: Flask,
    sandbox: StripeStandIn,
    drain: Callable[[], int],
    status: str,
    state: RefundState,
    entries: list[tuple[str, int]],
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    sandbox.control("refunds", status="pending")
    send_refund(refund_id)
    sandbox.control("refund-status", refund=sandbox.state()["refunds"][0]["id"], status=status)

    deliver(sandbox)
    elsewhere(drain)

    assert refund(refund_id).state == state
    assert ledger(placed.order_id) == entries
    assert prove() == []


def test_a_refund_that_the_bank_sends_back_is_entered_back_and_staff_are_told_once(
    inside: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    send_refund(refund_id)
    sandbox.control("refund-status", refund=refund_stripe_id(refund_id), status="failed")

    deliver(sandbox)
    elsewhere(drain)
    reconcile()

    assert refund(refund_id).state == RefundState.FAILED
    assert order(placed).refunded_minor == 0
    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -2400), ("refund_returned", 2400)]
    assert mails().count(("refund_failed_staff", settings().staff_email)) == 1
    assert prove() == []


# What comes in and what the periodic work writes down of itself.
_OF_THE_WORKER = {"job", "stripe_event", "balance_movement", "books_check"}


def test_our_own_refund_seen_in_a_webhook_changes_nothing(
    inside: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    send_refund(refund_id)
    before = {name: rows for name, rows in whole_database().items() if name not in _OF_THE_WORKER}

    deliver(sandbox)
    elsewhere(drain)

    after = {name: rows for name, rows in whole_database().items() if name in before}
    changed = changed_tables(before, after)
    assert set(changed) <= {"outgoing_mail"}
    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -2400)]


def test_a_webhook_before_our_own_answer_settles_and_the_answer_changes_nothing(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    really_send = gateway.send_refund

    def send_and_be_overtaken(**call: Any) -> Any:
        made = really_send(**call)
        assert record_outcome(made)
        return made

    monkeypatch.setattr(gateway, "send_refund", send_and_be_overtaken)

    send_refund(refund_id)

    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -2400)]


def test_eight_workers_sending_one_refund_give_back_once(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        placed = a_paid_order(sandbox)
        refund_id = a_refund(placed)
    gate = threading.Barrier(8)

    def send(_n: int) -> None:
        with app.app_context():
            gate.wait()
            send_refund(refund_id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))

    with app.app_context():
        assert refunds_at_stripe(sandbox) == [2400]
        assert ledger(placed.order_id) == [("capture", 2400), ("refund", -2400)]
        assert refund(refund_id).state == RefundState.SETTLED


def test_an_unknown_refund_is_not_found(inside: Flask) -> None:
    with pytest.raises(NotFound):
        send_refund("ref_stranger")


def refund_stripe_id(refund_id: str) -> str:
    found = refund(refund_id).stripe_refund_id
    assert found
    return found
