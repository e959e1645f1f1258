"""The gateway: nothing of Stripe's passes it, nothing is held while it waits, and an unclear answer is no answer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.database import Misuse, release, session, transaction
from storefront.errors import PaymentDeclined, PaymentUnavailable
from storefront.money import Money
from storefront.orders.models import Order
from storefront.payments import gateway
from tests.builders.payments import (
    a_paid_order,
    a_shopper,
    an_open_order,
    attempt,
    pay,
    place,
    the_intent,
    the_session,
)
from tests.servers.stripe import StripeStandIn

SESSION = "GET /v1/checkout/sessions"


def test_no_call_is_made_inside_a_transaction(inside: Flask, sandbox: StripeStandIn) -> None:
    session_id = the_session(an_open_order().attempt_id)

    with pytest.raises(Misuse), transaction():
        gateway.session_by_id(session_id)


def test_no_call_is_made_while_a_connection_is_held(inside: Flask, sandbox: StripeStandIn) -> None:
    session_id = the_session(an_open_order().attempt_id)
    session().scalar(sa.select(Order.id))

    with pytest.raises(Misuse):
        gateway.session_by_id(session_id)


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500, 502, 503])
def test_what_may_pass_is_worth_another_try(inside: Flask, sandbox: StripeStandIn, status: int) -> None:
    session_id = the_session(an_open_order().attempt_id)
    sandbox.control("answer", status=status, on=SESSION, times=4)

    with pytest.raises(PaymentUnavailable, match="try again"):
        gateway.session_by_id(session_id)


@pytest.mark.parametrize("status", [400, 402, 404])
def test_what_stripe_refuses_is_final(inside: Flask, sandbox: StripeStandIn, status: int) -> None:
    session_id = the_session(an_open_order().attempt_id)
    sandbox.control("answer", status=status, on=SESSION)

    with pytest.raises(PaymentDeclined):
        gateway.session_by_id(session_id)


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_the_limit(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = the_session(an_open_order().attempt_id)
    inside.extensions.pop("stripe")
    monkeypatch.setattr(gateway, "TIMEOUTS", (0.2, 0.2))
    sandbox.control("slow", seconds=1.0, on=SESSION)

    with pytest.raises(PaymentUnavailable):
        gateway.session_by_id(session_id)


def test_a_port_where_nobody_listens_is_unavailable(inside: Flask) -> None:
    with pytest.raises(PaymentUnavailable):
        gateway.session_by_id("cs_1")


def test_the_same_key_opens_the_same_session(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = place(a_shopper())
    params = dict(attempt(placed.attempt_id).params)
    release()

    first, again = (gateway.open_session(params, key=placed.attempt_id) for _ in range(2))

    assert first == again
    assert (first.status, first.amount, first.attempt_id) == ("open", Money(2400, "EUR"), placed.attempt_id)


def test_a_stored_failure_is_told_apart_from_a_new_one(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = place(a_shopper())
    params = dict(attempt(placed.attempt_id).params)
    release()
    sandbox.control("answer", status=500, on="POST /v1/checkout/sessions")

    with pytest.raises(PaymentUnavailable) as first:
        gateway.open_session(params, key=placed.attempt_id)
    with pytest.raises(gateway.Replayed):
        gateway.open_session(params, key=placed.attempt_id)

    assert not isinstance(first.value, gateway.Replayed)


def test_a_session_is_found_by_our_id_among_many(inside: Flask, sandbox: StripeStandIn) -> None:
    wanted = an_open_order(cart_id="cart-0")
    for number in range(1, 4):
        an_open_order(cart_id=f"cart-{number}")
    an_hour_ago = clock.now() - timedelta(hours=1)

    found = gateway.find_session(wanted.attempt_id, since=an_hour_ago)

    assert found is not None
    assert found.id == the_session(wanted.attempt_id)
    assert gateway.find_session("att_stranger", since=an_hour_ago) is None


def test_a_page_is_closed_once_and_a_complete_one_is_told_as_it_stands(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed, other = an_open_order(cart_id="a"), an_open_order(cart_id="b")
    pay(sandbox, other)

    assert gateway.expire_session(the_session(placed.attempt_id)).status == "expired"
    assert gateway.expire_session(the_session(placed.attempt_id)).status == "expired"

    assert gateway.expire_session(the_session(other.attempt_id)).is_paid


def test_all_captures_are_read_page_by_page(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "PAGE", 2)
    intents = {the_intent(a_paid_order(sandbox, cart_id=f"cart-{n}").attempt_id) for n in range(5)}

    found = list(gateway.captures())

    assert {each.payment_intent_id for each in found} == intents
    assert {each.amount for each in found} == {Money(2400, "EUR")}


def test_events_are_read_oldest_first(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    gateway.send_refund(
        payment_intent_id=the_intent(placed.attempt_id), amount=Money(100, "EUR"), key="ref_1"
    )

    found = gateway.events_since(
        clock.now() - timedelta(days=1), types=("checkout.session.completed", "refund.created")
    )

    assert [each.type for each in found] == ["checkout.session.completed", "refund.created"]
    assert found[0].attempt_id == placed.attempt_id
