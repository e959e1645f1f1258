"""Return requests from the first form to the last cent: what the policy says of itself, what people decide, and what
is refused with a sentence and changes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.audit import history
from storefront.catalogue.models import StockMovement
from storefront.checkout.actions import Placed
from storefront.checkout.cancelling import cancel_order
from storefront.database import release, session
from storefront.errors import Refused
from storefront.orders.disputes import Disputed
from storefront.orders.refund import Refund, RefundState
from storefront.policies.rules import Rule
from storefront.refunds.actions import send_refund
from storefront.refunds.asking import Changed, NotCovered, Sent, preview_return, request_return
from storefront.refunds.deciding import approve_refund, decline_refund, retry_refund
from storefront.refunds.judging import (
    Came,
    approve_return,
    approve_without_goods,
    decline_return,
    end_return,
    receive_goods,
    refund_return,
)
from storefront.refunds.returns import Ground, Verdict
from storefront.refunds.weighing import Asked
from storefront.refunds.words import FAULTS
from storefront.reports.prove import prove
from tests.books import changed_tables, ledger, mails, on_hand, whole_database
from tests.builders.orders import a_dispute, an_order, the_order, the_refunds
from tests.builders.refunds import (
    INES,
    OMAR,
    a_paid_basket,
    ask_back,
    line_ids,
    parts,
    some_pieces,
)
from tests.builders.returns import (
    MARA,
    a_return,
    all_came,
    asked,
    asked_back,
    delivered,
    sold_under,
    the_return,
    the_state,
)
from tests.builders.shipments import a_shipment
from tests.policies.documents import a_method, a_zone
from tests.servers.stripe import StripeStandIn

Make = Callable[..., Flask]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def shop(inside: Flask, sandbox: StripeStandIn) -> StripeStandIn:
    """A shop and its bank."""
    return sandbox


def sold(sandbox: StripeStandIn, *lines: tuple[int, int], arrived: bool = True, **basket: Any) -> Placed:
    """A paid order of 3 × 24.00, or of these lines, that has arrived."""
    placed = a_paid_basket(sandbox, *(lines or ((2400, 3),)), **basket)
    if arrived:
        delivered(placed.order_id)
    return placed


def shelf(placed: Placed, line: int = 0) -> int | None:
    """Pieces on hand of one of its variants."""
    found = on_hand(the_variants(placed)[line])
    release()
    return found


def the_variants(placed: Placed) -> list[int]:
    from storefront.orders.models import OrderLine

    mine = sa.select(OrderLine.variant_id).where(OrderLine.order_id == placed.order_id)
    return list(session().scalars(mine.order_by(OrderLine.position)))


def refunds(placed: Placed) -> list[tuple[str, int]]:
    found = [(str(each.state), each.amount_minor) for each in the_refunds(placed.order_id)]
    release()
    return found


def test_covered_and_within_the_limit_it_is_approved_on_the_spot_and_waits_for_the_goods(
    shop: StripeStandIn,
) -> None:
    placed = sold(shop)

    return_id = a_return(placed.order_id, 2, note="Too large.")

    record = the_return(return_id)
    assert (record.request.state, record.request.amount_minor) == ("awaiting_goods", 4800)
    (decision,) = record.decisions
    assert (decision.verdict, decision.ground) == (Verdict.APPROVED, Ground.WITHIN_LIMIT)
    assert (decision.actor_kind, decision.policy_version_id) == (
        "system",
        the_order(placed.order_id).policy_version_id,
    )
    assert decision.facts["lines"][0]["rule"] == Rule.WITHIN_WINDOW
    assert decision.facts["limit_minor"] == 10_000
    assert [each.text for each in record.notes] == ["Too large."]
    release()
    assert refunds(placed) == []
    assert ("return_approved", "mara@example.org") in mails()


def test_goods_that_came_back_go_on_the_shelf_and_then_their_money_goes(
    shop: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = sold(shop)
    before = shelf(placed)
    return_id = a_return(placed.order_id, 2)

    all_came(return_id)
    assert the_state(return_id) == "received"
    assert (shelf(placed), refunds(placed)) == ((before or 0) + 2, [])
    refund_id = refund_return(return_id, amount=the_return(return_id).request.amount, by=INES)
    drain()

    assert (the_state(return_id), refunds(placed)) == ("closed", [("settled", 4800)])
    assert parts(refund_id) == [(2, 4800, 0)]
    assert shelf(placed) == (before or 0) + 2
    moved = session().scalars(
        sa.select(StockMovement.cause).where(StockMovement.reference == f"return:{return_id}")
    )
    assert list(moved) == ["return"]
    release()
    kinds = [kind for kind, _to in mails()]
    assert kinds[-3:] == ["return_approved", "return_received", "refund_paid"]
    assert ledger(placed.order_id) == [("capture", 7200), ("refund", -4800)]
    release()
    assert prove() == []


def test_each_step_stands_in_the_orders_story(shop: StripeStandIn) -> None:
    placed = sold(shop)
    return_id = a_return(placed.order_id, 1)
    all_came(return_id)
    refund_return(return_id, amount=the_return(return_id).request.amount, by=INES)

    verbs = [entry.verb for entry in history(("order", placed.order_id)) if entry.verb.startswith("return.")]

    assert verbs == ["return.asked", "return.approved", "return.received", "return.refunded"]


def test_where_goods_need_not_come_first_its_money_goes_at_once(
    shop: StripeStandIn, drain: Callable[[], int]
) -> None:
    sold_under(goods_first=False)
    placed = sold(shop)

    return_id = a_return(placed.order_id, 1)
    drain()

    assert (the_state(return_id), refunds(placed)) == ("closed", [("settled", 2400)])


def test_what_never_left_goes_back_on_the_shelf_with_its_money_and_is_not_sent(shop: StripeStandIn) -> None:
    placed = sold(shop, arrived=False)
    before = shelf(placed)

    return_id = a_return(placed.order_id, 2)

    assert (the_state(return_id), shelf(placed)) == ("closed", (before or 0) + 2)
    with pytest.raises(Refused, match="Only 1 piece"):
        a_shipment(placed.order_id, pieces=2)
    release()
    assert prove() == []


def test_a_part_that_never_left_comes_with_the_part_that_came_back(shop: StripeStandIn) -> None:
    placed = sold(shop, arrived=False)
    a_shipment(placed.order_id, pieces=1)
    before = shelf(placed)
    return_id = a_return(placed.order_id, 3)
    (line,) = line_ids(placed)
    release()
    assert the_state(return_id) == "awaiting_goods"

    receive_goods(return_id, {line: Came(1, 1)}, by=INES)
    refund_id = refund_return(return_id, amount=the_return(return_id).request.amount, by=INES)

    assert parts(refund_id) == [(3, 7200, 2)]
    release()
    assert (shelf(placed), asked_back(placed.order_id)) == ((before or 0) + 3, [3])
    assert prove() == []


def test_shipping_goes_back_with_the_last_of_the_order(shop: StripeStandIn, drain: Callable[[], int]) -> None:
    method = a_method(price_minor=490, free_from_minor=None)
    sold_under(a_zone(methods=(method,)), goods_first=False)
    placed = sold(shop, (1000, 2), (500, 1))

    a_return(placed.order_id, 1)
    a_return(placed.order_id, 1, 1)
    drain()

    assert refunds(placed) == [("settled", 1000), ("settled", 1990)]
    assert the_order(placed.order_id).refundable.minor == 0


def test_while_another_request_waits_shipping_waits_for_the_last(shop: StripeStandIn) -> None:
    method = a_method(price_minor=490, free_from_minor=None)
    sold_under(a_zone(methods=(method,)))
    placed = sold(shop, (1000, 2))
    first = a_return(placed.order_id, 1)

    _of, weighed = preview_return(placed.order_id, asked(placed.order_id, 1))
    assert (weighed.amount.minor, weighed.shipping_later) == (1000, True)
    second = a_return(placed.order_id, 1)
    for return_id, minor in ((second, 1000), (first, 1490)):
        all_came(return_id)
        refund_return(return_id, amount=_money(minor), by=INES)

    assert sum(minor for _state, minor in refunds(placed)) == 2490


def _money(minor: int) -> Any:
    from storefront.money import Money

    return Money(minor, "EUR")


def test_above_the_limit_it_waits_for_a_person(shop: StripeStandIn) -> None:
    placed = sold(shop, (5001, 2))

    return_id = a_return(placed.order_id, 2)

    record = the_return(return_id)
    assert (record.request.state, record.decisions[0].ground) == ("open", Ground.ABOVE_LIMIT)
    release()
    assert ("return_asked", "mara@example.org") in mails()


@pytest.mark.parametrize(("second", "state"), [(2, "awaiting_goods"), (3, "open")])
def test_small_requests_count_together_towards_the_limit(
    shop: StripeStandIn, second: int, state: str
) -> None:
    placed = sold(shop, (2500, 5))
    a_return(placed.order_id, 2)

    assert the_state(a_return(placed.order_id, second)) == state


@pytest.mark.parametrize(("days", "is_covered"), [(59, True), (60, True), (61, False)])
def test_the_window_ends_with_its_last_day(shop: StripeStandIn, days: int, is_covered: bool) -> None:
    with clock.frozen(NOON):
        placed = sold(shop)
    with clock.frozen(NOON + timedelta(days=days)):
        if is_covered:
            assert the_state(a_return(placed.order_id, 1)) == "awaiting_goods"
            return
        before = whole_database()
        with pytest.raises(NotCovered, match="the 60 days, counted from delivery, ended on"):
            a_return(placed.order_id, 1)
        assert changed_tables(before, whole_database()) == {}


def test_what_is_not_covered_is_passed_on_to_a_person_where_the_shopper_says_so(shop: StripeStandIn) -> None:
    with clock.frozen(NOON):
        placed = sold(shop)
    with clock.frozen(NOON + timedelta(days=61)):
        return_id = a_return(placed.order_id, 1, exception=True)
        assert the_return(return_id).decisions[0].ground == Ground.NOT_COVERED
        release()

        with pytest.raises(Refused, match="Say why"):
            approve_return(return_id, by=INES)
        assert the_state(return_id) == "open"
        approve_return(return_id, why="A regular.", by=INES)

        record = the_return(return_id)
    decision = record.decisions[-1]
    assert (record.request.state, decision.ground, decision.actor_id) == ("awaiting_goods", "override", "7")
    assert [(each.kind, each.text) for each in record.notes] == [("staff", "A regular.")]


def test_a_person_may_send_the_money_without_the_goods(shop: StripeStandIn, drain: Callable[[], int]) -> None:
    placed = sold(shop, (5001, 2))
    return_id = a_return(placed.order_id, 2, reason="damaged")

    approve_without_goods(return_id, by=INES)
    drain()

    assert (the_state(return_id), refunds(placed)) == ("closed", [("settled", 10_002)])


def test_what_is_declined_is_explained_and_may_be_asked_again(shop: StripeStandIn) -> None:
    placed = sold(shop, (5001, 2))
    return_id = a_return(placed.order_id, 2)

    decline_return(return_id, why="It was opened.", by=INES)

    record = the_return(return_id)
    assert (record.request.state, record.told) == ("declined", "It was opened.")
    release()
    assert asked_back(placed.order_id) == [0]
    assert ("return_declined", "mara@example.org") in mails()
    with pytest.raises(Refused, match="declined before"):
        approve_return(return_id, by=INES)
    release()
    assert the_state(a_return(placed.order_id, 1)) == "awaiting_goods"


def test_each_decision_twice_is_one(shop: StripeStandIn) -> None:
    placed = sold(shop, (5001, 2))
    return_id = a_return(placed.order_id, 2)

    for _ in range(2):
        approve_return(return_id, by=INES)
        all_came(return_id)
    money = the_return(return_id).request.amount
    first, second = (refund_return(return_id, amount=money, by=INES) for _ in range(2))

    assert first == second
    assert len(refunds(placed)) == 1
    assert len(the_return(return_id).decisions) == 2


def test_a_form_sent_again_is_one_request(shop: StripeStandIn) -> None:
    placed = sold(shop)
    key = "a" * 32

    first, second = a_return(placed.order_id, 1, key=key), a_return(placed.order_id, 1, key=key)

    assert first == second
    assert asked_back(placed.order_id) == [1]


def test_a_request_that_fails_halfway_leaves_nothing(
    shop: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storefront.refunds import asking

    placed = sold(shop)

    def crash(*_anything: object, **_more: object) -> None:
        raise RuntimeError("the process ends here")

    monkeypatch.setattr(asking, "await_goods", crash)
    before = whole_database()
    with pytest.raises(RuntimeError):
        a_return(placed.order_id, 1)

    assert changed_tables(before, whole_database()) == {}


def test_what_did_not_come_back_is_not_paid_and_may_be_asked_back_again(shop: StripeStandIn) -> None:
    placed = sold(shop)
    return_id = a_return(placed.order_id, 3)
    (line,) = line_ids(placed)
    release()

    receive_goods(return_id, {line: Came(2, 1)}, by=INES)

    assert asked_back(placed.order_id) == [2]
    with pytest.raises(Refused, match="at most"):
        refund_return(return_id, amount=_money(7200), by=INES)
    refund_return(return_id, amount=_money(4800), by=INES)
    assert refunds(placed) == [("approved", 4800)]
    assert the_state(a_return(placed.order_id, 1)) == "awaiting_goods"


def test_less_than_all_of_it_needs_a_reason_that_the_shopper_reads(shop: StripeStandIn) -> None:
    placed = sold(shop)
    return_id = a_return(placed.order_id, 1)
    all_came(return_id)

    with pytest.raises(Refused, match="Say why"):
        refund_return(return_id, amount=_money(2000), by=INES)
    refund_return(return_id, amount=_money(2000), why="The lid is missing.", by=INES)

    assert refunds(placed) == [("approved", 2000)]
    assert the_return(return_id).told == "The lid is missing."


def test_goods_that_never_came_end_it_without_money(shop: StripeStandIn) -> None:
    placed = sold(shop)
    return_id = a_return(placed.order_id, 1)

    end_return(return_id, why="Nothing came in two months.", by=INES)
    end_return(return_id, why="Nothing came in two months.", by=INES)

    assert (the_state(return_id), refunds(placed)) == ("closed", [])
    assert asked_back(placed.order_id) == [0]
    assert ("return_ended", "mara@example.org") in mails()


def test_goods_that_came_cannot_be_recorded_twice_on_the_shelf(shop: StripeStandIn) -> None:
    placed = sold(shop)
    before = shelf(placed)
    return_id = a_return(placed.order_id, 1)
    (line,) = line_ids(placed)
    release()

    for _ in range(3):
        receive_goods(return_id, {line: Came(1, 1)}, by=INES)

    assert shelf(placed) == (before or 0) + 1


@pytest.fixture
def watched(make_app: Make, sandbox: StripeStandIn) -> Any:
    """A shop in which one person alone may give back 10.00 of an order."""
    made = make_app(refund_alone_up_to="10", **sandbox.settings)
    with made.app_context():
        yield sandbox


def test_above_the_set_amount_a_second_person_confirms(watched: StripeStandIn) -> None:
    placed = sold(watched)
    return_id = a_return(placed.order_id, 1)
    all_came(return_id)

    refund_id = refund_return(return_id, amount=_money(2400), by=INES)
    assert (the_state(return_id), refunds(placed)) == ("received", [("requested", 2400)])
    with pytest.raises(Refused, match="Another person"):
        approve_refund(refund_id, by=INES)
    release()
    approve_refund(refund_id, by=OMAR)

    assert (the_state(return_id), refunds(placed)) == ("closed", [("approved", 2400)])


def test_a_refund_that_the_second_person_declines_leaves_the_return_to_be_paid(
    watched: StripeStandIn,
) -> None:
    placed = sold(watched)
    return_id = a_return(placed.order_id, 1)
    all_came(return_id)
    refund_id = refund_return(return_id, amount=_money(2400), by=INES)
    with pytest.raises(Refused, match="second person"):
        end_return(return_id, why="No.", by=INES)
    release()

    decline_refund(refund_id, why="Too much.", by=OMAR)

    record = the_return(return_id)
    assert (record.request.state, record.request.waits_for_refund) == ("received", True)
    release()
    refund_return(return_id, amount=_money(1000), why="It was used.", by=INES)
    assert the_state(return_id) == "closed"
    assert prove() == []


def test_a_failed_refund_of_a_return_is_tried_again_as_itself_and_never_approved_again(
    shop: StripeStandIn,
) -> None:
    placed = sold(shop)
    return_id = a_return(placed.order_id, 1)
    all_came(return_id)
    refund_id = refund_return(return_id, amount=_money(2400), by=INES)
    shop.control("refunds", status="failed")
    send_refund(refund_id)
    assert refunds(placed)[0][0] == RefundState.FAILED
    release()
    before = whole_database()

    with pytest.raises(Refused, match="has failed"):
        refund_return(return_id, amount=_money(2400), by=INES)
    release()
    with pytest.raises(Refused, match="has failed"):
        approve_refund(refund_id, by=OMAR)
    release()
    assert changed_tables(before, whole_database()) == {}

    again = retry_refund(refund_id, by=INES)
    assert the_return(return_id).request.refund_id == again


def test_a_dispute_blocks_it_with_the_reason_and_nothing_changes(shop: StripeStandIn) -> None:
    placed = sold(shop, (5001, 2))
    waiting = a_return(placed.order_id, 1)
    release()
    other = a_return(placed.order_id, 1)
    a_dispute(placed.order_id)
    release()
    before = whole_database()

    with pytest.raises(Disputed):
        approve_return(other, by=INES)
    release()
    with pytest.raises(Refused, match="Your bank is looking"):
        preview_return(placed.order_id, Asked({line_ids(placed)[0]: 1}, "other"))
    release()
    all_came(waiting)
    with pytest.raises(Refused, match="disputed"):
        refund_return(waiting, amount=_money(5001), by=INES)
    release()

    assert (the_state(waiting), the_state(other), refunds(placed)) == ("received", "open", [])
    assert "refund" not in changed_tables(before, whole_database())


def test_an_order_that_is_cancelled_settles_what_was_asked_back_of_it(
    shop: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = sold(shop, (5001, 2), arrived=False)
    return_id = a_return(placed.order_id, 2)
    assert the_state(return_id) == "open"

    cancel_order(placed.order_id, by=INES)
    drain()

    assert the_state(return_id) == "closed"
    assert refunds(placed) == [("settled", 10_002)]
    release()
    assert prove() == []


def _sent(order_id: int, pieces: dict[int, int], **more: Any) -> int:
    facts = {"reason": "other"} | more
    return request_return(order_id, Sent(Asked(pieces, **facts), 2400, "b" * 32), by=MARA)


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        (0, "at least one piece"),
        (-1, "3 pieces can be sent back"),
        (4, "3 pieces can be sent back"),
        (2**63, "3 pieces can be sent back"),
    ],
)
def test_more_than_was_bought_or_nothing_is_refused_in_words(
    shop: StripeStandIn, pieces: int, sentence: str
) -> None:
    placed = sold(shop)
    (line,) = line_ids(placed)
    before = whole_database()

    with pytest.raises(Refused, match=sentence):
        _sent(placed.order_id, {line: pieces})

    assert changed_tables(before, whole_database()) == {}


def test_lines_of_another_order_are_refused_in_words(shop: StripeStandIn) -> None:
    placed, other = sold(shop), sold(shop)
    (line,) = line_ids(other)
    before = whole_database()

    with pytest.raises(Refused, match="not of this order"):
        _sent(placed.order_id, {line: 1})

    assert changed_tables(before, whole_database()) == {}


def test_what_has_gone_back_already_is_refused_in_words(shop: StripeStandIn) -> None:
    placed = sold(shop, (2400, 3), (2400, 1))
    first, second = line_ids(placed)
    a_return(placed.order_id, 3)
    ask_back(placed, some_pieces(placed, 0, 1))
    release()
    before = whole_database()

    for line in (first, second):
        with pytest.raises(Refused, match="has gone back, or is asked back already"):
            _sent(placed.order_id, {line: 1})
        release()

    assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize("state", ["unpaid", "cancelled", "all back"])
def test_of_an_order_that_has_nothing_to_pay_back_nothing_can_be_asked(
    shop: StripeStandIn, state: str
) -> None:
    if state == "all back":
        placed = sold(shop)
        order_id = placed.order_id
        ask_back(placed, some_pieces(placed, 3))
    else:
        order_id = an_order(paid=state == "cancelled")
        if state == "cancelled":
            cancel_order(order_id, by=INES)
    release()
    line = next(iter(asked(order_id, 1).pieces))
    before = whole_database()

    with pytest.raises(Refused, match=r"not paid|cancelled|gone back"):
        _sent(order_id, {line: 1})

    assert changed_tables(before, whole_database()) == {}


def test_another_amount_than_was_shown_is_shown_again(shop: StripeStandIn) -> None:
    placed = sold(shop, (2500, 3))
    (line,) = line_ids(placed)
    before = whole_database()

    with pytest.raises(Changed):
        _sent(placed.order_id, {line: 1})

    assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize(("reason", "minor"), [("changed_mind", 2160), ("damaged", 2400)])
def test_a_restocking_fee_is_kept_unless_something_is_wrong_with_the_goods(
    shop: StripeStandIn, reason: str, minor: int
) -> None:
    sold_under(restocking_percent=10)
    placed = sold(shop)

    return_id = a_return(placed.order_id, 1, reason=reason)
    all_came(return_id)
    refund_id = refund_return(return_id, amount=_money(minor), by=INES)

    assert the_return(return_id).request.amount_minor == minor
    release()
    assert parts(refund_id) == [(1, minor, 0)]


def test_a_restocking_fee_is_kept_of_the_goods_and_never_of_shipping(shop: StripeStandIn) -> None:
    method = a_method(price_minor=500, free_from_minor=None)
    sold_under(a_zone(methods=(method,)), restocking_percent=10)
    placed = a_paid_basket(shop, (1000, 1))
    delivered(placed.order_id)

    return_id = a_return(placed.order_id, 1)
    all_came(return_id)
    refund_id = refund_return(return_id, amount=_money(1400), by=INES)

    refund = session().get_one(Refund, refund_id)
    assert (refund.amount_minor, refund.shipping_minor) == (1400, 500)
    release()
    assert parts(refund_id) == [(1, 900, 0)]


def test_more_than_had_to_come_back_is_not_taken_in(shop: StripeStandIn) -> None:
    placed = sold(shop, arrived=False)
    a_shipment(placed.order_id, pieces=2)
    return_id = a_return(placed.order_id, 2)
    (line,) = line_ids(placed)
    release()
    before = whole_database()

    with pytest.raises(Refused, match="1 piece was to come back"):
        receive_goods(return_id, {line: Came(2, 2)}, by=INES)

    assert changed_tables(before, whole_database()) == {}


def test_a_second_try_that_is_declined_leaves_the_failed_refund_to_be_seen_to(watched: StripeStandIn) -> None:
    placed = sold(watched)
    return_id = a_return(placed.order_id, 3)
    all_came(return_id)
    refund_id = refund_return(return_id, amount=_money(7200), by=INES)
    approve_refund(refund_id, by=OMAR)
    watched.control("refunds", status="failed")
    send_refund(refund_id)
    declined = retry_refund(refund_id, by=INES)

    decline_refund(declined, why="The bank is closed.", by=OMAR)

    assert the_return(return_id).request.refund_id == refund_id
    release()
    again = retry_refund(refund_id, by=INES)
    assert again not in {declined, refund_id}
    assert the_return(return_id).request.refund_id == again
    release()
    assert prove() == []


def test_goods_that_were_not_sent_have_no_fault(shop: StripeStandIn) -> None:
    order_id = sold(shop, (5001, 2), (2400, 1), arrived=False).order_id

    for reason in sorted(FAULTS):
        with pytest.raises(Refused, match="has not been sent yet") as refused:
            a_return(order_id, 1, reason=reason)
        release()
        assert refused.value.field == "reason"

    assert (asked_back(order_id), the_refunds(order_id)) == ([0, 0], [])
    assert the_state(a_return(order_id, 1, reason="late")) == "closed"


@pytest.mark.parametrize(("pieces", "allowed"), [((1,), True), ((2,), False), ((3,), False), ((1, 1), False)])
def test_no_more_pieces_have_a_fault_than_were_sent(
    shop: StripeStandIn, pieces: tuple[int, ...], allowed: bool
) -> None:
    order_id = sold(shop, (5001, 3), (2400, 1), arrived=False).order_id
    a_shipment(order_id, pieces=1)

    if allowed:
        a_return(order_id, *pieces, reason="damaged")
    else:
        with pytest.raises(Refused, match="sent"):
            a_return(order_id, *pieces, reason="damaged")
        release()

    assert asked_back(order_id)[0] == (1 if allowed else 0)
