"""A payment page that is paid: what the API then shows."""

import pytest
import stripe

from tests.sandbox.bench import Bench
from tests.sandbox.builders import a_paid_session, an_open_session, charge_of, intent_of


def test_a_new_session_is_open_and_has_no_payment_intent(bench: Bench) -> None:
    session = an_open_session(bench, amount=2400)

    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency) == (2400, "eur")
    assert session.url == f"http://localhost/pay/{session.id}"


def test_a_paid_session_has_a_succeeded_intent_and_a_captured_charge(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)

    intent, charge = intent_of(bench, session), charge_of(bench, session)
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received) == ("succeeded", 2400)
    assert (charge.status, charge.amount_captured, charge.payment_intent) == ("succeeded", 2400, intent.id)


def test_the_intent_and_the_charge_carry_the_metadata_meant_for_the_intent(bench: Bench) -> None:
    session = a_paid_session(
        bench, metadata={"on": "session"}, payment_intent_data={"metadata": {"attempt": "7"}}
    )

    assert session.metadata is not None
    assert session.metadata["on"] == "session"
    assert intent_of(bench, session).metadata["attempt"] == "7"
    assert charge_of(bench, session).metadata["attempt"] == "7"


def test_a_payment_is_told_as_events_in_stripes_order(bench: Bench) -> None:
    a_paid_session(bench)

    assert bench.event_types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_an_event_keeps_the_object_as_it_was(bench: Bench) -> None:
    session = a_paid_session(bench)
    bench.api.checkout.sessions.update(session.id, params={"metadata": {"later": "yes"}})

    completed = bench.api.events.list(params={"type": "checkout.session.completed"}).data[0]
    assert "later" not in completed.data.object["metadata"]
    assert completed.api_version == stripe.api_version


@pytest.mark.parametrize(
    ("amount", "fee"), [(2400, 61), (2433, 61), (2434, 62), (50, 26), (99_999_999, 1_500_025)]
)
def test_the_fee_is_one_and_a_half_percent_and_25_minor_units(bench: Bench, amount: int, fee: int) -> None:
    charge = charge_of(bench, a_paid_session(bench, amount=amount))

    assert isinstance(charge.balance_transaction, str)
    movement = bench.api.balance_transactions.retrieve(charge.balance_transaction)
    assert (movement.amount, movement.fee, movement.net) == (amount, fee, amount - fee)


def test_answers_hold_the_objects_that_expand_names(bench: Bench) -> None:
    paid = a_paid_session(bench)

    paths = ["line_items", "payment_intent.latest_charge.balance_transaction"]
    session = bench.api.checkout.sessions.retrieve(paid.id, params={"expand": paths})

    assert session.line_items is not None
    assert session.line_items.data[0].description == "3 × Bowl"
    assert session.payment_intent.latest_charge.balance_transaction.fee == 61  # type: ignore[union-attr]


def test_what_cannot_be_expanded_is_refused(bench: Bench) -> None:
    session = an_open_session(bench)

    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        bench.api.checkout.sessions.retrieve(session.id, params={"expand": ["currency"]})


def test_sessions_are_found_by_their_payment_intent(bench: Bench) -> None:
    wanted, _ = a_paid_session(bench), a_paid_session(bench)

    assert isinstance(wanted.payment_intent, str)
    found = bench.api.checkout.sessions.list(params={"payment_intent": wanted.payment_intent})

    assert [session.id for session in found.data] == [wanted.id]


def test_the_line_items_of_a_session_are_listed(bench: Bench) -> None:
    session = an_open_session(bench, amount=1250)

    listed = bench.api.checkout.sessions.line_items.list(session.id)

    assert [(item.amount_total, item.quantity) for item in listed.data] == [(1250, 1)]


def test_line_items_keep_their_order_and_add_up(bench: Bench) -> None:
    items = [
        {
            "price_data": {"currency": "eur", "unit_amount": 100 + n, "product_data": {"name": f"Item {n}"}},
            "quantity": 1 + n % 2,
        }
        for n in range(12)
    ]

    session = an_open_session(bench, line_items=items)

    listed = bench.api.checkout.sessions.line_items.list(session.id, params={"limit": 100}).data
    assert [item.description for item in listed] == [f"Item {n}" for n in range(12)]
    assert session.amount_total == sum((100 + n) * (1 + n % 2) for n in range(12))


@pytest.mark.parametrize("method", ["retrieve", "expire"])
def test_an_unknown_session_is_a_404(bench: Bench, method: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        getattr(bench.api.checkout.sessions, method)("cs_test_nobody")

    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
