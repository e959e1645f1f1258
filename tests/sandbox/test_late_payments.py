"""3-D Secure and methods that settle later."""

import pytest

from tests.sandbox.bench import SHOP, Bench
from tests.sandbox.builders import an_open_session, charge_of, intent_of

DEBIT = {"allowed_payment_method_types": ["card", "sepa_debit"]}


def test_3d_secure_leads_to_the_bank_and_back_to_the_shop(bench: Bench) -> None:
    session = an_open_session(bench)

    asked = bench.browser.post(f"/pay/{session.id}", data={"choice": "secure"})
    step = bench.browser.get(asked.location or "")
    passed = bench.browser.post(f"/pay/{session.id}/authenticate", data={"choice": "passed"})

    assert "Is this you?" in step.text
    assert passed.location == f"{SHOP}/return?session={session.id}"
    paid = bench.api.checkout.sessions.retrieve(session.id)
    details = charge_of(bench, paid).payment_method_details
    assert paid.payment_status == "paid"
    assert details is not None
    assert details.card is not None
    assert details.card.three_d_secure is not None
    assert details.card.three_d_secure.result == "authenticated"


def test_while_the_bank_asks_the_intent_requires_action(bench: Bench) -> None:
    session = an_open_session(bench)

    bench.browser.post(f"/pay/{session.id}", data={"choice": "secure"})

    asked = bench.api.checkout.sessions.retrieve(session.id)
    assert asked.status == "open"
    assert intent_of(bench, asked).status == "requires_action"
    assert bench.event_types()[-1] == "payment_intent.requires_action"


def test_a_refused_3d_secure_takes_nothing_and_may_be_tried_again(bench: Bench) -> None:
    session = an_open_session(bench)
    bench.browser.post(f"/pay/{session.id}", data={"choice": "secure"})

    back = bench.browser.post(f"/pay/{session.id}/authenticate", data={"choice": "failed"})

    assert "unable to authenticate" in bench.browser.get(back.location or "").text
    assert bench.api.charges.list().data == []
    assert bench.browser.post(f"/pay/{session.id}", data={"choice": "pay"}).location == (
        f"{SHOP}/return?session={session.id}"
    )


def test_3d_secure_cannot_be_passed_without_being_asked_for(bench: Bench) -> None:
    session = an_open_session(bench)

    answer = bench.browser.post(f"/pay/{session.id}/authenticate", data={"choice": "passed"})

    assert answer.status_code == 400
    assert bench.api.charges.list().data == []


def test_a_bank_debit_completes_the_session_unpaid(bench: Bench) -> None:
    session = an_open_session(bench, **DEBIT)

    answer = bench.browser.post(f"/pay/{session.id}", data={"choice": "later", "outcome": "succeeded"})

    done = bench.api.checkout.sessions.retrieve(session.id)
    assert answer.location == f"{SHOP}/return?session={session.id}"
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    assert intent_of(bench, done).status == "processing"
    assert charge_of(bench, done).status == "pending"
    assert bench.event_types()[-1] == "checkout.session.completed"
    assert bench.state()["totals"]["eur"]["captured"] == 0


@pytest.mark.parametrize(
    ("outcome", "payment_status", "intent_status", "event"),
    [
        ("succeeded", "paid", "succeeded", "checkout.session.async_payment_succeeded"),
        ("failed", "unpaid", "requires_payment_method", "checkout.session.async_payment_failed"),
    ],
)
def test_a_bank_debit_settles_by_itself(
    bench: Bench, outcome: str, payment_status: str, intent_status: str, event: str
) -> None:
    session = an_open_session(bench, **DEBIT)
    bench.browser.post(f"/pay/{session.id}", data={"choice": "later", "outcome": outcome})

    bench.clock.advance(10)

    done = bench.api.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == ("complete", payment_status)
    assert intent_of(bench, done).status == intent_status
    assert bench.event_types()[-1] == event


@pytest.mark.parametrize(("outcome", "captured"), [("succeeded", 2400), ("failed", 0)])
def test_a_bank_debit_settles_once(bench: Bench, outcome: str, captured: int) -> None:
    session = an_open_session(bench, **DEBIT)
    bench.control("pay", session=session.id, later="succeeded", after=60)
    bench.control("settle", session=session.id, outcome=outcome)

    bench.clock.advance(120)

    assert bench.state()["totals"]["eur"]["captured"] == captured
    assert "no late payment" in bench.refused("settle", session=session.id)


def test_a_session_that_names_no_way_to_pay_offers_all_of_its_currency(bench: Bench) -> None:
    assert an_open_session(bench).payment_method_types == ["card", "sepa_debit"]
    assert an_open_session(bench, currency="jpy").payment_method_types == ["card"]


def test_bank_debits_are_not_offered_where_the_shop_names_card_alone(bench: Bench) -> None:
    session = an_open_session(bench, allowed_payment_method_types=["card"])

    bench.browser.post(f"/pay/{session.id}", data={"choice": "later", "outcome": "succeeded"})

    assert 'value="later"' not in bench.browser.get(f"/pay/{session.id}").text
    assert bench.api.checkout.sessions.retrieve(session.id).status == "open"


def test_a_bank_debit_of_another_currency_is_not_offered(bench: Bench) -> None:
    session = an_open_session(bench, currency="usd", **DEBIT)

    assert session.payment_method_types == ["card"]
