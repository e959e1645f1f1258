"""Refunds that people decide: by line, once per form, by two people above an amount, tried again when they fail."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.audit import AuditDetail, history
from storefront.catalogue.models import StockMovement
from storefront.checkout.actions import Placed
from storefront.database import session
from storefront.errors import NotFound, PaymentUnavailable, Refused
from storefront.orders.disputes import Disputed
from storefront.orders.refund import RefundState
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import (
    SamePerson,
    approve_refund,
    decline_refund,
    retry_as_credit,
    retry_refund,
    set_refund_aside,
)
from storefront.refunds.models import RefundNote
from storefront.refunds.queries import refundable
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, ledger, mails, on_hand, whole_database
from tests.builders.orders import the_refunds
from tests.builders.payments import order, refund, the_intent
from tests.builders.refunds import (
    INES,
    OMAR,
    a_paid_basket,
    ask_back,
    everything,
    parts,
    some_money,
    some_pieces,
)
from tests.servers.stripe import StripeStandIn

Make = Callable[..., Flask]


class Crash(Exception):
    """The process ends here."""


@pytest.fixture
def watched(make_app: Make, sandbox: StripeStandIn) -> Any:
    """A shop in which one person alone may give back 10.00 of an order."""
    shop = make_app(refund_alone_up_to="10", **sandbox.settings)
    with shop.app_context():
        yield shop


def shelf(placed: Placed, line: int = 0) -> int | None:
    variant_id = refundable(placed.order_id).lines[line].variant_id
    pieces = on_hand(variant_id)
    session().rollback()
    return pieces


def restocked(refund_id: str) -> list[tuple[str, int]]:
    mine = sa.select(StockMovement).where(StockMovement.reference == f"refund:{refund_id}")
    return [(str(each.cause), each.delta) for each in session().scalars(mine)]


def fails(sandbox: StripeStandIn, placed: Placed, wanted: Any) -> str:
    """The id of a refund that the bank refused."""
    refund_id = ask_back(placed, wanted)
    sandbox.control("refunds", status="failed")
    send_refund(refund_id)
    return refund_id


def test_pieces_and_shipping_go_back_with_what_they_came_to(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (333, 3), (1000, 1), shipping_minor=490)

    refund_id = ask_back(placed, some_pieces(placed, 2, 0, shipping=everything(placed).shipping))
    send_refund(refund_id)

    made = refund(refund_id)
    assert (made.amount_minor, made.shipping_minor, made.state) == (666 + 490, 490, RefundState.SETTLED)
    assert (made.requested_by, made.decided_by) == ("7", "7")
    assert parts(refund_id) == [(2, 666, 0)]
    assert ledger(placed.order_id) == [("capture", 2489), ("refund", -1156)]
    assert ("refund_paid", "mara@example.org") in mails()
    assert prove() == []


def test_a_form_sent_again_is_one_refund(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    key = "0" * 32
    first = ask_back(placed, some_pieces(placed, 1, restock=True), form_key=key)
    before = whole_database()

    again = ask_back(placed, some_pieces(placed, 2), form_key=key)

    assert again == first
    assert changed_tables(before, whole_database()) == {}


def test_a_refund_that_fails_halfway_leaves_nothing(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    wanted = some_pieces(placed, 1, restock=True)
    before = whole_database()
    monkeypatch.setattr(jobs, "enqueue", crash)

    with pytest.raises(Crash):
        ask_back(placed, wanted)

    assert changed_tables(before, whole_database()) == {}
    monkeypatch.undo()
    assert refund(ask_back(placed, wanted)).state == RefundState.APPROVED
    assert shelf(placed) == 8


def crash(*_args: Any, **_kwargs: Any) -> None:
    raise Crash


def test_pieces_go_on_the_shelf_once_when_the_refund_is_approved(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))

    refund_id = ask_back(placed, some_pieces(placed, 2, restock=True))
    for _again in range(2):
        send_refund(refund_id)

    assert restocked(refund_id) == [("restock", 2)]
    assert shelf(placed) == 9
    assert prove() == []


def test_the_shelf_never_gets_more_than_was_ordered(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 2))
    failed = fails(sandbox, placed, some_pieces(placed, 2, restock=True))

    again = ask_back(placed, some_pieces(placed, 2, restock=True))

    assert (restocked(failed), restocked(again), shelf(placed)) == ([("restock", 2)], [], 10)


@pytest.mark.parametrize("alone", ["9.99", "10"])
def test_up_to_the_amount_one_person_is_enough(watched: Flask, sandbox: StripeStandIn, alone: str) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))

    refund_id = ask_back(placed, some_money(int(float(alone) * 100)))

    assert refund(refund_id).state == RefundState.APPROVED


def test_above_the_amount_it_waits_for_another_person(
    watched: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))

    refund_id = ask_back(placed, some_pieces(placed, 1, restock=True))
    send_refund(refund_id)

    waiting = refund(refund_id)
    assert (waiting.state, waiting.decided_by) == (RefundState.REQUESTED, None)
    assert (order(placed).refunded_minor, shelf(placed), sandbox.state()["refunds"]) == (2400, 9, [])
    assert prove() == []


def test_many_small_refunds_count_together(watched: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))
    made = [refund(ask_back(placed, some_money(500), by=by)).state for by in (INES, OMAR, INES)]

    assert made == [RefundState.APPROVED, RefundState.APPROVED, RefundState.REQUESTED]


def test_another_person_lets_it_go_once(watched: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))
    refund_id = ask_back(placed, some_pieces(placed, 1, restock=True))

    for _again in range(2):
        approve_refund(refund_id, by=OMAR)
    send_refund(refund_id)

    made = refund(refund_id)
    assert (made.state, made.requested_by, made.decided_by) == (RefundState.SETTLED, "7", "8")
    assert (restocked(refund_id), shelf(placed)) == ([("restock", 1)], 10)
    assert ledger(placed.order_id) == [("capture", 2400), ("refund", -2400)]
    assert prove() == []


def test_who_asked_cannot_approve(watched: Flask, sandbox: StripeStandIn) -> None:
    refund_id = ask_back(a_paid_basket(sandbox, (2400, 1)), some_money(2400))
    before = whole_database()

    with pytest.raises(SamePerson):
        approve_refund(refund_id, by=INES)

    assert changed_tables(before, whole_database()) == {}


def test_an_approval_that_fails_halfway_leaves_it_waiting(
    watched: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))
    refund_id = ask_back(placed, some_pieces(placed, 1, restock=True))
    before = whole_database()
    monkeypatch.setattr(jobs, "enqueue", crash)

    with pytest.raises(Crash):
        approve_refund(refund_id, by=OMAR)

    assert changed_tables(before, whole_database()) == {}


def test_what_is_declined_frees_its_amount_and_puts_nothing_on_the_shelf(
    watched: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))
    refund_id = ask_back(placed, some_pieces(placed, 1, restock=True))

    for _again in range(2):
        decline_refund(refund_id, why="The kit was never sent back.", by=OMAR)

    assert (refund(refund_id).state, order(placed).refunded_minor, shelf(placed)) == ("declined", 0, 9)
    (note,) = session().scalars(sa.select(RefundNote))
    assert (note.kind, note.text) == ("declined", "The kit was never sent back.")
    with pytest.raises(Refused, match="declined before"):
        approve_refund(refund_id, by=OMAR)
    assert refundable(placed.order_id).lines[0].left == 1
    session().rollback()
    assert prove() == []


def test_what_was_approved_cannot_be_declined(inside: Flask, sandbox: StripeStandIn) -> None:
    refund_id = ask_back(a_paid_basket(sandbox, (2400, 1)), some_money(100))

    with pytest.raises(Refused, match="approved before"):
        decline_refund(refund_id, why="No.", by=OMAR)


def test_declining_needs_a_reason(watched: Flask, sandbox: StripeStandIn) -> None:
    refund_id = ask_back(a_paid_basket(sandbox, (2400, 1)), some_money(2400))

    with pytest.raises(Refused, match="Say why"):
        decline_refund(refund_id, why="", by=OMAR)


def test_a_dispute_blocks_asking_and_approving_with_its_reason(
    watched: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))
    refund_id = ask_back(placed, some_money(2000))
    sandbox.control("dispute", payment_intent=the_intent(placed.attempt_id))
    reconcile()

    with pytest.raises(Refused, match="disputed"):
        ask_back(placed, some_money(100))
    with pytest.raises(Disputed, match="disputed"):
        approve_refund(refund_id, by=OMAR)

    assert refund(refund_id).state == RefundState.REQUESTED


def test_what_failed_is_tried_again_once_under_another_key(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 2))
    failed = fails(sandbox, placed, some_pieces(placed, 1, restock=True))

    again = {retry_refund(failed, by=OMAR) for _click in range(2)}
    (anew,) = again
    send_refund(anew)

    assert anew != failed
    assert (refund(anew).state, refund(anew).retry_of) == (RefundState.SETTLED, failed)
    assert (parts(anew), shelf(placed)) == ([(1, 1000, 0)], 9)
    assert order(placed).refunded_minor == 1000
    assert prove() == []


@pytest.mark.parametrize(
    ("first", "then"), [(retry_refund, retry_as_credit), (retry_as_credit, retry_refund)]
)
def test_what_was_tried_again_in_one_way_is_not_said_to_go_in_the_other(
    inside: Flask, sandbox: StripeStandIn, first: Callable[..., str], then: Callable[..., str]
) -> None:
    placed = a_paid_basket(sandbox, (1000, 2))
    failed = fails(sandbox, placed, some_pieces(placed, 1))
    anew = first(failed, by=OMAR)
    before = whole_database()

    with pytest.raises(Refused, match="tried again before"):
        then(failed, by=INES)

    assert (first(failed, by=INES), changed_tables(before, whole_database())) == (anew, {})


def test_a_refund_that_came_back_days_later_is_tried_again(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 1))
    refund_id = ask_back(placed, everything(placed))
    send_refund(refund_id)
    sandbox.control("refund-status", refund=refund(refund_id).stripe_refund_id, status="failed")
    session().rollback()
    reconcile()

    send_refund(retry_refund(refund_id, by=INES))

    assert [kind for kind, _minor in ledger(placed.order_id)] == [
        "capture",
        "refund",
        "refund_returned",
        "refund",
    ]
    assert prove() == []


def test_what_was_given_back_otherwise_meanwhile_cannot_be_tried_again(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 1))
    failed = fails(sandbox, placed, everything(placed))
    ask_back(placed, everything(placed))

    with pytest.raises(Refused, match="more than what is left"):
        retry_refund(failed, by=INES)


def test_what_has_not_failed_is_neither_tried_again_nor_set_aside(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    refund_id = ask_back(a_paid_basket(sandbox, (1000, 1)), some_money(100))

    with pytest.raises(Refused, match="has not failed"):
        retry_refund(refund_id, by=INES)
    with pytest.raises(Refused, match="has not failed"):
        set_refund_aside(refund_id, why="By bank transfer.", by=INES)


def test_a_failed_refund_seen_to_otherwise_is_not_tried_again(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 1))
    failed = fails(sandbox, placed, everything(placed))

    for _again in range(2):
        set_refund_aside(failed, why="By bank transfer.", by=INES)

    with pytest.raises(Refused, match="another way"):
        retry_refund(failed, by=INES)
    assert prove() == []


def test_a_refund_whose_answer_is_lost_is_neither_failed_nor_sent_twice(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 2))
    refund_id = ask_back(placed, some_pieces(placed, 1, restock=True))
    sandbox.control("lose", how="close", on="POST /v1/refunds")
    with pytest.raises(PaymentUnavailable):
        send_refund(refund_id)

    reconcile()

    assert [each["amount"] for each in sandbox.state()["refunds"]] == [1000]
    assert (refund(refund_id).state, shelf(placed)) == (RefundState.SETTLED, 9)
    assert prove() == []


def test_nothing_of_another_order_can_go_back(inside: Flask, sandbox: StripeStandIn) -> None:
    mine, other = (a_paid_basket(sandbox, (1000, 1)) for _order in range(2))
    before = whole_database()

    with pytest.raises(Refused, match="not of this order"):
        ask_back(mine, some_pieces(other, 1))

    assert changed_tables(before, whole_database()) == {}


def test_an_order_that_nobody_paid_or_knows_gives_nothing_back(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 1))
    ask_back(placed, everything(placed))

    with pytest.raises(Refused, match="has gone back"):
        ask_back(placed, some_money(1))
    with pytest.raises(NotFound):
        ask_back(Placed(999, "att_x"), some_money(1))


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"reason": "because"}, "one of the reasons"),
        ({"note": "x" * 1001}, "at most"),
        ({"form_key": "short"}, "not complete"),
    ],
)
def test_words_that_no_form_sends_are_refused(
    inside: Flask, sandbox: StripeStandIn, words: dict[str, str], problem: str
) -> None:
    placed = a_paid_basket(sandbox, (1000, 1))

    with pytest.raises(Refused, match=problem):
        ask_back(placed, some_money(1), **words)  # type: ignore[arg-type]


def test_who_did_it_and_why_is_recorded(watched: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))
    refund_id = ask_back(placed, some_money(2400), note="Came broken.")
    approve_refund(refund_id, by=OMAR)

    told = [
        (entry.verb, entry.actor_kind, entry.actor_id, entry.code)
        for entry in history(("order", placed.order_id))
        if entry.verb.startswith("refund")
    ]
    assert told == [
        ("refund.requested", "staff", "7", "damaged"),
        ("refund.approved", "staff", "8", "damaged"),
    ]
    amounts = sa.select(AuditDetail.after).where(AuditDetail.name == "amount")
    assert set(session().scalars(amounts)) == {"24.00 EUR"}


@pytest.mark.parametrize(
    ("currency", "price", "splits"),
    [
        ("JPY", 333, [[1, 0], [0, 2], [2, 1]]),
        ("EUR", 333, [[2, 1], [0, 1], [1, 1]]),
        ("KWD", 3330, [[1, 1], [1, 1], [1, 1]]),
    ],
)
def test_lines_given_back_in_parts_end_at_the_last_unit(
    make_app: Make, sandbox: StripeStandIn, currency: str, price: int, splits: list[list[int]]
) -> None:
    shop = make_app(currency=currency, **sandbox.settings)
    with shop.app_context():
        placed = a_paid_basket(sandbox, (price, 3), (price * 2, 3))

        for split in splits:
            send_refund(ask_back(placed, some_pieces(placed, *split)))

        assert order(placed).refundable.minor == 0
        assert {each.state for each in the_refunds(placed.order_id)} == {RefundState.SETTLED}
        assert prove() == []
