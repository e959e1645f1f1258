"""Idempotency keys: the same request has one effect and one answer."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import stripe
from stripe.checkout import Session

from storefront.sandbox import answers as stored_answers
from tests.sandbox.bench import Bench
from tests.sandbox.builders import a_paid_session, session_params

DAY = 24 * 3600


def create(bench: Bench, key: str, **changes: Any) -> Session:
    return bench.api.checkout.sessions.create(
        params=session_params(**changes), options={"idempotency_key": key}
    )


def headers(session: Session) -> Mapping[str, str]:
    assert session.last_response is not None
    return session.last_response.headers


def sessions(bench: Bench) -> int:
    return len(bench.api.checkout.sessions.list(params={"limit": 100}).data)


def test_the_same_key_and_parameters_get_the_stored_answer(bench: Bench) -> None:
    first = create(bench, "attempt-1")

    again = create(bench, "attempt-1")

    assert again.id == first.id
    assert sessions(bench) == 1
    assert headers(again)["Idempotent-Replayed"] == "true"
    assert headers(again)["Original-Request"] == headers(first)["Request-Id"]
    assert "Idempotent-Replayed" not in headers(first)


def test_another_key_is_another_request(bench: Bench) -> None:
    assert create(bench, "attempt-1").id != create(bench, "attempt-2").id


def test_the_same_key_with_other_parameters_is_an_idempotency_error(bench: Bench) -> None:
    create(bench, "attempt-1", amount=2400)

    with pytest.raises(stripe.IdempotencyError) as refused:
        create(bench, "attempt-1", amount=100)

    assert refused.value.http_status == 400
    assert sessions(bench) == 1


def test_the_same_key_for_another_endpoint_is_an_idempotency_error(bench: Bench) -> None:
    session = create(bench, "attempt-1")

    with pytest.raises(stripe.IdempotencyError):
        bench.api.checkout.sessions.expire(session.id, options={"idempotency_key": "attempt-1"})


@pytest.mark.parametrize(("age", "count"), [(DAY - 1, 1), (DAY, 2)])
def test_a_key_is_forgotten_after_a_day(bench: Bench, age: int, count: int) -> None:
    expires_at = int(bench.clock()) + DAY
    create(bench, "attempt-1", expires_at=None)

    bench.clock.advance(age)
    create(bench, "attempt-1", expires_at=None)

    assert sessions(bench) == count
    assert expires_at <= bench.clock() + DAY


def test_a_refused_refund_is_stored_and_refused_again(bench: Bench) -> None:
    session = a_paid_session(bench, amount=2400)
    params = {"payment_intent": session.payment_intent, "amount": 2401}

    answers = []
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            bench.api.refunds.create(params=params, options={"idempotency_key": "refund-1"})  # type: ignore[arg-type]
        answers.append(refused.value)

    assert answers[0].http_body == answers[1].http_body
    assert answers[1].headers is not None
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_a_mistyped_request_is_not_stored(bench: Bench) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(bench, "attempt-1", colour="red")

    assert create(bench, "attempt-1").status == "open"


def test_a_500_is_stored_and_given_again(bench: Bench) -> None:
    bench.control("answer", status=500)

    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            create(bench, "attempt-1")
        assert broken.value.http_status == 500

    assert sessions(bench) == 0


def test_a_429_is_not_stored(bench: Bench) -> None:
    bench.control("answer", status=429)
    with pytest.raises(stripe.RateLimitError):
        create(bench, "attempt-1")

    assert create(bench, "attempt-1").status == "open"


@pytest.mark.parametrize(("keys", "count"), [(1, 1), (20, 20)])
def test_twenty_at_once_make_as_many_sessions_as_there_are_keys(bench: Bench, keys: int, count: int) -> None:
    together = Barrier(20)

    def one(place: int) -> str:
        together.wait()
        return create(bench, f"attempt-{place % keys}").id

    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(one, range(20)))

    assert len(ids) == sessions(bench) == count


def test_without_stored_answers_one_key_makes_twenty_sessions(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_answers, "find", lambda *_, **__: None)
    monkeypatch.setattr(stored_answers, "keep", lambda *_, **__: None)

    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(lambda _: create(bench, "attempt-1").id, range(20)))

    assert len(ids) == sessions(bench) == 20


def test_twenty_refunds_at_once_never_exceed_the_charge(bench: Bench) -> None:
    session = a_paid_session(bench, amount=1000)
    together = Barrier(20)

    def one(place: int) -> bool:
        together.wait()
        try:
            bench.api.refunds.create(params={"payment_intent": str(session.payment_intent), "amount": 300})
        except stripe.InvalidRequestError:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(one, range(20)))

    assert done.count(True) == 3
    assert bench.state()["totals"]["eur"]["refunded"] == 900
