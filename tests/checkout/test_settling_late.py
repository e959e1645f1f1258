"""Money that comes after its order was given up: the goods are taken again, or all of it goes back by itself."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront.catalogue import stock
from storefront.catalogue.models import Cause
from storefront.checkout import calling_off
from storefront.checkout.actions import AlreadyPaid, Placed, settle_payment
from storefront.checkout.cancelled import STAFF
from storefront.checkout.giving_up import cancel_unpaid, expire_order
from storefront.config import settings
from storefront.database import transaction
from storefront.orders.models import OrderState
from storefront.orders.refund import RefundState
from storefront.payments.models import AttemptState
from storefront.reports.prove import prove
from tests.books import changed_tables, documents, ledger, mails, on_hand, whole_database
from tests.builders.orders import the_refunds
from tests.builders.payments import (
    Shopper,
    a_paid_order,
    a_refund,
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

Drain = Callable[[], int]
LONG = 60 * 86400


def a_payment_under_way(sandbox: StripeStandIn, shopper: Shopper) -> Placed:
    placed = place(shopper)
    open_page(placed)
    pay(sandbox, placed, later="succeeded", after=LONG)
    settle_payment(placed.attempt_id)
    return placed


def given_up(sandbox: StripeStandIn, frozen: ModuleType, shopper: Shopper) -> Placed:
    """An order cancelled because its payment took longer than 14 days."""
    placed = a_payment_under_way(sandbox, shopper)
    frozen.advance(timedelta(days=14, minutes=1))
    expire_order(placed.order_id)
    assert order(placed).state == OrderState.CANCELLED
    return placed


def money_arrives(sandbox: StripeStandIn, placed: Placed) -> None:
    sandbox.control("settle", session=the_session(placed.attempt_id), outcome="succeeded")
    settle_payment(placed.attempt_id)


def test_a_late_payment_of_an_order_that_staff_cancelled_goes_back(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Drain
) -> None:
    shopper = a_shopper(on_hand=3, pieces=2)
    placed = a_payment_under_way(sandbox, shopper)
    frozen.advance(timedelta(days=14, minutes=1))
    assert cancel_unpaid(placed.order_id, code=STAFF, by=("staff", 7))

    money_arrives(sandbox, placed)
    elsewhere(drain)

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, STAFF)
    assert [(each.state, each.reason) for each in the_refunds(placed.order_id)] == [
        (RefundState.SETTLED, "late_payment")
    ]
    assert on_hand(shopper.variant_id) == 3
    assert prove() == []


def test_a_late_payment_whose_goods_are_still_there_is_a_paid_order(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Drain
) -> None:
    shopper = a_shopper(on_hand=3, pieces=2)
    placed = given_up(sandbox, frozen, shopper)
    assert on_hand(shopper.variant_id) == 3

    money_arrives(sandbox, placed)

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.PAID, None)
    assert on_hand(shopper.variant_id) == 1
    assert [kind for kind, _to in mails()] == ["payment_under_way", "payment_failed", "order_confirmation"]
    assert prove() == []


def test_a_late_payment_whose_goods_are_gone_is_given_back_in_full_by_itself(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Drain
) -> None:
    shopper = a_shopper(on_hand=3, pieces=2)
    placed = given_up(sandbox, frozen, shopper)
    with transaction():
        stock.move(shopper.variant_id, -2, cause=Cause.ADJUSTMENT, reference="count:1")

    money_arrives(sandbox, placed)
    elsewhere(drain)

    (refund,) = the_refunds(placed.order_id)
    assert order(placed).state == OrderState.CANCELLED
    assert (refund.state, refund.amount_minor, refund.reason) == (RefundState.SETTLED, 4800, "late_payment")
    assert ledger(placed.order_id) == [("capture", 4800), ("refund", -4800)]
    assert documents(placed.order_id) == []
    assert sandbox.state()["totals"]["eur"]["refunded"] == 4800
    assert mails() == [
        ("payment_under_way", "mara@example.org"),
        ("payment_failed", "mara@example.org"),
        ("late_payment_refunded", "mara@example.org"),
        ("late_payment_staff", settings().staff_email),
    ]
    assert on_hand(shopper.variant_id) == 1
    assert prove() == []


def test_a_late_payment_found_again_is_given_back_once(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Drain
) -> None:
    shopper = a_shopper(on_hand=2, pieces=2)
    placed = given_up(sandbox, frozen, shopper)
    with transaction():
        stock.move(shopper.variant_id, -1, cause=Cause.ADJUSTMENT, reference="count:1")
    money_arrives(sandbox, placed)
    elsewhere(drain)
    before = whole_database()

    settle_payment(placed.attempt_id)

    assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize("other_is_paid", [False, True])
def test_a_late_payment_beside_another_order_of_the_draft_is_given_back(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Drain, other_is_paid: bool
) -> None:
    shopper = a_shopper(on_hand=9)
    late = given_up(sandbox, frozen, shopper)
    other = place(replace(shopper, cart=replace(shopper.cart, id="cart-2")))
    open_page(other)
    if other_is_paid:
        pay(sandbox, other)
        settle_payment(other.attempt_id)

    money_arrives(sandbox, late)
    elsewhere(drain)

    assert (order(late).state, order(late).refunded_minor) == (OrderState.CANCELLED, 2400)
    assert order(other).state == (OrderState.PAID if other_is_paid else OrderState.AWAITING_PAYMENT)
    assert on_hand(shopper.variant_id) == 8
    assert prove() == []


def test_while_a_late_payment_takes_its_goods_again_no_other_order_of_the_draft_appears(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper = a_shopper(on_hand=9)
    late = given_up(sandbox, frozen, shopper)
    really_look = calling_off._has_another_order
    again = replace(shopper, cart=replace(shopper.cart, id="cart-2"))

    def order_again() -> str:
        with inside.app_context():
            try:
                return f"order {place(again, shown_minor=2400).order_id}"
            except AlreadyPaid as refused:
                return f"paid {refused.order_id}"

    with ThreadPoolExecutor(1) as pool:
        answers: list[Future[str]] = []

        def look_and_be_overtaken(draft_id: str, *, besides: int) -> bool:
            found = really_look(draft_id, besides=besides)
            answers.append(pool.submit(order_again))
            wait(answers, timeout=0.5)
            return found

        monkeypatch.setattr(calling_off, "_has_another_order", look_and_be_overtaken)
        money_arrives(sandbox, late)

    assert [each.result() for each in answers] == [f"paid {late.order_id}"]
    assert order(late).state == OrderState.PAID
    assert on_hand(shopper.variant_id) == 8


def test_a_payment_that_fails_after_it_was_given_up_changes_only_the_attempt(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = given_up(sandbox, frozen, a_shopper())
    sandbox.control("settle", session=the_session(placed.attempt_id), outcome="failed")

    settle_payment(placed.attempt_id)

    assert attempt(placed.attempt_id).state == AttemptState.FAILED
    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, "expired")
    assert prove() == []


def test_money_given_back_that_no_invoice_named_needs_no_credit_note(
    inside: Flask, sandbox: StripeStandIn, drain: Drain
) -> None:
    placed = a_paid_order(sandbox)
    a_refund(placed, minor=1000, reason="paid_twice")

    elsewhere(drain)

    assert [kind for kind, _number, _minor in documents(placed.order_id)] == ["invoice"]
