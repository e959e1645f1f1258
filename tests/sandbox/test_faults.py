"""The control endpoint: answers that go wrong, a past that can be made, and who may ask for it."""

import time
from typing import Any

import pytest
import stripe

from tests.sandbox.bench import KEY, Bench
from tests.sandbox.builders import a_paid_session, an_open_session, charge_of, session_params

YEAR = 365 * 86_400


@pytest.mark.parametrize(
    ("status", "error"), [(500, stripe.APIError), (429, stripe.RateLimitError), (503, stripe.APIError)]
)
def test_the_next_calls_are_answered_with_an_error_and_do_nothing(
    bench: Bench, status: int, error: type[stripe.StripeError]
) -> None:
    bench.control("answer", status=status, times=2)

    for _ in range(2):
        with pytest.raises(error):
            an_open_session(bench)

    assert an_open_session(bench).status == "open"
    assert len(bench.state()["sessions"]) == 1


def test_a_fault_strikes_only_the_calls_it_is_for(bench: Bench) -> None:
    bench.control("answer", status=500, on="POST /v1/refunds")

    session = a_paid_session(bench)

    with pytest.raises(stripe.APIError):
        bench.api.refunds.create(params={"payment_intent": str(session.payment_intent)})


def test_a_lost_answer_comes_after_the_work_was_done(bench: Bench) -> None:
    bench.control("lose", how="close")
    with pytest.raises(stripe.APIConnectionError):
        bench.api.checkout.sessions.create(params=session_params(), options={"idempotency_key": "attempt-1"})

    again = bench.api.checkout.sessions.create(
        params=session_params(), options={"idempotency_key": "attempt-1"}
    )

    assert [session["id"] for session in bench.state()["sessions"]] == [again.id]


def test_a_500_after_the_work_stays_the_answer_for_its_key(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)
    bench.control("lose", how="500")

    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            bench.api.refunds.create(
                params={"payment_intent": str(session.payment_intent), "metadata": {"refund": "9"}},
                options={"idempotency_key": "refund-9"},
            )
        assert broken.value.http_status == 500

    assert charge_of(bench, session).amount_refunded == 2400
    assert [refund["metadata"] for refund in bench.state()["refunds"]] == [{"refund": "9"}]


def test_a_slow_answer_comes_late(bench: Bench) -> None:
    bench.control("slow", seconds=0.2)

    began = time.monotonic()
    an_open_session(bench)

    assert time.monotonic() - began >= 0.2


def test_clear_lets_everything_go_well_again(bench: Bench) -> None:
    bench.control("answer", status=500, times=100)
    bench.control("refunds", status="failed", times=100)
    bench.control("created", created=1_700_000_000)

    bench.control("clear")

    session = a_paid_session(bench)
    assert session.created == int(bench.clock())
    assert (
        bench.api.refunds.create(params={"payment_intent": str(session.payment_intent)}).status == "succeeded"
    )


def test_a_past_can_be_made(bench: Bench) -> None:
    then = int(bench.clock()) - YEAR
    bench.control("created", created=then)
    session = an_open_session(bench, expires_at=then + 3600)
    bench.control("pay", session=session.id, created=then + 120)
    bench.control("created", created=None)

    paid = bench.api.checkout.sessions.retrieve(session.id)

    charge = charge_of(bench, paid)
    assert (paid.created, paid.payment_status) == (then, "paid")
    assert charge.created == then + 120
    movement = bench.api.balance_transactions.retrieve(str(charge.balance_transaction))
    assert movement.created == then + 120


def test_a_year_of_payments_is_made_in_one_go_and_nobody_is_told(bench: Bench) -> None:
    then = int(bench.clock()) - YEAR
    entries: list[dict[str, Any]] = [
        {
            "created": then + day * 86_400,
            "amount": 1000 + day,
            "currency": "eur",
            "client_reference_id": str(1000 + day),
            "metadata": {"order": str(1000 + day)},
            "refunds": [{"created": then + (day + 3) * 86_400, "amount": 100, "metadata": {"refund": "1"}}],
        }
        for day in range(20)
    ]

    made = bench.control("past", payments=entries)["payments"]

    session = bench.api.checkout.sessions.retrieve(made[7]["session"])
    refund = bench.api.refunds.retrieve(made[7]["refunds"][0])
    assert (session.created, session.amount_total, session.payment_status) == (
        then + 7 * 86_400,
        1007,
        "paid",
    )
    assert (refund.created, refund.charge) == (then + 10 * 86_400, made[7]["charge"])
    assert bench.state()["totals"]["eur"]["captured"] == sum(entry["amount"] for entry in entries)
    assert bench.sandbox.deliver_due(force=True) == 0


@pytest.mark.parametrize(
    "entry",
    [{}, {"created": 1, "amount": "2", "currency": "eur"}, {"created": 1, "amount": 2, "currency": "eur"}, 7],
)
def test_a_past_that_cannot_be_is_refused_whole(bench: Bench, entry: object) -> None:
    good = {"created": 1_700_000_000, "amount": 2400, "currency": "eur"}

    bench.refused("past", payments=[good, entry])

    assert bench.state()["sessions"] == []


def test_silent_deliveries_are_owed_to_nobody(bench: Bench) -> None:
    bench.control("deliveries", silent=True)
    a_paid_session(bench)

    assert bench.sandbox.deliver_due(force=True) == 0
    assert bench.event_types(delivery_success=False) == []


def test_dropped_deliveries_can_be_let_go_after_all(bench: Bench) -> None:
    bench.control("deliveries", drop=-1)
    a_paid_session(bench)

    assert bench.control("deliver") == {"attempts": 0}
    assert bench.control("deliver", dropped=True) == {"attempts": 4}


def test_the_books_add_up_per_currency(bench: Bench) -> None:
    a_paid_session(bench, amount=2400, currency="eur")
    pounds = a_paid_session(bench, amount=1000, currency="gbp")
    bench.api.refunds.create(params={"payment_intent": str(pounds.payment_intent), "amount": 300})

    assert bench.state()["totals"] == {
        "eur": {"captured": 2400, "refunded": 0, "disputed": 0, "fees": 61, "net": 2339},
        "gbp": {"captured": 1000, "refunded": 300, "disputed": 0, "fees": 40, "net": 660},
    }


@pytest.mark.parametrize(
    ("verb", "words", "message"),
    [
        ("answer", {"status": 200}, "between 400 and 599"),
        ("answer", {"times": "many"}, "times must be of type int"),
        ("explode", {}, "no verb explode"),
        ("pay", {}, "Missing required param: session"),
        ("pay", {"session": "cs_nobody"}, "No such checkout.session"),
        ("refunds", {"status": "lost"}, "status must be one of"),
    ],
)
def test_strange_words_are_refused(bench: Bench, verb: str, words: dict[str, object], message: str) -> None:
    assert message in bench.refused(verb, **words)


@pytest.mark.parametrize(
    ("address", "key", "status"),
    [
        ("127.0.0.1", KEY, 200),
        ("::1", KEY, 200),
        ("127.0.0.1", "sk_test_sandbox_other", 401),
        ("192.0.2.7", KEY, 404),
    ],
)
def test_only_this_machine_with_the_key_may_ask(bench: Bench, address: str, key: str, status: int) -> None:
    answer = bench.browser.get(
        "/_control/state",
        headers={"Authorization": f"Bearer {key}"},
        environ_base={"REMOTE_ADDR": address},
    )

    assert answer.status_code == status
