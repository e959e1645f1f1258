"""Webhooks: signed as Stripe signs, tried until taken, and made to go wrong on request."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import stripe
from werkzeug.wrappers import Request, Response

from storefront.sandbox.app import create_sandbox
from storefront.sandbox.transport import InProcess
from tests.sandbox.bench import KEY, SHOP, WEBHOOK_SECRET, Bench
from tests.sandbox.builders import a_paid_session, an_open_session, session_params
from tests.servers.loopback import LoopbackServer


def an_event(bench: Bench) -> str:
    """The id of the one event of an expired session."""
    bench.api.checkout.sessions.expire(an_open_session(bench).id)
    return bench.api.events.list().data[0].id


def test_a_delivery_is_signed_as_the_library_verifies(bench: Bench) -> None:
    id = an_event(bench)

    bench.sandbox.deliver_due()

    body, headers = bench.endpoint.received[0]
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], WEBHOOK_SECRET)
    assert (event.id, event.type, event.livemode) == (id, "checkout.session.expired", False)


def test_a_changed_body_or_another_secret_is_not_verified(bench: Bench) -> None:
    an_event(bench)
    bench.sandbox.deliver_due()
    body, headers = bench.endpoint.received[0]

    for text, secret in [(body.replace(b"1042", b"1043"), WEBHOOK_SECRET), (body, "whsec_other")]:
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(text, headers["Stripe-Signature"], secret)


def test_a_taken_event_is_delivered_once(bench: Bench) -> None:
    an_event(bench)

    assert [bench.sandbox.deliver_due(), bench.sandbox.deliver_due()] == [1, 0]


@pytest.mark.parametrize(("failures", "wait"), [(1, 1), (2, 2), (3, 4), (4, 8), (20, 3600)])
def test_a_refused_event_is_tried_again_after_ever_longer_waits(
    bench: Bench, failures: int, wait: int
) -> None:
    an_event(bench)
    bench.endpoint.status = 500
    for _ in range(failures):
        bench.sandbox.deliver_due(force=True)
    bench.endpoint.status = 200

    bench.clock.advance(wait - 0.5)
    early = bench.sandbox.deliver_due()
    bench.clock.advance(0.5)

    assert (early, bench.sandbox.deliver_due()) == (0, 1)
    assert bench.state()["deliveries"]["delivered"] == 1


def test_a_delivery_is_given_up_after_three_days(bench: Bench) -> None:
    an_event(bench)
    bench.endpoint.status = 500

    for _ in range(80):
        bench.sandbox.deliver_due()
        bench.clock.advance(3600)

    assert bench.state()["deliveries"]["failed"] == 1
    assert bench.event_types(delivery_success=False) == ["checkout.session.expired"]


def test_copies_are_delivered_each(bench: Bench) -> None:
    bench.control("deliveries", copies=5)
    an_event(bench)

    bench.sandbox.deliver_due()

    assert bench.endpoint.types == ["checkout.session.expired"] * 5


def test_a_dropped_event_is_never_delivered_but_is_listed(bench: Bench) -> None:
    bench.control("deliveries", drop=1)
    dropped = an_event(bench)
    an_event(bench)

    bench.sandbox.deliver_due(force=True)

    assert len(bench.endpoint.received) == 1
    assert [event.id for event in bench.api.events.list(params={"delivery_success": False}).data] == [dropped]


def test_a_delayed_event_comes_when_its_time_has_come(bench: Bench) -> None:
    bench.control("deliveries", delay=30)
    an_event(bench)

    assert bench.sandbox.deliver_due() == 0
    bench.clock.advance(30)
    assert bench.sandbox.deliver_due() == 1


def test_a_shuffled_queue_loses_nothing(bench: Bench) -> None:
    bench.control("deliveries", shuffle=10)
    for _ in range(5):
        a_paid_session(bench)

    bench.sandbox.deliver_due(force=True)

    told = [json.loads(body)["id"] for body, _ in bench.endpoint.received]
    made = [event.id for event in bench.api.events.list(params={"limit": 100}).data]
    assert sorted(told) == sorted(made)
    assert told != made[::-1]


def test_a_paused_queue_waits(bench: Bench) -> None:
    bench.control("deliveries", paused=True)
    an_event(bench)
    assert bench.sandbox.deliver_due() == 0

    bench.control("clear")

    assert bench.sandbox.deliver_due() == 1


def test_an_event_can_be_delivered_again(bench: Bench) -> None:
    id = an_event(bench)
    bench.sandbox.deliver_due()

    bench.control("redeliver", event=id, copies=2)
    bench.control("deliver")

    assert len(bench.endpoint.received) == 3


@pytest.fixture
def receiver(serve: Callable[..., LoopbackServer]) -> tuple[str, list[int], threading.Event]:
    """An endpoint on a socket that answers 500, then 200; its URL, the answers given, and "taken"."""
    answers: list[int] = []
    taken = threading.Event()

    @Request.application
    def endpoint(request: Request) -> Response:
        stripe.Webhook.construct_event(
            request.get_data(), request.headers["Stripe-Signature"], WEBHOOK_SECRET
        )
        answers.append(200 if answers else 500)
        if answers[-1] == 200:
            taken.set()
        return Response(status=answers[-1])

    return serve(endpoint).url, answers, taken


def test_the_background_courier_tries_again_after_a_500(
    receiver: tuple[str, list[int], threading.Event], tmp_path: Path
) -> None:
    url, answers, taken = receiver
    sandbox = create_sandbox(
        tmp_path / "sandbox.db",
        secret_key=KEY,
        webhook_url=f"{url}/webhooks/stripe",
        webhook_secret=WEBHOOK_SECRET,
        shop_origins=[SHOP],
    )
    with closing(sandbox):
        client = stripe.StripeClient(KEY, http_client=InProcess(sandbox)).v1
        session = client.checkout.sessions.create(params=session_params())
        client.checkout.sessions.expire(session.id)

        assert taken.wait(10)

    assert answers == [500, 200]
