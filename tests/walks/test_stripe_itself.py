"""The same calls against Stripe itself, with a test key: what the sandbox plays is what Stripe does.

Run by `make test-stripe` with STOREFRONT_TEST_STRIPE_KEY; skipped by name without it. No money moves, no webhook is
waited for, and nobody presses buttons on Stripe's page: payments are made through the API with Stripe's test cards.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import stripe
from flask import Flask

from storefront import clock
from storefront.checkout.actions import cancel_unpaid
from storefront.database import release
from storefront.errors import PaymentDeclined
from storefront.money import Money
from storefront.orders.disputes import STATES
from storefront.orders.models import OrderState
from storefront.payments import gateway
from storefront.payments.models import new_id
from tests.builders.payments import a_shopper, attempt, open_page, order, place, the_session
from tests.needs import needs_stripe

pytestmark = pytest.mark.stripe

PATIENCE_SECONDS = 60.0

T = TypeVar("T")


@pytest.fixture
def at_stripe(make_app: Callable[..., Flask]) -> Any:
    """The shop's context, its payments at Stripe in test mode."""
    app = make_app(
        stripe_secret_key=needs_stripe(), stripe_api_url="", payment_origin="https://checkout.stripe.com"
    )
    with app.app_context():
        yield app


def charged(card: str) -> tuple[str, str]:
    """The payment that one of Stripe's test cards made, and the attempt that it names."""
    attempt_id = new_id("att")
    made = stripe.StripeClient(needs_stripe(), stripe_version=gateway.API_VERSION).v1.payment_intents.create(
        {
            "amount": 2400,
            "currency": "eur",
            "payment_method": card,
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"attempt": attempt_id},
        }
    )
    return made.id, attempt_id


def seen(look: Callable[[], list[T]]) -> list[T]:
    """What a list of Stripe's shows once it has caught up."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()) and time.monotonic() < until:
        time.sleep(2)
    return found


def test_a_page_is_opened_found_by_our_id_and_closed_with_its_order(at_stripe: Flask) -> None:
    placed = place(a_shopper())
    created_at = attempt(placed.attempt_id).created_at
    release()

    assert open_page(placed).startswith("https://checkout.stripe.com/")

    assert open_page(placed).startswith("https://checkout.stripe.com/")
    session_id = the_session(placed.attempt_id)
    found = gateway.find_session(placed.attempt_id, since=created_at)
    assert found is not None
    assert (found.id, found.status, found.is_paid) == (session_id, "open", False)
    assert found.amount == Money(2400, "EUR")
    assert cancel_unpaid(placed.order_id, code="changed")
    assert order(placed).state == OrderState.CANCELLED
    release()
    assert gateway.session_by_id(session_id).status == "expired"


def test_a_refund_is_one_however_often_it_is_asked_for(at_stripe: Flask) -> None:
    intent, _attempt = charged("pm_card_visa")
    refund_id = new_id("ref")

    sent = [
        gateway.send_refund(payment_intent_id=intent, amount=Money(1000, "EUR"), key=refund_id)
        for _ in range(2)
    ]

    assert sent[0].id == sent[1].id
    (listed,) = gateway.refunds_of(intent)
    assert (listed.refund_id, listed.amount) == (refund_id, Money(1000, "EUR"))
    assert gateway.refund_by_id(listed.id).status in {"succeeded", "pending"}
    since = clock.now() - timedelta(minutes=5)
    events = seen(lambda: gateway.events_since(since, types=("refund.created",)))
    assert [event.object_id for event in events].count(listed.id) == 1


def test_more_than_was_paid_is_refused(at_stripe: Flask) -> None:
    intent, _attempt = charged("pm_card_visa")

    with pytest.raises(PaymentDeclined):
        gateway.send_refund(payment_intent_id=intent, amount=Money(2401, "EUR"), key=new_id("ref"))


def test_a_dispute_withdraws_the_money_and_blocks_refunds(at_stripe: Flask) -> None:
    intent, attempt_id = charged("pm_card_createDispute")
    since = clock.now() - timedelta(minutes=5)

    (dispute,) = seen(lambda: [d for d in gateway.disputes_since(since) if d.payment_intent_id == intent])

    assert (dispute.amount, dispute.attempt_id) == (Money(2400, "EUR"), attempt_id)
    # To be answered, and nothing that STATES knows as an inquiry or an end.
    assert dispute.status not in STATES
    assert seen(lambda: [d for d in [gateway.dispute_by_id(dispute.id)] if d.withdrawn])
    with pytest.raises(PaymentDeclined):
        gateway.send_refund(payment_intent_id=intent, amount=Money(100, "EUR"), key=new_id("ref"))
