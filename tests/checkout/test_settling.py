"""Settlement: paid is what Stripe says is paid, recorded once, whoever asks and however often."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from storefront import mail
from storefront.cart.queries import is_spent
from storefront.checkout import giving_up
from storefront.checkout.actions import settle_payment
from storefront.database import release
from storefront.errors import PaymentUnavailable
from storefront.orders.models import OrderState
from storefront.payments import gateway
from storefront.payments.models import AttemptState
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, documents, jobs_called, ledger, mails, on_hand, whole_database
from tests.builders.payments import (
    a_paid_order,
    a_shopper,
    an_open_order,
    attempt,
    deliver,
    open_page,
    order,
    pay,
    place,
    the_intent,
    the_session,
)
from tests.counting import Counted
from tests.servers.stripe import StripeStandIn


def test_a_paid_session_makes_a_paid_order_with_its_invoice_and_mail(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = an_open_order(price_minor=2400)
    pay(sandbox, placed)

    settlement = settle_payment(placed.attempt_id)

    made = order(placed)
    assert settlement.is_paid
    assert (made.state, made.captured_minor, made.refunded_minor) == (OrderState.PAID, 2400, 0)
    assert made.paid_at is not None
    assert attempt(placed.attempt_id).state == AttemptState.PAID
    assert ledger(made.id) == [("capture", 2400)]
    assert [(kind, minor) for kind, _number, minor in documents(made.id)] == [("invoice", 2400)]
    assert mails() == [("order_confirmation", "mara@example.org")]
    assert is_spent("cart-1")
    assert prove() == []


def test_settling_again_changes_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    before = whole_database()

    settle_payment(placed.attempt_id)

    assert changed_tables(before, whole_database()) == {}


def test_a_settlement_that_fails_halfway_leaves_nothing_and_works_the_next_time(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    before = whole_database()

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(mail, "owe", fail)
        with pytest.raises(OSError, match="no space"):
            settle_payment(placed.attempt_id)
    assert changed_tables(before, whole_database()) == {}

    settle_payment(placed.attempt_id)

    assert ledger(placed.order_id) == [("capture", 2400)]
    assert documents(placed.order_id)[0][1].endswith("-00001")
    assert jobs_called("mail.send") == 1


def test_an_open_page_is_not_paid(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_open_order()
    before = whole_database()

    settlement = settle_payment(placed.attempt_id)

    assert not settlement.is_paid
    assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize("code", ["generic_decline", "insufficient_funds", "expired_card"])
def test_a_declined_card_leaves_the_page_open_for_another_try(
    inside: Flask, sandbox: StripeStandIn, code: str
) -> None:
    placed = an_open_order()
    pay(sandbox, placed, decline=code)
    settle_payment(placed.attempt_id)
    assert order(placed).state == OrderState.AWAITING_PAYMENT
    release()

    pay(sandbox, placed)
    settle_payment(placed.attempt_id)

    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400)]


def test_paid_is_never_concluded_from_an_events_name(inside: Flask, sandbox: StripeStandIn) -> None:
    """A late method completes the session: the event says “completed”, and nothing is paid."""
    placed = an_open_order()
    pay(sandbox, placed, later="succeeded", after=3 * 86400)

    deliver(sandbox)
    reconcile()

    assert order(placed).state == OrderState.PROCESSING
    assert ledger(placed.order_id) == []


def test_stripe_silent_at_settlement_changes_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = an_open_order()
    pay(sandbox, placed)
    before = whole_database()
    sandbox.control("answer", status=500, on="GET /v1/checkout/sessions")

    with pytest.raises(PaymentUnavailable):
        settle_payment(placed.attempt_id)

    assert changed_tables(before, whole_database()) == {}


def test_an_expired_page_cancels_its_order_quietly_and_gives_the_goods_back(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper = a_shopper(on_hand=3, pieces=2)
    placed = place(shopper)
    open_page(placed)
    gateway.expire_session(the_session(placed.attempt_id))

    settle_payment(placed.attempt_id)
    settle_payment(placed.attempt_id)

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, "expired")
    assert attempt(placed.attempt_id).state == AttemptState.EXPIRED
    assert on_hand(shopper.variant_id) == 3
    assert mails() == []
    assert prove() == []


def test_money_behind_a_page_that_we_gave_up_is_never_ignored(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever led us to believe that the page was closed: Stripe's money is the evidence."""
    placed = an_open_order()
    session_id = the_session(placed.attempt_id)
    with monkeypatch.context() as patch:
        patch.setattr(giving_up, "close_page", lambda _attempt_id: session_id)
        giving_up.cancel_unpaid(placed.order_id, code="expired")
    assert attempt(placed.attempt_id).state == AttemptState.EXPIRED
    pay(sandbox, placed)

    deliver(sandbox)
    reconcile()

    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == [("capture", 2400)]
    assert prove() == []


def test_every_order_at_stripe_carries_our_ids(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)

    books = sandbox.state()

    ids = {"order": str(order(placed).number), "attempt": placed.attempt_id}
    assert [books[kind][0]["metadata"] for kind in ("sessions", "payment_intents", "charges")] == [ids] * 3
    assert the_intent(placed.attempt_id) == books["payment_intents"][0]["id"]


def test_settling_and_placing_stay_within_their_statements(
    engine: str,
    inside: Flask,
    sandbox: StripeStandIn,
    count_queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    """The figures stand in docs/payments.md."""
    shopper = a_shopper()

    with count_queries() as placing:
        placed = place(shopper, shown_minor=2400)
    open_page(placed)
    pay(sandbox, placed)
    with count_queries() as settling:
        settle_payment(placed.attempt_id)

    # PostgreSQL locks the variants first; on SQLite the transaction has locked all.
    locks = 1 if engine == "postgresql" else 0
    assert (placing.selects, placing.writes) == (6 + locks, 8), str(placing)
    # The first invoice of a year writes two more: the series begins.
    assert (settling.selects, settling.writes) == (6, 10 + 2), str(settling)
