"""Refunds: in full, in part, never more than is left; and what banks do with them."""

from typing import Any

import pytest
import stripe

from tests.sandbox.bench import Bench
from tests.sandbox.builders import a_paid_session, an_open_session, charge_of


def refund(bench: Bench, **params: Any) -> stripe.Refund:
    return bench.api.refunds.create(params=params)  # type: ignore[arg-type]


def refusal(bench: Bench, **params: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refund(bench, **params)
    return refused.value


def test_without_an_amount_all_that_is_left_is_refunded(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)
    refund(bench, payment_intent=session.payment_intent, amount=400)

    rest = refund(bench, payment_intent=session.payment_intent, metadata={"refund": "2"})

    charge = charge_of(bench, session)
    assert (rest.amount, rest.status, rest.charge) == (2000, "succeeded", charge.id)
    assert (charge.amount_refunded, charge.refunded) == (2400, True)


def test_a_part_leaves_the_charge_partly_refunded(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)

    refund(bench, charge=charge_of(bench, session).id, amount=400, reason="requested_by_customer")

    charge = charge_of(bench, session)
    assert (charge.amount_refunded, charge.refunded) == (400, False)


def test_a_refund_is_told_as_two_events(bench: Bench) -> None:
    session = a_paid_session(bench)

    refund(bench, payment_intent=session.payment_intent)

    assert bench.event_types()[-2:] == ["refund.created", "charge.refunded"]


def test_the_fee_of_a_refunded_charge_is_not_given_back(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)

    refund(bench, payment_intent=session.payment_intent)

    assert bench.state()["totals"]["eur"] == {
        "captured": 2400, "refunded": 2400, "disputed": 0, "fees": 61, "net": -61
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "code"), [(0, "parameter_invalid_integer"), (-1, "parameter_invalid_integer"), (2001, None)]
)
def test_more_than_is_left_and_less_than_one_are_refused(bench: Bench, amount: int, code: str | None) -> None:
    session = a_paid_session(bench, amount=2400)
    refund(bench, payment_intent=session.payment_intent, amount=400)

    problem = refusal(bench, payment_intent=session.payment_intent, amount=amount)

    assert (problem.param, problem.code) == ("amount", code)
    assert charge_of(bench, session).amount_refunded == 400


def test_a_refunded_charge_cannot_be_refunded_again(bench: Bench) -> None:
    session = a_paid_session(bench)
    refund(bench, payment_intent=session.payment_intent)

    assert refusal(bench, payment_intent=session.payment_intent).code == "charge_already_refunded"


def test_an_intent_that_never_succeeded_has_nothing_to_refund(bench: Bench) -> None:
    session = an_open_session(bench)
    declined = bench.control("pay", session=session.id, decline="lost_card")

    problem = refusal(bench, payment_intent=declined["payment_intent"])

    assert problem.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "parameter_missing"),
        ({"charge": "ch_nobody"}, "resource_missing"),
        ({"payment_intent": "pi_nobody"}, "resource_missing"),
    ],
)
def test_a_refund_names_a_charge_that_exists(bench: Bench, params: dict[str, str], code: str) -> None:
    assert refusal(bench, **params).code == code


def test_a_request_that_is_refused_at_the_end_has_done_nothing(bench: Bench) -> None:
    session = a_paid_session(bench)
    events = bench.event_types()

    problem = refusal(bench, payment_intent=session.payment_intent, expand=["currency"])

    assert problem.param == "expand"
    assert charge_of(bench, session).amount_refunded == 0
    assert bench.event_types() == events


def test_refunds_are_listed_by_intent_newest_first(bench: Bench) -> None:
    session, other = a_paid_session(bench), a_paid_session(bench)
    made = [refund(bench, payment_intent=session.payment_intent, amount=100 + n).id for n in range(3)]
    refund(bench, payment_intent=other.payment_intent)

    listed = bench.api.refunds.list(params={"payment_intent": str(session.payment_intent)})

    assert [one.id for one in listed.data] == made[::-1]


def test_a_pending_refund_arrives_later(bench: Bench) -> None:
    session = a_paid_session(bench)
    bench.control("refunds", status="pending")
    pending = refund(bench, payment_intent=session.payment_intent)

    bench.control("refund-status", refund=pending.id, status="succeeded")

    assert pending.status == "pending"
    assert bench.api.refunds.retrieve(pending.id).status == "succeeded"
    assert "refund.updated" in bench.event_types()


def test_a_refund_sent_back_by_the_bank_is_the_shops_again(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)
    sent = refund(bench, payment_intent=session.payment_intent, amount=1000)

    bench.control("refund-status", refund=sent.id, status="failed")

    failed = bench.api.refunds.retrieve(sent.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert charge_of(bench, session).amount_refunded == 0
    totals = bench.state()["totals"]["eur"]
    assert (totals["refunded"], totals["net"]) == (0, 2400 - 61)
    assert "refund.failed" in bench.event_types()


def test_a_refund_that_waits_for_the_customer_can_be_canceled(bench: Bench) -> None:
    session = a_paid_session(bench)
    bench.control("refunds", status="requires_action")
    waiting = refund(bench, payment_intent=session.payment_intent)

    assert bench.api.refunds.cancel(waiting.id).status == "canceled"


def test_the_next_refunds_go_as_the_bank_was_told(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)
    bench.control("refunds", status="failed", times=2)

    made = [refund(bench, payment_intent=session.payment_intent, amount=100).status for _ in range(3)]

    assert made == ["failed", "failed", "succeeded"]


def test_a_refund_from_the_dashboard_has_no_request(bench: Bench) -> None:
    session = a_paid_session(bench)

    made = bench.control("refund", payment_intent=session.payment_intent, amount=500)

    event = bench.api.events.list(params={"type": "refund.created"}).data[0]
    assert event.data.object["id"] == made["id"]
    assert event.request is not None
    assert (event.request.id, event.request.idempotency_key) == (None, None)
