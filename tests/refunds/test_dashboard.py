"""Refunds made in Stripe's dashboard: imported once by their id, whichever way they become known."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.checkout.actions import Placed
from storefront.database import session
from storefront.money import Money
from storefront.orders.books import Document, DocumentKind
from storefront.orders.refund import Refund, RefundState
from storefront.payments import gateway
from storefront.payments.evidence import StripeRefund
from storefront.refunds.actions import record_outcome, send_refund, sync_refunds
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, ledger, whole_database
from tests.builders.orders import the_refunds
from tests.builders.payments import (
    a_paid_order,
    a_refund,
    an_open_order,
    deliver,
    elsewhere,
    order,
    pay,
    the_intent,
)
from tests.servers.stripe import StripeStandIn


def in_the_dashboard(sandbox: StripeStandIn, placed: Placed, *, minor: int) -> str:
    made = sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=minor)
    return str(made["id"])


def by_webhook(sandbox: StripeStandIn, drain: Callable[[], int]) -> None:
    deliver(sandbox)
    elsewhere(drain)


def by_reconciling(sandbox: StripeStandIn, drain: Callable[[], int]) -> None:
    reconcile()


@pytest.mark.parametrize("learn", [by_webhook, by_reconciling])
def test_a_dashboard_refund_is_imported_once(
    inside: Flask,
    sandbox: StripeStandIn,
    drain: Callable[[], int],
    learn: Callable[[StripeStandIn, Callable[[], int]], None],
) -> None:
    placed = a_paid_order(sandbox)
    stripe_id = in_the_dashboard(sandbox, placed, minor=1000)

    learn(sandbox, drain)
    learn(sandbox, drain)
    sync_refunds(the_intent(placed.attempt_id))

    (found,) = the_refunds(placed.order_id)
    assert (found.state, found.source, found.stripe_refund_id) == (RefundState.SETTLED, "stripe", stripe_id)
    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -1000)]
    assert order(placed).refunded_minor == 1000
    session().rollback()
    assert prove() == []


def test_money_of_another_currency_goes_back_beside_the_orders_invoice(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    notes = sa.select(Document.id).where(Document.kind == DocumentKind.CREDIT_NOTE)
    dollars = StripeRefund(
        "re_dollars", "succeeded", Money(500, "USD"), the_intent(placed.attempt_id), None, None, clock.now()
    )

    recorded = [record_outcome(dollars) for _twice in range(2)]

    (found,) = the_refunds(placed.order_id)
    assert (recorded, found.state, found.amount) == ([True, False], RefundState.SETTLED, Money(500, "USD"))
    assert (order(placed).refunded_minor, list(session().scalars(notes))) == (0, [])


def test_a_dashboard_refund_that_came_back_is_entered_back(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    stripe_id = in_the_dashboard(sandbox, placed, minor=1000)
    reconcile()
    sandbox.control("refund-status", refund=stripe_id, status="failed")

    reconcile()

    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -1000), ("refund_returned", 1000)]
    assert order(placed).refunded_minor == 0


def test_a_dashboard_refund_that_failed_before_we_saw_it_is_nothing(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    sandbox.control("refund-status", refund=in_the_dashboard(sandbox, placed, minor=1000), status="failed")

    reconcile()

    assert the_refunds(placed.order_id) == []


def test_a_dashboard_refund_of_a_payment_not_yet_settled_is_imported_when_it_is(
    inside: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    intent = sandbox.state()["payment_intents"][0]["id"]
    sandbox.control("refund", payment_intent=intent, amount=1000)

    reconcile()

    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -1000)]


def test_a_dashboard_refund_takes_what_our_own_can_no_longer_have(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    """Ours was approved first, theirs was made first: Stripe refuses ours, and theirs is imported."""
    placed = a_paid_order(sandbox)
    ours = a_refund(placed, minor=2400)
    in_the_dashboard(sandbox, placed, minor=2400)

    send_refund(ours)
    reconcile()

    assert sorted((each.state, each.source) for each in the_refunds(placed.order_id)) == [
        (RefundState.FAILED, "shop"),
        (RefundState.SETTLED, "stripe"),
    ]
    assert order(placed).refunded_minor == 2400


def test_a_refund_of_a_payment_that_is_not_ours_is_left_alone(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    in_the_dashboard(sandbox, placed, minor=1000)
    (found,) = gateway.refunds_of(the_intent(placed.attempt_id))
    before = whole_database()

    for intent in ("pi_of_another_system", None):
        foreign = StripeRefund(
            f"re_{intent}", "succeeded", found.amount, intent, None, None, found.created_at
        )
        assert not record_outcome(foreign)

    assert changed_tables(before, whole_database()) == {}


def test_a_second_refund_under_our_id_is_a_refund_of_its_own(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    ours = a_refund(placed, minor=1000)
    send_refund(ours)
    sandbox.control(
        "refund", payment_intent=the_intent(placed.attempt_id), amount=500, metadata={"refund": ours}
    )

    reconcile()

    assert sorted(each.amount_minor for each in the_refunds(placed.order_id)) == [500, 1000]
    assert session().get_one(Refund, ours).amount_minor == 1000
    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -1000), ("refund", -500)]
