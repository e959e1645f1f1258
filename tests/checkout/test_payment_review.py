"""What people decide about a payment that is not what was asked: accepted or given back, by whoever is first."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.audit import history
from storefront.checkout import payment_review
from storefront.checkout.actions import Placed, cancel_unpaid, settle_payment
from storefront.checkout.payment_review import accept_payment, return_payment
from storefront.database import session
from storefront.errors import NotFound, Refused
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.models import OrderState
from storefront.payments.models import AttemptState
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, documents, ledger, mails, on_hand, whole_database
from tests.builders.orders import the_refunds
from tests.builders.payments import attempt, deliver, elsewhere, order, the_intent
from tests.builders.refunds import INES, OMAR, Change, a_payment_in_review, paid_otherwise
from tests.checkout.test_settling_wrongly import another_reference, dollars
from tests.servers.stripe import StripeStandIn

SHOPPER = "mara@example.org"


class Crash(Exception):
    """The process ends here."""


def crash(*_args: Any, **_kwargs: Any) -> None:
    raise Crash


def accept(placed: Placed, *, by: tuple[str, object] = INES) -> None:
    accept_payment(placed.attempt_id, why="The shopper meant to.", by=by)


def give_back(placed: Placed, *, by: tuple[str, object] = INES) -> None:
    return_payment(placed.attempt_id, why="Nobody knows what it is.", by=by)


def in_review(sandbox: StripeStandIn, change: Change) -> Placed:
    placed = paid_otherwise(sandbox, change)
    settle_payment(placed.attempt_id)
    return placed


def shelf() -> int | None:
    return on_hand(1)


def test_a_surplus_is_accepted_and_goes_back(
    inside: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = a_payment_in_review(sandbox, minor=3000)

    accept(placed)
    session().rollback()
    elsewhere(drain)

    assert (order(placed).state, attempt(placed.attempt_id).state) == (OrderState.PAID, AttemptState.PAID)
    assert ledger(placed.order_id) == [("capture", 3000), ("refund", -600)]
    assert [(kind, minor) for kind, _number, minor in documents(placed.order_id)] == [("invoice", 2400)]
    assert [kind for kind, to in mails() if to == SHOPPER] == ["order_confirmation", "refund_paid"]
    assert prove() == []


def test_the_right_amount_under_another_reference_is_accepted(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = in_review(sandbox, another_reference)

    accept(placed)

    assert order(placed).is_paid
    assert the_refunds(placed.order_id) == []
    assert prove() == []


@pytest.mark.parametrize("minor", [100, 2399])
def test_less_than_was_asked_is_never_accepted(inside: Flask, sandbox: StripeStandIn, minor: int) -> None:
    placed = a_payment_in_review(sandbox, minor=minor)

    with pytest.raises(Refused, match="Less came"):
        accept(placed)

    assert order(placed).state == OrderState.AWAITING_PAYMENT


def test_another_currency_is_never_accepted(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = in_review(sandbox, dollars)

    with pytest.raises(Refused, match="another currency"):
        accept(placed)


@pytest.mark.parametrize(("minor", "currency"), [(100, "eur"), (3000, "eur"), (2400, "usd")])
def test_all_of_it_goes_back_and_the_goods_are_free(
    inside: Flask, sandbox: StripeStandIn, drain: Callable[[], int], minor: int, currency: str
) -> None:
    placed = a_payment_in_review(sandbox, minor=minor, currency=currency)

    give_back(placed)
    session().rollback()
    elsewhere(drain)

    assert (order(placed).state, order(placed).cancel_code) == (OrderState.CANCELLED, "payment_returned")
    assert ledger(placed.order_id) == [("capture", minor), ("refund", -minor)]
    assert [kind for kind, to in mails() if to == SHOPPER] == ["payment_returned"]
    assert (shelf(), documents(placed.order_id)) == (3, [])
    assert prove() == []


@pytest.mark.parametrize("decide", [accept, give_back])
def test_deciding_again_changes_nothing(
    inside: Flask, sandbox: StripeStandIn, decide: Callable[[Placed], None]
) -> None:
    placed = a_payment_in_review(sandbox)
    decide(placed)
    before = whole_database()

    decide(placed)

    assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize("decide", [accept, give_back])
def test_a_decision_that_fails_halfway_leaves_nothing(
    inside: Flask,
    sandbox: StripeStandIn,
    monkeypatch: pytest.MonkeyPatch,
    decide: Callable[[Placed], None],
) -> None:
    placed = a_payment_in_review(sandbox)
    before = whole_database()
    monkeypatch.setattr(jobs, "enqueue", crash)

    with pytest.raises(Crash):
        decide(placed)

    assert changed_tables(before, whole_database()) == {}
    monkeypatch.undo()
    decide(placed)
    assert attempt(placed.attempt_id).state == AttemptState.PAID


@pytest.mark.parametrize(("first", "then"), [(accept, give_back), (give_back, accept)])
def test_what_was_decided_is_not_decided_otherwise(
    inside: Flask,
    sandbox: StripeStandIn,
    first: Callable[[Placed], None],
    then: Callable[[Placed], None],
) -> None:
    placed = a_payment_in_review(sandbox)
    first(placed)

    with pytest.raises(Refused, match="not in review"):
        then(placed)


def test_what_went_back_is_not_found_again_by_settlement(
    inside: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = a_payment_in_review(sandbox, minor=100)
    give_back(placed)
    session().rollback()
    elsewhere(drain)

    settle_payment(placed.attempt_id)
    deliver(sandbox)
    elsewhere(drain)
    reconcile()

    assert attempt(placed.attempt_id).state == AttemptState.PAID
    assert order(placed).state == OrderState.CANCELLED
    assert prove() == []


def test_an_order_in_review_is_cancelled_by_its_decision_alone(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_payment_in_review(sandbox)

    with pytest.raises(Refused):
        cancel_unpaid(placed.order_id, code="expired")
    give_back(placed)

    assert cancel_unpaid(placed.order_id, code="expired")
    assert shelf() == 3


@pytest.mark.parametrize("decide", [accept_payment, return_payment])
def test_a_decision_needs_a_reason_and_a_payment(
    inside: Flask, sandbox: StripeStandIn, decide: Callable[..., None]
) -> None:
    placed = a_payment_in_review(sandbox)

    with pytest.raises(Refused, match="Say why"):
        decide(placed.attempt_id, why="", by=INES)
    with pytest.raises(Refused, match="at most"):
        decide(placed.attempt_id, why="x" * 1001, by=INES)
    with pytest.raises(NotFound):
        decide("att_stranger", why="Because.", by=INES)


def test_while_a_bank_decides_nobody_else_does(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_payment_in_review(sandbox)
    sandbox.control("dispute", payment_intent=the_intent(placed.attempt_id))
    reconcile()

    for decide in (accept, give_back):
        with pytest.raises(Refused, match="disputed"):
            decide(placed)

    assert attempt(placed.attempt_id).state == AttemptState.REVIEW


def test_what_was_given_back_at_stripe_is_not_given_back_again(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_payment_in_review(sandbox, minor=3000)
    sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=3000)
    reconcile()

    give_back(placed)

    assert ledger(placed.order_id) == [("capture", 3000), ("refund", -3000)]
    assert order(placed).state == OrderState.CANCELLED
    assert prove() == []


@pytest.mark.parametrize("minor", [601, 3000])
def test_what_went_back_at_stripe_is_not_accepted(inside: Flask, sandbox: StripeStandIn, minor: int) -> None:
    placed = a_payment_in_review(sandbox, minor=3000)
    sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=minor)
    reconcile()
    before = whole_database()

    with pytest.raises(Refused, match="or is left of it"):
        accept(placed)

    assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize(("minor", "surplus"), [(100, 500), (599, 1), (600, 0)])
def test_of_a_surplus_goes_back_what_did_not_at_stripe(
    inside: Flask, sandbox: StripeStandIn, minor: int, surplus: int
) -> None:
    placed = a_payment_in_review(sandbox, minor=3000)
    sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=minor)
    reconcile()

    accept(placed)

    overpaid = [each.amount_minor for each in the_refunds(placed.order_id) if each.reason == "overpaid"]
    assert overpaid == ([surplus] if surplus else [])
    assert order(placed).refundable.minor == 2400


def test_who_decided_and_why_is_recorded(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_payment_in_review(sandbox)
    accept(placed, by=OMAR)

    told = [entry for entry in history(("order", placed.order_id)) if entry.verb == "payment.accepted"]
    assert [(entry.actor_kind, entry.actor_id, entry.code) for entry in told] == [("staff", "8", "amount")]


def decide_at_once(app: Flask, placed: Placed) -> list[str]:
    """What ten people do who decide at the same time, half of them one way; settlement looks in besides."""
    gate = threading.Barrier(12)

    def decide(number: int) -> str:
        with app.app_context():
            gate.wait()
            try:
                if number < 2:
                    settle_payment(placed.attempt_id)
                    return "looked"
                (accept if number % 2 else give_back)(placed)
            except Refused:
                return "refused"
            return "accepted" if number % 2 else "given back"

    with ThreadPoolExecutor(12) as pool:
        return list(pool.map(decide, range(12)))


def given_back(placed: Placed) -> int:
    mine = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
        LedgerEntry.order_id == placed.order_id, LedgerEntry.kind == EntryKind.REFUND
    )
    return -int(session().scalar(mine) or 0)


def test_ten_people_at_once_decide_one_way(
    app: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    with app.app_context():
        placed = a_payment_in_review(sandbox, minor=3000)

    answers = decide_at_once(app, placed)
    drain()

    with app.app_context():
        is_paid = order(placed).is_paid
        assert {"accepted", "given back"} & set(answers) == {"accepted" if is_paid else "given back"}
        assert given_back(placed) == (600 if is_paid else 3000)
        assert prove() == []


def test_without_looking_behind_the_lock_both_ways_are_gone(
    app: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        placed = a_payment_in_review(sandbox, minor=3000)
    monkeypatch.setattr(payment_review, "_require_review", lambda _attempt: None)
    monkeypatch.setattr(payment_review, "end_attempt", lambda *_args, **_words: None)

    with app.app_context():
        accept(placed)
        # One after the other, as they stand at the lock: whoever comes second goes the other way unrefused.
        give_back(placed)
