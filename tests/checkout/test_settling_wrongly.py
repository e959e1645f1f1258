"""A payment that is not what was asked is never “paid”: it goes to review, its money into the ledger."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed, cancel_unpaid, settle_payment
from storefront.checkout.giving_up import expire_order
from storefront.config import settings
from storefront.database import release, session, transaction
from storefront.errors import Refused
from storefront.orders.books import LedgerEntry
from storefront.orders.models import OrderState
from storefront.orders.steps import quantities
from storefront.payments import gateway
from storefront.payments.models import AttemptState
from storefront.payments.steps import keep_session, lock_attempt
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, documents, ledger, mails, on_hand, whole_database
from tests.builders.payments import a_shopper, attempt, open_page, order, pay, place
from tests.servers.stripe import StripeStandIn

Change = Callable[[dict[str, Any]], None]


def one_euro(params: dict[str, Any]) -> None:
    params["line_items"][0]["price_data"]["unit_amount"] = 100


def dollars(params: dict[str, Any]) -> None:
    params["line_items"][0]["price_data"]["currency"] = "usd"


def another_reference(params: dict[str, Any]) -> None:
    params["client_reference_id"] = "att_of_somebody_else"


def paid_otherwise(sandbox: StripeStandIn, change: Change) -> Placed:
    """An order of 24.00 € whose page at Stripe asked for something else, and was paid."""
    placed = place(a_shopper(price_minor=2400, on_hand=3))
    params = copy.deepcopy(attempt(placed.attempt_id).params)
    change(params)
    release()
    made = gateway.open_session(params, key="another-key")
    with transaction():
        keep_session(lock_attempt(placed.attempt_id), session_id=made.id, url=made.url)
    pay(sandbox, placed)
    return placed


@pytest.mark.parametrize(
    ("change", "problem", "captured"),
    [(one_euro, "amount", 100), (dollars, "currency", 0), (another_reference, "reference", 2400)],
)
def test_what_was_not_asked_goes_to_review_with_its_money_in_the_ledger(
    inside: Flask, sandbox: StripeStandIn, change: Change, problem: str, captured: int
) -> None:
    placed = paid_otherwise(sandbox, change)

    settlement = settle_payment(placed.attempt_id)

    made, tried = order(placed), attempt(placed.attempt_id)
    assert not settlement.is_paid
    assert (tried.state, tried.problem) == (AttemptState.REVIEW, problem)
    assert (made.state, made.captured_minor) == (OrderState.AWAITING_PAYMENT, captured)
    assert ledger(made.id) == [("capture", 100 if change is one_euro else 2400)]
    assert documents(made.id) == []
    assert mails() == [("payment_review", settings().staff_email)]
    assert prove() == []


def test_a_payment_of_the_other_mode_goes_to_review(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = place(a_shopper())
    open_page(placed)
    pay(sandbox, placed)
    really_found = gateway.session_by_id
    monkeypatch.setattr(gateway, "session_by_id", lambda each: replace(really_found(each), livemode=True))

    settle_payment(placed.attempt_id)

    assert (attempt(placed.attempt_id).state, order(placed).state) == ("review", "awaiting_payment")
    assert attempt(placed.attempt_id).problem == "livemode"


def test_money_of_another_currency_does_not_count_towards_the_total(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = paid_otherwise(sandbox, dollars)

    settle_payment(placed.attempt_id)

    entry = session().scalars(sa.select(LedgerEntry)).one()
    assert (entry.amount_minor, entry.currency) == (2400, "USD")
    assert order(placed).refundable.minor == 0


def test_a_review_is_found_once_and_staff_are_told_once(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = paid_otherwise(sandbox, one_euro)
    settle_payment(placed.attempt_id)
    before = whole_database()

    settle_payment(placed.attempt_id)
    open_page(placed)

    assert changed_tables(before, whole_database()) == {}


def test_an_order_in_review_keeps_its_goods_and_is_not_cancelled(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    placed = paid_otherwise(sandbox, one_euro)
    settle_payment(placed.attempt_id)
    (variant_id,) = quantities(placed.order_id)
    release()
    frozen.advance(timedelta(days=2))

    with pytest.raises(Refused, match="looking at your payment"):
        cancel_unpaid(placed.order_id, code="changed")
    expire_order(placed.order_id)
    reconcile()

    assert order(placed).state == OrderState.AWAITING_PAYMENT
    assert on_hand(variant_id) == 2
    assert prove() == []


def test_a_review_that_was_paid_back_in_the_dashboard_is_imported_in_its_currency(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = paid_otherwise(sandbox, dollars)
    settle_payment(placed.attempt_id)
    intent = attempt(placed.attempt_id).payment_intent_id
    release()
    sandbox.control("refund", payment_intent=intent)

    reconcile()

    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -2400)]
    assert (order(placed).captured_minor, order(placed).refunded_minor) == (0, 0)
    assert prove() == []
