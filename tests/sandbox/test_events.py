"""Events are listed as Stripe lists them: newest first, by page, type, time and delivery."""

import pytest
import stripe

from tests.sandbox.bench import Bench
from tests.sandbox.builders import a_paid_session, an_open_session

MONTH = 30 * 86_400


def test_pages_forwards_hold_every_event_once(bench: Bench) -> None:
    for _ in range(4):
        a_paid_session(bench)

    listed = list(bench.api.events.list(params={"limit": 3}).auto_paging_iter())

    assert len(listed) == len({event.id for event in listed}) == 16


def test_pages_backwards_end_where_they_began(bench: Bench) -> None:
    for _ in range(3):
        a_paid_session(bench)
    every = [event.id for event in bench.api.events.list(params={"limit": 100}).data]

    before = bench.api.events.list(params={"ending_before": every[7], "limit": 3})

    assert [event.id for event in before.data] == every[4:7]
    assert before.has_more


def test_the_last_page_says_so(bench: Bench) -> None:
    a_paid_session(bench)

    assert not bench.api.events.list(params={"limit": 4}).has_more
    assert bench.api.events.list(params={"limit": 3}).has_more


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_page_has_one_to_a_hundred_rows(bench: Bench, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        bench.api.events.list(params={"limit": limit})

    assert refused.value.param == "limit"


def test_a_cursor_that_is_nobodys_is_refused(bench: Bench) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        bench.api.events.list(params={"starting_after": "evt_nobody"})

    assert refused.value.param == "starting_after"


@pytest.mark.parametrize(
    ("params", "types"),
    [
        ({"type": "charge.succeeded"}, ["charge.succeeded"]),
        ({"type": "payment_intent.*"}, ["payment_intent.created", "payment_intent.succeeded"]),
        ({"types": ["charge.succeeded", "checkout.session.completed"]},
         ["charge.succeeded", "checkout.session.completed"]),
        ({"type": "invoice.paid"}, []),
    ],
)  # fmt: skip
def test_events_are_found_by_type(bench: Bench, params: dict[str, object], types: list[str]) -> None:
    a_paid_session(bench)

    assert bench.event_types(**params) == types


@pytest.mark.parametrize(("sign", "count"), [("gte", 2), ("gt", 1), ("lte", 2), ("lt", 1)])
def test_events_are_found_by_time(bench: Bench, sign: str, count: int) -> None:
    moments = []
    for _ in range(3):
        moments.append(int(bench.clock()))
        bench.api.checkout.sessions.expire(an_open_session(bench).id)
        bench.clock.advance(60)

    assert len(bench.event_types(created={sign: moments[1]})) == count


def test_events_are_read_back_for_thirty_days(bench: Bench) -> None:
    a_paid_session(bench)

    bench.clock.advance(MONTH)
    assert len(bench.event_types()) == 4
    bench.clock.advance(1)
    assert bench.event_types() == []


def test_events_are_found_by_whether_they_were_delivered(bench: Bench) -> None:
    a_paid_session(bench)
    bench.sandbox.deliver_due()
    bench.endpoint.status = 500
    bench.api.checkout.sessions.expire(an_open_session(bench).id)
    bench.sandbox.deliver_due()

    assert bench.event_types(delivery_success=False) == ["checkout.session.expired"]
    assert len(bench.event_types(delivery_success=True)) == 4


def test_an_event_counts_the_deliveries_it_waits_for(bench: Bench) -> None:
    bench.control("deliveries", copies=3)
    bench.api.checkout.sessions.expire(an_open_session(bench).id)
    event = bench.api.events.list().data[0]

    bench.sandbox.deliver_due()

    assert event.pending_webhooks == 3
    assert bench.api.events.retrieve(event.id).pending_webhooks == 0
