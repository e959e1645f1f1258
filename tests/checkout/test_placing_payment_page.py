"""Opening the payment page while Stripe is slow, down or forgetful: one order has one page, and no answer is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from storefront.checkout import giving_up, payment_page
from storefront.checkout.actions import Placed, cancel_unpaid, settle_payment
from storefront.errors import NotFound, PaymentUnavailable, Refused
from storefront.orders.models import OrderState
from storefront.payments import gateway
from storefront.payments.evidence import PaymentSession
from storefront.payments.models import AttemptState
from storefront.webhooks.actions import reconcile
from tests.books import ledger, on_hand
from tests.builders.payments import (
    a_shopper,
    attempt,
    elsewhere,
    open_page,
    order,
    pay,
    place,
    the_session,
)
from tests.servers.stripe import StripeStandIn

CREATE = "POST /v1/checkout/sessions"


class Crash(Exception):
    """The process ends here."""


def crash(*_args: Any, **_kwargs: Any) -> None:
    raise Crash


def sessions(sandbox: StripeStandIn) -> list[str]:
    return [each["status"] for each in sandbox.state()["sessions"]]


def in_another_process(app: Flask, do: Callable[[], object]) -> None:
    def run() -> None:
        with app.app_context():
            do()

    elsewhere(run)


def test_while_stripe_is_unavailable_the_order_stands_and_a_retry_opens_its_page(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper = a_shopper()
    placed = place(shopper)
    sandbox.control("answer", status=429, on=CREATE)
    with pytest.raises(PaymentUnavailable):
        open_page(placed)
    assert order(placed).state == OrderState.AWAITING_PAYMENT
    assert on_hand(shopper.variant_id) == 2

    page = open_page(place(shopper))

    assert page.startswith(sandbox.url)
    assert sessions(sandbox) == ["open"]


@pytest.mark.parametrize("how", ["close", "500"])
def test_a_page_whose_answer_was_lost_is_found_again(inside: Flask, sandbox: StripeStandIn, how: str) -> None:
    placed = place(a_shopper())
    sandbox.control("lose", how=how, on=CREATE)
    with pytest.raises(PaymentUnavailable):
        open_page(placed)

    page = open_page(placed)

    assert page
    assert sessions(sandbox) == ["open"]
    assert attempt(placed.attempt_id).state == AttemptState.OPEN


def test_a_key_under_which_stripe_stored_a_failure_makes_way_for_a_new_one(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper = a_shopper()
    first = place(shopper)
    sandbox.control("answer", status=500, on=CREATE)
    for _ in range(2):
        with pytest.raises(PaymentUnavailable):
            open_page(first)
    assert (order(first).state, order(first).cancel_code) == (OrderState.CANCELLED, "not_opened")

    second = place(shopper)

    assert second.attempt_id != first.attempt_id
    assert open_page(second)
    assert on_hand(shopper.variant_id) == 2


def test_a_call_already_under_way_is_waited_for(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = place(a_shopper())
    sandbox.control("answer", status=409, on=CREATE, times=2)

    assert open_page(placed)


def test_a_crash_between_order_and_page_loses_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper = a_shopper()
    placed = place(shopper)

    again = place(shopper)

    assert again == placed
    assert open_page(again)
    assert sessions(sandbox) == ["open"]


def test_a_crash_between_page_and_its_record_opens_the_same_page_again(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(a_shopper())
    with monkeypatch.context() as patch:
        patch.setattr(payment_page, "_keep", crash)
        with pytest.raises(Crash):
            open_page(placed)
    assert attempt(placed.attempt_id).session_id is None

    page = open_page(placed)

    assert page
    assert len(sessions(sandbox)) == 1


def test_a_page_that_nobody_recorded_is_found_by_the_reconciler(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(a_shopper())
    with monkeypatch.context() as patch:
        patch.setattr(payment_page, "_keep", crash)
        with pytest.raises(Crash):
            open_page(placed)
    orphan = sandbox.state()["sessions"][0]["id"]
    sandbox.control("pay", session=orphan)

    reconcile()

    assert the_session(placed.attempt_id) == orphan
    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400)]


def test_an_order_cancelled_while_stripe_answered_has_its_page_closed_again(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(a_shopper())
    really_open = gateway.open_session

    def open_after_a_cancel(params: Any, *, key: str) -> PaymentSession:
        in_another_process(inside, lambda: cancel_unpaid(placed.order_id, code="changed"))
        return really_open(params, key=key)

    monkeypatch.setattr(gateway, "open_session", open_after_a_cancel)

    with pytest.raises(Refused):
        open_page(placed)

    assert order(placed).state == OrderState.CANCELLED
    assert sessions(sandbox) == ["expired"]


def test_a_page_opened_while_its_order_is_cancelled_is_closed_too(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(a_shopper())
    really_close = giving_up.close_page
    opened: list[bool] = []

    def close_and_be_overtaken(attempt_id: str) -> str | None:
        closed = really_close(attempt_id)
        if not opened:
            opened.append(True)
            in_another_process(inside, lambda: open_page(placed))
        return closed

    monkeypatch.setattr(giving_up, "close_page", close_and_be_overtaken)

    assert cancel_unpaid(placed.order_id, code="changed")

    assert sessions(sandbox) == ["expired"]
    assert attempt(placed.attempt_id).state == AttemptState.EXPIRED


def test_a_cancelled_order_has_no_page(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = place(a_shopper())
    cancel_unpaid(placed.order_id, code="changed")

    with pytest.raises(Refused, match="no longer open"):
        open_page(placed)

    assert sessions(sandbox) == []


def test_an_order_that_is_paid_has_no_second_page(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = place(a_shopper())
    open_page(placed)
    pay(sandbox, placed)

    assert open_page(placed) == ""

    assert order(placed).state == OrderState.PAID
    assert sessions(sandbox) == ["complete"]


def test_a_page_that_ran_out_says_so_and_its_order_is_cancelled(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = place(a_shopper())
    open_page(placed)
    gateway.expire_session(the_session(placed.attempt_id))

    with pytest.raises(Refused, match="no longer open"):
        open_page(placed)

    assert order(placed).state == OrderState.CANCELLED


def test_an_unknown_attempt_has_no_page(inside: Flask) -> None:
    stranger = Placed(order_id=1, attempt_id="att_stranger")

    with pytest.raises(NotFound):
        open_page(stranger)
    with pytest.raises(NotFound):
        settle_payment(stranger.attempt_id)
