"""An order nobody has paid ends only after Stripe was asked and its page was closed."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from storefront.checkout import giving_up
from storefront.checkout.actions import cancel_unpaid
from storefront.checkout.giving_up import expire_order
from storefront.errors import NotFound, PaymentUnavailable, Refused
from storefront.orders.models import OrderState
from storefront.payments.models import AttemptState
from storefront.reports.prove import prove
from tests.books import changed_tables, ledger, mails, on_hand, whole_database
from tests.builders.payments import (
    a_paid_order,
    a_shopper,
    an_open_order,
    attempt,
    elsewhere,
    open_page,
    order,
    pay,
    place,
    the_session,
)
from tests.servers.stripe import StripeStandIn


def test_cancelling_closes_the_page_and_gives_the_goods_back(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper = a_shopper(on_hand=3, pieces=2)
    placed = place(shopper)
    open_page(placed)

    assert cancel_unpaid(placed.order_id, code="changed")

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, "changed")
    assert sandbox.state()["sessions"][0]["status"] == "expired"
    assert attempt(placed.attempt_id).state == AttemptState.EXPIRED
    assert on_hand(shopper.variant_id) == 3
    assert mails() == []
    assert prove() == []


def test_cancelling_again_changes_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_open_order()
    cancel_unpaid(placed.order_id, code="changed")
    before = whole_database()

    assert cancel_unpaid(placed.order_id, code="expired")

    assert changed_tables(before, whole_database()) == {}


def test_an_order_paid_meanwhile_is_settled_instead(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_open_order()
    pay(sandbox, placed)

    assert not cancel_unpaid(placed.order_id, code="changed")

    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400)]


def test_a_paid_order_is_not_cancelled(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    before = whole_database()

    assert not cancel_unpaid(placed.order_id, code="changed")

    assert changed_tables(before, whole_database()) == {}


def test_while_stripe_cannot_be_asked_nothing_is_cancelled(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_open_order()
    before = whole_database()
    sandbox.control("answer", status=500, on="GET /v1/checkout/sessions")

    with pytest.raises(PaymentUnavailable):
        cancel_unpaid(placed.order_id, code="changed")

    assert changed_tables(before, whole_database()) == {}


def test_a_crash_after_the_page_was_closed_is_made_good_by_the_next_try(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper = a_shopper(on_hand=3)
    placed = place(shopper)
    open_page(placed)

    def crash(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(giving_up, "_cancel", crash)
        with pytest.raises(KeyboardInterrupt):
            cancel_unpaid(placed.order_id, code="changed")
    assert order(placed).state == OrderState.AWAITING_PAYMENT

    assert cancel_unpaid(placed.order_id, code="changed")

    assert on_hand(shopper.variant_id) == 3


def test_an_unknown_order_is_not_found(inside: Flask) -> None:
    with pytest.raises(NotFound):
        cancel_unpaid(4711, code="changed")


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (timedelta(minutes=75) - timedelta(seconds=1), OrderState.AWAITING_PAYMENT),
        (timedelta(minutes=75), OrderState.CANCELLED),
        (timedelta(minutes=75) + timedelta(seconds=1), OrderState.CANCELLED),
    ],
)
def test_goods_are_held_fifteen_minutes_longer_than_the_page_lives(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, later: timedelta, state: OrderState
) -> None:
    shopper = a_shopper(on_hand=3)
    placed = place(shopper)
    open_page(placed)
    frozen.advance(later)

    expire_order(placed.order_id)

    assert order(placed).state == state
    assert on_hand(shopper.variant_id) == (3 if state == OrderState.CANCELLED else 2)


def test_the_worker_ends_a_hold_by_itself(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Callable[[], int]
) -> None:
    placed = place(a_shopper())
    frozen.advance(timedelta(minutes=75))

    elsewhere(drain)

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, "expired")


def test_a_payment_in_the_last_second_of_the_page_is_a_paid_order(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Callable[[], int]
) -> None:
    placed = an_open_order()
    frozen.advance(timedelta(minutes=60) - timedelta(seconds=1))
    pay(sandbox, placed)
    frozen.advance(timedelta(minutes=16))

    elsewhere(drain)

    assert the_session(placed.attempt_id)
    assert order(placed).state == OrderState.PAID


def test_an_order_with_nothing_to_pay_that_was_cancelled_is_not_paid_after_all(inside: Flask) -> None:
    """No sandbox runs here: Stripe has no part in it."""
    shopper = a_shopper(price_minor=0)
    placed = place(shopper)
    cancel_unpaid(placed.order_id, code="changed")

    with pytest.raises(Refused, match="no longer open"):
        open_page(placed)

    assert order(placed).state == OrderState.CANCELLED
    assert on_hand(shopper.variant_id) == 3
