"""Disputes: the books follow the money, refunds wait for the bank, and staff are told once of each turn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed, settle_payment
from storefront.config import settings
from storefront.database import release, session
from storefront.money import Money
from storefront.orders.disputes import Disputed
from storefront.orders.models import OrderState
from storefront.orders.refund import RefundState
from storefront.payments import gateway
from storefront.payments.models import AttemptState, Dispute, DisputeState
from storefront.refunds.actions import send_refund
from storefront.reports.prove import prove
from storefront.webhooks.actions import FARTHEST, reconcile
from storefront.webhooks.disputes import look_at_dispute, record_dispute, waiting_disputes
from tests.books import changed_tables, ledger, mails, whole_database
from tests.builders.orders import the_refunds
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
from tests.webhooks.test_reconcile import changes_nothing_more

Drain = Callable[[], int]
Learn = Callable[[StripeStandIn, Drain], None]

OPENED, CLOSED = "dispute_opened_staff", "dispute_closed_staff"


def by_webhook(sandbox: StripeStandIn, drain: Drain) -> None:
    deliver(sandbox)
    elsewhere(drain)


def by_reconciling(sandbox: StripeStandIn, drain: Drain) -> None:
    reconcile()


both_ways = pytest.mark.parametrize("learn", [by_webhook, by_reconciling])


def at_the_bank(sandbox: StripeStandIn, placed: Placed, **words: object) -> str:
    """Stripe's id of a dispute of the order's payment, which the shop has not heard of."""
    return str(sandbox.control("dispute", payment_intent=the_intent(placed.attempt_id), **words)["id"])


def a_disputed_order(sandbox: StripeStandIn, **words: object) -> tuple[Placed, str]:
    """A paid order whose dispute the shop knows."""
    placed = a_paid_order(sandbox)
    stripe_id = at_the_bank(sandbox, placed, **words)
    look_at_dispute(stripe_id)
    return placed, stripe_id


def the_dispute(stripe_id: str) -> Dispute:
    kept = sa.select(Dispute).where(Dispute.stripe_id == stripe_id)
    found: Dispute = session().scalars(kept, execution_options={"populate_existing": True}).one()
    release()
    return found


def staff_mails() -> list[str]:
    return [kind for kind, recipient in mails() if recipient == settings().staff_email]


@both_ways
def test_a_dispute_flags_the_order_and_enters_what_was_withdrawn(
    inside: Flask, sandbox: StripeStandIn, drain: Drain, learn: Learn
) -> None:
    placed = a_paid_order(sandbox)
    stripe_id = at_the_bank(sandbox, placed, reason="product_not_received")

    learn(sandbox, drain)

    dispute = the_dispute(stripe_id)
    assert (dispute.order_id, dispute.attempt_id) == (placed.order_id, placed.attempt_id)
    assert (dispute.state, dispute.reason) == (DisputeState.OPEN, "product_not_received")
    assert (dispute.amount_minor, dispute.withdrawn_minor) == (2400, 2400)
    assert ledger(placed.order_id) == [("capture", 2400), ("dispute", -2400)]
    assert staff_mails() == [OPENED]
    assert order(placed).state == OrderState.PAID
    release()
    reconcile()
    assert changes_nothing_more()
    assert prove() == []


@both_ways
@pytest.mark.parametrize(
    ("status", "state", "entries", "withdrawn"),
    [
        ("won", DisputeState.WON, [("dispute", -2400), ("dispute_won", 2400)], 0),
        ("lost", DisputeState.LOST, [("dispute", -2400)], 2400),
    ],
)
def test_its_end_is_recorded_with_the_money_that_came_back(
    inside: Flask,
    sandbox: StripeStandIn,
    drain: Drain,
    learn: Learn,
    status: str,
    state: DisputeState,
    entries: list[tuple[str, int]],
    withdrawn: int,
) -> None:
    placed, stripe_id = a_disputed_order(sandbox)
    sandbox.control("close-dispute", dispute=stripe_id, status=status)

    learn(sandbox, drain)

    dispute = the_dispute(stripe_id)
    assert (dispute.state, dispute.withdrawn_minor) == (state, withdrawn)
    assert dispute.closed_at is not None
    assert ledger(placed.order_id) == [("capture", 2400), *entries]
    assert staff_mails() == [OPENED, CLOSED]
    reconcile()
    assert changes_nothing_more()
    assert prove() == []


@pytest.mark.parametrize("status", ["won", "lost"])
def test_one_that_ended_before_we_heard_of_it_is_told_of_once(
    inside: Flask, sandbox: StripeStandIn, status: str
) -> None:
    placed = a_paid_order(sandbox)
    stripe_id = at_the_bank(sandbox, placed)
    sandbox.control("close-dispute", dispute=stripe_id, status=status)

    reconcile()

    assert the_dispute(stripe_id).state == status
    assert staff_mails() == [CLOSED]
    assert prove() == []


def test_events_five_times_each_in_any_order_have_one_effect(
    inside: Flask, sandbox: StripeStandIn, drain: Drain
) -> None:
    placed = a_paid_order(sandbox)
    sandbox.control("deliveries", copies=5, shuffle=3)
    stripe_id = at_the_bank(sandbox, placed)
    by_webhook(sandbox, drain)
    sandbox.control("close-dispute", dispute=stripe_id, status="won")

    by_webhook(sandbox, drain)

    assert ledger(placed.order_id) == [("capture", 2400), ("dispute", -2400), ("dispute_won", 2400)]
    assert staff_mails() == [OPENED, CLOSED]


def test_a_dispute_seen_again_changes_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    _placed, stripe_id = a_disputed_order(sandbox)
    before = whole_database()

    assert not look_at_dispute(stripe_id)

    assert changed_tables(before, whole_database()) == {}


def test_an_answer_that_was_overtaken_changes_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    """Two workers asked; the one with the older answer writes last."""
    _placed, stripe_id = a_disputed_order(sandbox)
    older = gateway.dispute_by_id(stripe_id)
    sandbox.control("close-dispute", dispute=stripe_id, status="won")
    look_at_dispute(stripe_id)
    before = whole_database()

    assert not record_dispute(older)

    assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize(
    ("ends", "says"), [(None, "until the bank has decided"), ("lost", "would pay it a second time")]
)
def test_a_refund_of_a_disputed_order_is_refused_with_the_reason(
    inside: Flask, sandbox: StripeStandIn, ends: str | None, says: str
) -> None:
    placed, stripe_id = a_disputed_order(sandbox, amount=1000)
    if ends:
        sandbox.control("close-dispute", dispute=stripe_id, status=ends)
        look_at_dispute(stripe_id)

    with pytest.raises(Disputed, match=says):
        a_refund(placed, minor=100)

    assert the_refunds(placed.order_id) == []
    assert order(placed).refunded_minor == 0


def test_a_refund_of_another_order_is_not_refused(inside: Flask, sandbox: StripeStandIn) -> None:
    a_disputed_order(sandbox)
    other = a_paid_order(sandbox, cart_id="other")

    send_refund(a_refund(other))

    assert order(other).refunded_minor == 2400
    release()
    assert prove() == []


def test_after_a_dispute_was_won_the_order_can_be_refunded(inside: Flask, sandbox: StripeStandIn) -> None:
    placed, stripe_id = a_disputed_order(sandbox)
    sandbox.control("close-dispute", dispute=stripe_id, status="won")
    look_at_dispute(stripe_id)
    refund_id = a_refund(placed)

    send_refund(refund_id)

    assert refund(refund_id).state == RefundState.SETTLED
    release()
    assert prove() == []


def test_an_inquiry_takes_nothing_and_may_be_ended_by_a_refund(inside: Flask, sandbox: StripeStandIn) -> None:
    placed, stripe_id = a_disputed_order(sandbox, inquiry=True)
    refund_id = a_refund(placed)

    send_refund(refund_id)

    assert refund(refund_id).state == RefundState.SETTLED
    assert the_dispute(stripe_id).state == DisputeState.INQUIRY
    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -2400)]
    release()
    assert prove() == []


def test_an_inquiry_that_becomes_a_dispute_is_told_of_again(inside: Flask, sandbox: StripeStandIn) -> None:
    placed, stripe_id = a_disputed_order(sandbox, inquiry=True)
    sandbox.control("escalate-dispute", dispute=stripe_id)

    reconcile()

    assert the_dispute(stripe_id).state == DisputeState.OPEN
    assert ledger(placed.order_id) == [("capture", 2400), ("dispute", -2400)]
    assert staff_mails() == [OPENED, OPENED]
    assert changes_nothing_more()


def test_an_inquiry_that_came_to_nothing_is_closed(inside: Flask, sandbox: StripeStandIn) -> None:
    placed, stripe_id = a_disputed_order(sandbox, inquiry=True)
    sandbox.control("close-dispute", dispute=stripe_id, status="warning_closed")

    reconcile()

    assert the_dispute(stripe_id).state == DisputeState.CLOSED
    assert ledger(placed.order_id) == [("capture", 2400)]
    assert staff_mails() == [OPENED, CLOSED]
    assert prove() == []


def test_a_refund_on_its_way_when_the_dispute_came_fails_and_staff_are_told(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    at_the_bank(sandbox, placed)

    send_refund(refund_id)
    reconcile()

    assert (refund(refund_id).state, order(placed).refunded_minor) == (RefundState.FAILED, 0)
    assert sorted(staff_mails()) == [OPENED, "refund_failed_staff"]
    release()
    assert prove() == []


def test_a_dashboard_refund_from_before_the_dispute_is_imported_all_the_same(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    sandbox.control("deliveries", silent=True)
    sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=1000)
    look_at_dispute(at_the_bank(sandbox, placed))

    reconcile()

    assert sorted(ledger(placed.order_id)) == [("capture", 2400), ("dispute", -1400), ("refund", -1000)]
    assert changes_nothing_more()
    assert prove() == []


def test_a_dispute_of_a_payment_that_nobody_told_us_of_settles_it_first(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    intent = sandbox.state()["payment_intents"][0]["id"]
    made = sandbox.control("dispute", payment_intent=intent)

    look_at_dispute(made["id"])

    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400), ("dispute", -2400)]


def test_a_late_payment_of_a_disputed_order_waits_for_a_person(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    """It would go back by itself; while the bank takes it back, that would be a second time."""
    shopper = a_shopper(on_hand=9)
    placed = place(shopper)
    open_page(placed)
    pay(sandbox, placed, later="succeeded", after=60 * 86400)
    settle_payment(placed.attempt_id)
    frozen.advance(timedelta(days=14, minutes=1))
    reconcile()
    other = place(replace(shopper, cart=replace(shopper.cart, id="cart-2")))
    sandbox.control("settle", session=attempt(placed.attempt_id).session_id)
    release()
    sandbox.control("dispute", payment_intent=sandbox.state()["payment_intents"][0]["id"])
    (record,) = gateway.disputes()
    assert record_dispute(record)

    settle_payment(placed.attempt_id)

    assert attempt(placed.attempt_id).state == AttemptState.REVIEW
    assert attempt(placed.attempt_id).problem == "disputed"
    assert order(placed).state == OrderState.CANCELLED
    assert order(other).state == OrderState.AWAITING_PAYMENT
    assert the_refunds(placed.order_id) == []
    assert staff_mails() == [OPENED, "payment_review"]
    release()
    assert prove() == []


def test_a_dispute_of_a_payment_that_is_not_ours_is_left_alone(inside: Flask, sandbox: StripeStandIn) -> None:
    _placed, stripe_id = a_disputed_order(sandbox)
    found = gateway.dispute_by_id(stripe_id)
    before = whole_database()

    for intent, mark in (("pi_of_another", None), ("pi_of_another", "att_unknown"), (None, None)):
        assert not record_dispute(replace(found, id="dp_x", payment_intent_id=intent, attempt_id=mark))

    assert changed_tables(before, whole_database()) == {}


def test_a_dispute_that_ended_after_stripe_forgot_the_events_is_found(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed, stripe_id = a_disputed_order(sandbox)
    sandbox.control("deliveries", silent=True)
    sandbox.control("close-dispute", dispute=stripe_id, status="won")
    frozen.advance(FARTHEST + timedelta(days=30))

    reconcile()

    assert the_dispute(stripe_id).state == DisputeState.WON
    assert ledger(placed.order_id)[-1] == ("dispute_won", 2400)
    assert changes_nothing_more()


@pytest.mark.parametrize("word", ["appeal_needs_response", "under_review", "some_word_of_2027"])
def test_a_word_of_stripes_that_means_undecided_keeps_the_order_disputed(
    inside: Flask, sandbox: StripeStandIn, word: str
) -> None:
    placed, stripe_id = a_disputed_order(sandbox)
    sandbox.control("close-dispute", dispute=stripe_id, status="lost")
    look_at_dispute(stripe_id)

    record_dispute(replace(gateway.dispute_by_id(stripe_id), status=word))

    assert (the_dispute(stripe_id).state, the_dispute(stripe_id).closed_at) == (DisputeState.OPEN, None)
    assert ledger(placed.order_id) == [("capture", 2400), ("dispute", -2400)]


def test_a_part_of_a_payment_may_be_disputed(inside: Flask, sandbox: StripeStandIn) -> None:
    placed, stripe_id = a_disputed_order(sandbox, amount=1000)

    assert gateway.dispute_by_id(stripe_id).withdrawn == Money(1000, "EUR")
    assert ledger(placed.order_id)[-1] == ("dispute", -1000)
    assert prove() == []


@both_ways
@pytest.mark.parametrize(("status", "left"), [("won", 0), ("lost", -2400)])
def test_a_dispute_of_an_order_that_was_refunded_is_entered_and_nothing_goes_back_by_it(
    inside: Flask, sandbox: StripeStandIn, drain: Drain, learn: Learn, status: str, left: int
) -> None:
    """Until the bank has seen the refund, the money is gone twice, and the books say so."""
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed)
    send_refund(refund_id)
    release()

    stripe_id = at_the_bank(sandbox, placed)
    learn(sandbox, drain)

    assert sorted(ledger(placed.order_id)) == [("capture", 2400), ("dispute", -2400), ("refund", -2400)]
    assert (refund(refund_id).state, order(placed).refunded_minor) == (RefundState.SETTLED, 2400)
    assert staff_mails() == [OPENED]
    with pytest.raises(Disputed):
        a_refund(placed, minor=1)
    release()
    assert prove() == []

    sandbox.control("close-dispute", dispute=stripe_id, status=status)
    learn(sandbox, drain)

    assert sum(amount for _kind, amount in ledger(placed.order_id)) == left
    assert [each.id for each in the_refunds(placed.order_id)] == [refund_id]
    release()
    reconcile()
    assert changes_nothing_more()
    assert prove() == []


@both_ways
def test_what_a_bank_gives_back_of_a_dispute_that_was_lost_is_entered(
    inside: Flask, sandbox: StripeStandIn, drain: Drain, learn: Learn
) -> None:
    """It had heard of an earlier refund: the dispute is lost, and that part of it comes back."""
    placed = a_paid_order(sandbox)
    send_refund(a_refund(placed, minor=900))
    release()
    stripe_id = at_the_bank(sandbox, placed, amount=2400)
    learn(sandbox, drain)

    sandbox.control("close-dispute", dispute=stripe_id, status="lost", reinstated=900)
    learn(sandbox, drain)

    assert (the_dispute(stripe_id).state, the_dispute(stripe_id).withdrawn_minor) == (DisputeState.LOST, 1500)
    assert sorted(ledger(placed.order_id)) == [
        ("capture", 2400),
        ("dispute", -2400),
        ("dispute_won", 900),
        ("refund", -900),
    ]
    assert staff_mails() == [OPENED, CLOSED]
    release()
    reconcile()
    assert changes_nothing_more()
    assert prove() == []


def as_stripe_says(placed: Placed, stripe_id: str, **words: object) -> None:
    """Record the dispute as Stripe tells it, but for these words."""
    record_dispute(replace(gateway.dispute_by_id(stripe_id), **words))  # type: ignore[arg-type]


def test_a_bank_may_take_another_amount_than_it_asked_about(inside: Flask, sandbox: StripeStandIn) -> None:
    placed, stripe_id = a_disputed_order(sandbox, inquiry=True, amount=1000)
    took = Money(2400, "EUR")

    as_stripe_says(placed, stripe_id, status="needs_response", amount=took, withdrawn=took)

    assert (the_dispute(stripe_id).amount_minor, the_dispute(stripe_id).withdrawn_minor) == (2400, 2400)
    assert ledger(placed.order_id) == [("capture", 2400), ("dispute", -2400)]


def test_what_was_entered_comes_back_whole_whatever_the_dispute_is_about_by_then(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed, stripe_id = a_disputed_order(sandbox)
    less = Money(2000, "EUR")

    as_stripe_says(placed, stripe_id, status="won", amount=less, withdrawn=less, reinstated=less)

    assert (the_dispute(stripe_id).amount_minor, the_dispute(stripe_id).withdrawn_minor) == (2400, 0)
    assert ledger(placed.order_id)[1:] == [("dispute", -2400), ("dispute_won", 2400)]


def test_what_comes_back_weeks_after_a_dispute_was_lost_is_looked_for_and_told(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed, stripe_id = a_disputed_order(sandbox)
    frozen.advance(timedelta(days=70))
    sandbox.control("close-dispute", dispute=stripe_id, status="lost")
    look_at_dispute(stripe_id)
    assert staff_mails() == [OPENED, CLOSED]
    frozen.advance(timedelta(days=20))
    release()
    told = gateway.dispute_by_id(stripe_id)
    with_a_part = replace(told, reinstated=Money(900, "EUR"))
    monkeypatch.setattr(gateway, "dispute_by_id", lambda _id: with_a_part)

    reconcile()

    assert ledger(placed.order_id)[1:] == [("dispute", -2400), ("dispute_won", 900)]
    assert the_dispute(stripe_id).withdrawn_minor == 1500
    assert staff_mails() == [OPENED, CLOSED, CLOSED]
    release()
    assert changes_nothing_more()


def test_a_dispute_that_was_lost_long_ago_is_left_in_peace(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    _placed, stripe_id = a_disputed_order(sandbox)
    sandbox.control("close-dispute", dispute=stripe_id, status="lost")
    look_at_dispute(stripe_id)
    assert waiting_disputes() == [stripe_id]

    frozen.advance(timedelta(days=31))

    assert waiting_disputes() == []
