"""What events missed is found by asking; asking a second time changes no row."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from storefront.checkout import payment_page
from storefront.checkout.settlement import settle_payment
from storefront.database import release, session
from storefront.errors import PaymentUnavailable
from storefront.orders.models import OrderState
from storefront.orders.refund import RefundState
from storefront.payments.models import AttemptState, StripeEvent
from storefront.refunds.actions import send_refund
from storefront.reports.prove import prove
from storefront.webhooks.actions import FARTHEST, forget_old_events, reconcile
from storefront.webhooks.events import take_in
from tests.books import changed_tables, ledger, on_hand, whole_database
from tests.builders.payments import (
    a_paid_order,
    a_refund,
    a_shopper,
    an_open_order,
    attempt,
    deliver,
    elsewhere,
    open_page,
    order,
    pay,
    place,
    refund,
    the_intent,
)
from tests.servers.stripe import StripeStandIn
from tests.webhooks.test_handling import foreign

Drain = Callable[[], int]


def changes_nothing_more() -> bool:
    """Whether a further run finds nothing and changes no row."""
    before = whole_database()
    findings = reconcile()
    assert changed_tables(before, whole_database()) == {}
    return (findings.total, findings.problems) == (0, [])


def test_a_payment_that_nobody_told_us_of_is_settled(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_open_order()
    pay(sandbox, placed)

    findings = reconcile()

    assert findings.total > 0
    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400)]
    assert changes_nothing_more()
    assert prove() == []


def test_nothing_to_do_changes_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    an_open_order()

    assert changes_nothing_more()


def test_an_orphan_session_is_found_by_our_id(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(a_shopper())

    def crash(*_args: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(payment_page, "_keep", crash)
        with pytest.raises(KeyboardInterrupt):
            open_page(placed)

    assert reconcile().changed["payments"] == 1

    assert attempt(placed.attempt_id).state == AttemptState.OPEN
    assert attempt(placed.attempt_id).session_id == sandbox.state()["sessions"][0]["id"]
    session().rollback()
    assert changes_nothing_more()


@pytest.mark.parametrize("is_opened", [False, True])
def test_a_hold_that_ended_while_no_worker_ran_is_ended(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, is_opened: bool
) -> None:
    shopper = a_shopper(on_hand=3)
    placed = place(shopper)
    if is_opened:
        open_page(placed)
    frozen.advance(timedelta(hours=2))

    reconcile()

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, "expired")
    assert on_hand(shopper.variant_id) == 3
    assert changes_nothing_more()
    assert prove() == []


def test_a_refund_never_sent_is_sent(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)

    reconcile()

    assert refund(refund_id).state == RefundState.SETTLED
    assert changes_nothing_more()
    assert prove() == []


def test_a_refund_settled_at_stripe_without_a_word_is_settled(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    sandbox.control("refunds", status="pending")
    send_refund(refund_id)
    reconcile()
    assert changes_nothing_more()
    sandbox.control("refund-status", refund=sandbox.state()["refunds"][0]["id"], status="succeeded")

    reconcile()

    assert refund(refund_id).state == RefundState.SETTLED
    assert changes_nothing_more()


def test_a_dashboard_refund_is_taken_in(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    sandbox.control("deliveries", silent=True)
    sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=700)

    reconcile()

    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -700)]
    assert changes_nothing_more()
    assert prove() == []


def test_an_event_that_was_kept_but_never_looked_into_is_looked_into(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    """The worker died for good: the job lies there, and the reconciler does not wait for it."""
    placed = an_open_order()
    pay(sandbox, placed)
    deliver(sandbox)

    reconcile()

    assert order(placed).state == OrderState.PAID
    assert session().query(StripeEvent).where(StripeEvent.handled_at.is_(None)).count() == 0
    session().rollback()
    assert changes_nothing_more()


def test_an_event_about_an_unknown_attempt_is_left_for_a_person(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    take_in(foreign("att_unknown"))

    assert changes_nothing_more()

    assert prove() != []


def test_one_refund_that_stripe_refuses_to_answer_does_not_stop_the_rest(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    stuck = a_refund(a_paid_order(sandbox, cart_id="a"))
    waiting = place(a_shopper(cart_id="b"))
    frozen.advance(timedelta(hours=2))
    sandbox.control("answer", status=500, on="POST /v1/refunds", times=5)

    findings = reconcile()

    assert refund(stuck).state == RefundState.SENT
    assert order(waiting).state == OrderState.CANCELLED
    (problem,) = findings.problems
    assert problem.startswith(f"refunds, {stuck}: ")


def test_while_stripe_is_down_nothing_is_changed_and_it_says_so(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    before = whole_database()
    sandbox.control("answer", status=503, on="GET", times=50)

    with pytest.raises(PaymentUnavailable):
        reconcile()

    assert changed_tables(before, whole_database()) == {}


def test_it_runs_by_itself_every_few_minutes(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Drain
) -> None:
    placed = an_open_order()
    elsewhere(drain)
    sandbox.control("deliveries", silent=True)
    pay(sandbox, placed)
    frozen.advance(timedelta(minutes=10))

    elsewhere(drain)

    assert order(placed).state == OrderState.PAID


@pytest.mark.parametrize(("age", "is_kept"), [(FARTHEST, True), (FARTHEST + timedelta(seconds=1), False)])
def test_events_are_kept_for_thirty_days(
    inside: Flask, frozen: ModuleType, age: timedelta, is_kept: bool
) -> None:
    take_in(foreign(None))
    frozen.advance(age)

    forget_old_events()

    assert session().query(StripeEvent).count() == int(is_kept)


def test_a_late_payment_that_nobody_told_us_of_is_found(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    """Its order was cancelled when the hold ended; the bank paid weeks later, and no event said so."""
    sandbox.control("deliveries", silent=True)
    placed = place(a_shopper(on_hand=9))
    open_page(placed)
    pay(sandbox, placed, later="succeeded", after=60 * 86400)
    settle_payment(placed.attempt_id)
    frozen.advance(timedelta(days=14, minutes=1))
    reconcile()
    assert order(placed).state == OrderState.CANCELLED
    session_id = attempt(placed.attempt_id).session_id
    release()
    sandbox.control("settle", session=session_id)

    reconcile()

    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400)]
    release()
    assert changes_nothing_more()
    assert prove() == []
