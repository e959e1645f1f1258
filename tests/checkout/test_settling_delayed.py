"""Methods that settle days later: the order is processing, its goods held for 14 days, until Stripe says which."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront.cart.queries import is_spent
from storefront.checkout.actions import AlreadyPaid, Placed, cancel_unpaid, settle_payment
from storefront.checkout.giving_up import expire_order
from storefront.orders.models import OrderState
from storefront.payments.models import AttemptState
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, ledger, mails, on_hand, whole_database
from tests.builders.payments import (
    Shopper,
    a_shopper,
    an_open_order,
    attempt,
    deliver,
    elsewhere,
    open_page,
    order,
    pay,
    place,
    the_session,
)
from tests.servers.stripe import StripeStandIn

THREE_DAYS = 3 * 86400
UNDER_WAY = ("payment_under_way", "mara@example.org")
NOT_COME = ("payment_failed", "mara@example.org")


def processing(sandbox: StripeStandIn, shopper: Shopper, *, ends: str = "succeeded") -> Placed:
    placed = place(shopper)
    open_page(placed)
    pay(sandbox, placed, later=ends, after=THREE_DAYS)
    settle_payment(placed.attempt_id)
    return placed


def test_a_payment_under_way_holds_the_goods_for_fourteen_days(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    shopper = a_shopper(on_hand=3)

    placed = processing(sandbox, shopper)

    made = order(placed)
    assert (made.state, made.hold_until) == (OrderState.PROCESSING, frozen.now() + timedelta(days=14))
    assert attempt(placed.attempt_id).state == AttemptState.OPEN
    assert on_hand(shopper.variant_id) == 2
    assert is_spent("cart-1")
    assert (ledger(made.id), mails()) == ([], [UNDER_WAY])


def test_looking_again_while_it_is_under_way_changes_nothing(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = processing(sandbox, a_shopper())
    before = whole_database()
    frozen.advance(timedelta(hours=2))

    settle_payment(placed.attempt_id)
    expire_order(placed.order_id)

    assert changed_tables(before, whole_database()) == {}


def test_a_payment_under_way_is_neither_cancelled_nor_ordered_again(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    shopper = a_shopper()
    placed = processing(sandbox, shopper)

    assert not cancel_unpaid(placed.order_id, code="changed")

    with pytest.raises(AlreadyPaid) as refused:
        place(shopper.with_pieces(2))
    assert refused.value.order_id == placed.order_id
    assert order(placed).state == OrderState.PROCESSING


def test_when_the_money_arrives_the_order_is_paid(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: object
) -> None:
    placed = processing(sandbox, a_shopper())
    frozen.advance(timedelta(days=3))
    deliver(sandbox)

    elsewhere(drain)  # type: ignore[arg-type]

    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400)]
    assert mails() == [UNDER_WAY, ("order_confirmation", "mara@example.org")]
    assert prove() == []


def test_when_the_bank_says_no_the_order_is_cancelled_and_the_goods_come_back(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: object
) -> None:
    shopper = a_shopper(on_hand=3)
    placed = processing(sandbox, shopper, ends="failed")
    frozen.advance(timedelta(days=3))
    deliver(sandbox)

    elsewhere(drain)  # type: ignore[arg-type]

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, "payment_failed")
    assert attempt(placed.attempt_id).state == AttemptState.FAILED
    assert on_hand(shopper.variant_id) == 3
    assert ledger(placed.order_id) == []
    assert mails() == [UNDER_WAY, NOT_COME]
    assert prove() == []


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (timedelta(days=14) - timedelta(seconds=1), OrderState.PROCESSING),
        (timedelta(days=14), OrderState.CANCELLED),
        (timedelta(days=14) + timedelta(seconds=1), OrderState.CANCELLED),
    ],
)
def test_a_payment_that_never_ends_holds_goods_for_fourteen_days_and_no_longer(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, later: timedelta, state: OrderState
) -> None:
    placed = place(a_shopper())
    open_page(placed)
    pay(sandbox, placed, later="succeeded", after=60 * 86400)
    settle_payment(placed.attempt_id)
    frozen.advance(later)

    expire_order(placed.order_id)

    assert order(placed).state == state
    assert mails() == ([UNDER_WAY] if state == OrderState.PROCESSING else [UNDER_WAY, NOT_COME])


def test_a_payment_that_failed_before_we_looked_is_told_of_as_well(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = an_open_order()
    pay(sandbox, placed, later="failed", after=THREE_DAYS)
    sandbox.control("settle", session=the_session(placed.attempt_id), outcome="failed")

    settle_payment(placed.attempt_id)

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, "payment_failed")
    assert mails() == [NOT_COME]


def test_an_order_that_nobody_paid_ends_quietly(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = an_open_order()
    frozen.advance(timedelta(hours=2))

    expire_order(placed.order_id)

    assert order(placed).state == OrderState.CANCELLED
    assert mails() == []


@pytest.mark.parametrize("ends", ["succeeded", "failed"])
@pytest.mark.parametrize("who", ["return page", "reconciler", "webhook"])
def test_whoever_looks_records_the_end_once(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, drain: Callable[[], int], who: str, ends: str
) -> None:
    shopper = a_shopper(on_hand=3)
    placed = processing(sandbox, shopper, ends=ends)
    if who != "webhook":
        sandbox.control("deliveries", silent=True)
    frozen.advance(timedelta(days=3))
    looks: dict[str, Callable[[], object]] = {
        "return page": lambda: settle_payment(placed.attempt_id),
        "reconciler": reconcile,
        "webhook": lambda: (deliver(sandbox), elsewhere(drain)),
    }

    looks[who]()
    looks[who]()

    is_paid = ends == "succeeded"
    assert order(placed).state == (OrderState.PAID if is_paid else OrderState.CANCELLED)
    assert mails() == [UNDER_WAY, ("order_confirmation", "mara@example.org") if is_paid else NOT_COME]
    assert on_hand(shopper.variant_id) == (2 if is_paid else 3)
    reconcile()
    assert prove() == []
