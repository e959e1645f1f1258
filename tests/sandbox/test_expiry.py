"""Sessions that end without a payment."""

import pytest
import stripe

from tests.sandbox.bench import Bench
from tests.sandbox.builders import a_paid_session, an_open_session


def test_an_open_session_can_be_expired_once(bench: Bench) -> None:
    session = an_open_session(bench)

    expired = bench.api.checkout.sessions.expire(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        bench.api.checkout.sessions.expire(session.id)


def test_a_complete_session_cannot_be_expired(bench: Bench) -> None:
    session = a_paid_session(bench)

    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        bench.api.checkout.sessions.expire(session.id)


def test_an_expired_session_cannot_be_paid(bench: Bench) -> None:
    session = an_open_session(bench)
    bench.api.checkout.sessions.expire(session.id)

    assert "expired" in bench.refused("pay", session=session.id)


@pytest.mark.parametrize(("later", "status"), [(3599, "open"), (3600, "expired")])
def test_a_session_expires_by_itself_when_its_time_is_over(bench: Bench, later: int, status: str) -> None:
    session = an_open_session(bench, expires_at=int(bench.clock()) + 3600)

    bench.clock.advance(later)

    assert bench.api.checkout.sessions.retrieve(session.id).status == status
    assert bench.event_types(type="checkout.session.expired").count("checkout.session.expired") == (
        status == "expired"
    )


def test_expiry_cancels_the_intent_of_a_declined_payment(bench: Bench) -> None:
    session = an_open_session(bench)
    declined = bench.control("pay", session=session.id, decline="generic_decline")

    bench.api.checkout.sessions.expire(session.id)

    intent = bench.api.payment_intents.retrieve(declined["payment_intent"])
    assert (intent.status, intent.cancellation_reason) == ("canceled", "expired")
