"""Disputes: the bank takes the money back until somebody wins."""

from contextlib import nullcontext

import pytest
import stripe

from tests.sandbox.bench import Bench
from tests.sandbox.builders import a_paid_session, charge_of


def a_dispute(bench: Bench, **words: object) -> stripe.Dispute:
    session = a_paid_session(bench, amount=2400)
    made = bench.control("dispute", payment_intent=session.payment_intent, **words)
    return bench.api.disputes.retrieve(made["id"])


def test_a_dispute_withdraws_the_amount_and_a_fee(bench: Bench) -> None:
    dispute = a_dispute(bench)

    assert (dispute.amount, dispute.status, dispute.reason) == (2400, "needs_response", "fraudulent")
    assert bench.state()["totals"]["eur"] == {
        "captured": 2400, "refunded": 0, "disputed": 2400, "fees": 1561, "net": -1561
    }  # fmt: skip
    assert bench.event_types()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_a_disputed_charge_cannot_be_refunded(bench: Bench) -> None:
    dispute = a_dispute(bench)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        bench.api.refunds.create(params={"charge": str(dispute.charge)})

    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize(("status", "net"), [("won", 839), ("lost", -1561)])
def test_only_a_dispute_that_was_won_gives_the_amount_back(bench: Bench, status: str, net: int) -> None:
    dispute = a_dispute(bench)

    bench.control("close-dispute", dispute=dispute.id, status=status)

    assert bench.api.disputes.retrieve(dispute.id).status == status
    assert bench.state()["totals"]["eur"]["net"] == net
    assert bench.event_types()[-1] == "charge.dispute.closed"


def test_a_shop_that_gives_in_has_lost(bench: Bench) -> None:
    dispute = a_dispute(bench)

    assert bench.api.disputes.close(dispute.id).status == "lost"
    assert "already closed" in bench.refused("close-dispute", dispute=dispute.id, status="won")


def test_evidence_puts_a_dispute_under_review(bench: Bench) -> None:
    dispute = a_dispute(bench)

    answered = bench.api.disputes.update(
        dispute.id, params={"evidence": {"shipping_tracking_number": "RX123"}, "submit": True}
    )

    assert answered.status == "under_review"
    assert answered.evidence.shipping_tracking_number == "RX123"


@pytest.mark.parametrize(
    ("refunded", "asked", "disputed"),
    [(1400, {}, 1000), (1400, {"amount": 500}, 500), (1400, {"amount": 2400}, 2400), (2400, {}, 2400)],
)
def test_a_charge_is_disputed_in_part_or_whole_whatever_of_it_was_refunded(
    bench: Bench, refunded: int, asked: dict[str, int], disputed: int
) -> None:
    session = a_paid_session(bench, amount=2400)
    bench.api.refunds.create(params={"payment_intent": str(session.payment_intent), "amount": refunded})

    assert "cannot be disputed" in bench.refused(
        "dispute", payment_intent=session.payment_intent, amount=2401
    )
    made = bench.control("dispute", payment_intent=session.payment_intent, **asked)

    assert made["amount"] == disputed
    assert charge_of(bench, session).disputed
    assert "cannot be disputed" in bench.refused("dispute", payment_intent=session.payment_intent)


@pytest.mark.parametrize(("status", "refunded"), [("won", 2400), ("lost", 0)])
def test_a_charge_can_be_refunded_again_once_its_dispute_is_won(
    bench: Bench, status: str, refunded: int
) -> None:
    dispute = a_dispute(bench)
    bench.control("close-dispute", dispute=dispute.id, status=status)

    with nullcontext() if refunded else pytest.raises(stripe.InvalidRequestError):
        bench.api.refunds.create(params={"charge": str(dispute.charge)})

    assert bench.state()["totals"]["eur"]["refunded"] == refunded


def test_an_inquiry_takes_no_money_and_leaves_the_charge_refundable(bench: Bench) -> None:
    inquiry = a_dispute(bench, inquiry=True)

    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert inquiry.balance_transactions == []
    assert bench.api.refunds.create(params={"charge": str(inquiry.charge)}).status == "succeeded"
    bench.control("close-dispute", dispute=inquiry.id, status="warning_closed")
    assert bench.state()["totals"]["eur"]["disputed"] == 0


def test_an_inquiry_that_becomes_a_dispute_takes_the_money_then(bench: Bench) -> None:
    inquiry = a_dispute(bench, inquiry=True)

    bench.control("escalate-dispute", dispute=inquiry.id)

    assert bench.state()["totals"]["eur"]["disputed"] == 2400
    assert bench.event_types()[-1] == "charge.dispute.funds_withdrawn"
    assert "no inquiry" in bench.refused("escalate-dispute", dispute=inquiry.id)


@pytest.mark.parametrize(("is_inquiry", "status"), [(True, "won"), (False, "warning_closed")])
def test_a_dispute_does_not_end_as_an_inquiry_does(bench: Bench, is_inquiry: bool, status: str) -> None:
    dispute = a_dispute(bench, inquiry=is_inquiry)

    assert f"no {status}" in bench.refused("close-dispute", dispute=dispute.id, status=status)


def test_a_dispute_may_be_lost_in_part(bench: Bench) -> None:
    dispute = a_dispute(bench)

    bench.control("close-dispute", dispute=dispute.id, status="lost", reinstated=900)

    closed = bench.api.disputes.retrieve(dispute.id)
    assert (closed.status, [each.amount for each in closed.balance_transactions]) == ("lost", [-2400, 900])
    assert bench.event_types()[-2:] == ["charge.dispute.funds_reinstated", "charge.dispute.closed"]
    assert bench.state()["totals"]["eur"]["disputed"] == 1500


@pytest.mark.parametrize(("status", "reinstated"), [("lost", 2400), ("lost", -1), ("won", 1)])
def test_only_a_part_of_a_lost_dispute_comes_back_by_itself(
    bench: Bench, status: str, reinstated: int
) -> None:
    dispute = a_dispute(bench)

    assert "can be reinstated" in bench.refused(
        "close-dispute", dispute=dispute.id, status=status, reinstated=reinstated
    )
    assert bench.api.disputes.retrieve(dispute.id).status == "needs_response"
