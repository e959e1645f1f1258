"""Statements of withdrawal: each is received, in time or not, and a person decides about it."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask

from storefront import clock, states
from storefront.config import settings
from storefront.database import release
from storefront.errors import Refused
from storefront.orders.models import number_of_id
from storefront.orders.queries import order_record
from storefront.policies.queries import policy_by_id
from storefront.policies.statutory import ExemptGoods, Exemption
from storefront.policies.statutory import Withdrawal as Right
from storefront.policies.withdrawal import WithdrawalRule
from storefront.refunds.judging import refund_return
from storefront.refunds.timeliness import assessed
from storefront.refunds.withdrawal_records import Tray, withdrawal_record, withdrawals_in
from storefront.refunds.withdrawals import Withdrawal, WithdrawalState
from storefront.refunds.withdrawing import (
    Statement,
    accept_withdrawal,
    declare_withdrawal,
    match_withdrawal,
    refuse_withdrawal,
)
from storefront.reports.prove import prove
from tests.books import changed_tables, mails, whole_database
from tests.builders.cart import a_policy
from tests.builders.refunds import INES, a_paid_basket
from tests.builders.returns import all_came, delivered, sold_under, the_return
from tests.policies.documents import a_document, a_method, a_zone
from tests.servers.stripe import StripeStandIn

# Arrived on a Monday: the fourteenth day after it is a Monday, too.
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
EDGES = {("open", "accepted"), ("open", "refused")}


@pytest.mark.parametrize(("before", "after"), list(product(WithdrawalState, WithdrawalState)))
def test_a_withdrawal_moves_only_along_its_graph(before: WithdrawalState, after: WithdrawalState) -> None:
    statement = Withdrawal(state=before)

    if (before, after) in EDGES:
        states.advance(statement, after)
        assert statement.state == after
    else:
        with pytest.raises(states.ForbiddenTransition):
            states.advance(statement, after)


@pytest.fixture
def shop(inside: Flask, sandbox: StripeStandIn) -> StripeStandIn:
    return sandbox


def a_statement(
    number: object, *, email: str = "mara@example.org", key: str = "a" * 32, text: str = ""
) -> int:
    return declare_withdrawal(Statement("Mara Lindt", str(number), email, text, key))


def sold(sandbox: StripeStandIn, *lines: tuple[int, int], **more: Any) -> int:
    """The id of a paid order that has arrived today."""
    placed = a_paid_basket(sandbox, *(lines or ((2400, 2),)), **more)
    delivered(placed.order_id)
    return placed.order_id


def in_time(withdrawal_id: int) -> list[tuple[bool, str]]:
    """What is said of each line of its order."""
    statement = withdrawal_record(withdrawal_id).statement
    record = order_record(statement.order_id or 0)
    policy = policy_by_id(record.order.policy_version_id)
    judged = assessed(record, policy=policy, at=statement.received_at)
    release()
    return [(each.in_time, str(each.rule)) for each in judged.values()]


@pytest.mark.parametrize(
    ("arrived", "days", "is_in_time"),
    [
        (MONDAY, 13, True),
        (MONDAY, 14, True),
        (MONDAY, 15, False),
        # Arrived on a Sunday: the fourteenth day is a Sunday, and the period ends with the Monday after it.
        (MONDAY - timedelta(days=1), 14, True),
        (MONDAY - timedelta(days=1), 15, True),
        (MONDAY - timedelta(days=1), 16, False),
    ],
)
def test_the_fourteenth_day_is_in_time_and_one_that_ends_on_a_sunday_ends_on_monday(
    shop: StripeStandIn, arrived: datetime, days: int, is_in_time: bool
) -> None:
    with clock.frozen(arrived):
        order_id = sold(shop)
    with clock.frozen(arrived + timedelta(days=days)):
        withdrawal_id = a_statement(number_of_id(order_id))

    rule = WithdrawalRule.WITHIN_PERIOD if is_in_time else WithdrawalRule.PERIOD_OVER
    assert in_time(withdrawal_id) == [(is_in_time, rule)]


def test_it_counts_when_it_came_not_when_somebody_looks(shop: StripeStandIn) -> None:
    with clock.frozen(MONDAY):
        order_id = sold(shop)
    with clock.frozen(MONDAY + timedelta(days=14)):
        withdrawal_id = a_statement(number_of_id(order_id))
    with clock.frozen(MONDAY + timedelta(days=30)):
        accept_withdrawal(withdrawal_id, {line_ids_of(order_id)[0]: 2}, by=INES)
        record = withdrawal_record(withdrawal_id)

    assert record.statement.facts is not None
    assert record.statement.facts["lines"][0]["in_time"] is True
    assert (record.statement.actor_id, record.statement.policy_version_id) == ("7", 1)
    assert (record.due_on, record.is_due) == (date(2026, 3, 30), True)
    with clock.frozen(MONDAY + timedelta(days=30)):
        assert record.days_left == -2


def line_ids_of(order_id: int) -> list[int]:
    from tests.builders import shipments

    found = shipments.line_ids(order_id)
    release()
    return found


def test_before_everything_has_arrived_it_is_in_time(shop: StripeStandIn) -> None:
    placed = a_paid_basket(shop, (2400, 2))

    assert in_time(a_statement(number_of_id(placed.order_id))) == [(True, WithdrawalRule.NOT_STARTED)]


def test_an_exception_is_named_and_decides_nothing(shop: StripeStandIn) -> None:
    from dataclasses import replace

    from storefront.catalogue.models import Product
    from storefront.database import session

    placed = a_paid_basket(shop, (2400, 1))
    slug = session().query(Product).one().slug
    release()
    exempt = (ExemptGoods(Exemption.PERISHABLE, (slug,)),)
    a_policy(replace(a_document(), withdrawal=Right(exempt=exempt)))
    order_id = sold(shop, (2400, 1))
    goods = session().query(Product).order_by(Product.id.desc()).first()
    assert goods
    release()
    a_policy(
        replace(a_document(), withdrawal=Right(exempt=(ExemptGoods(Exemption.PERISHABLE, (goods.slug,)),)))
    )
    withdrawal_id = a_statement(number_of_id(order_id))

    statement = withdrawal_record(withdrawal_id).statement
    record = order_record(order_id)
    policy = policy_by_id(3)
    (judged,) = assessed(record, policy=policy, at=statement.received_at).values()
    release()
    assert (judged.in_time, judged.exemption) == (True, Exemption.PERISHABLE)
    assert placed.order_id


@pytest.mark.parametrize(
    ("number", "email"),
    [
        ("9999", "mara@example.org"),
        ("1001", "other@example.org"),
        ("the kit that I bought in May", "mara@example.org"),
        ("9" * 40, "mara@example.org"),
        ("", "mara@example.org"),
    ],
)
def test_a_statement_that_matches_nothing_is_received_and_acknowledged(
    shop: StripeStandIn, number: str, email: str
) -> None:
    sold(shop)

    withdrawal_id = a_statement(number, email=email)

    record = withdrawal_record(withdrawal_id)
    assert (record.statement.state, record.order_number) == ("open", None)
    release()
    assert [kind for kind, to in mails() if to == email and kind.startswith("withdrawal")] == [
        "withdrawal_received"
    ]
    assert ("withdrawal_staff", settings().staff_email) in mails()


def test_the_number_and_the_address_together_find_the_order(shop: StripeStandIn) -> None:
    order_id = sold(shop)

    withdrawal_id = a_statement(f"# {number_of_id(order_id)}", email=" MARA@example.org ")

    assert withdrawal_record(withdrawal_id).order_number == number_of_id(order_id)


def test_the_same_form_twice_is_one_statement(shop: StripeStandIn) -> None:
    first, second = a_statement(1001), a_statement(1001)

    assert first == second
    assert len([kind for kind, _to in mails() if kind == "withdrawal_received"]) == 1


def test_accepted_it_is_a_return_with_standard_delivery_and_without_a_fee(
    shop: StripeStandIn, drain: Any
) -> None:
    method = a_method(price_minor=490, free_from_minor=None)
    sold_under(a_zone(methods=(method,)), restocking_percent=20)
    order_id = sold(shop, (1000, 2))
    withdrawal_id = a_statement(number_of_id(order_id))

    return_id = accept_withdrawal(withdrawal_id, {line_ids_of(order_id)[0]: 2}, by=INES)
    again = accept_withdrawal(withdrawal_id, {line_ids_of(order_id)[0]: 2}, by=INES)

    assert return_id == again
    request = the_return(return_id).request
    assert (request.state, request.amount_minor, request.reason) == ("awaiting_goods", 2490, "withdrawal")
    release()
    assert [each.statement.id for each in withdrawals_in(Tray.DUE)] == [withdrawal_id]
    all_came(return_id)
    refund_return(return_id, amount=request.amount, by=INES)
    drain()
    assert withdrawals_in(Tray.DUE) == ()
    assert prove() == []


def test_late_it_is_accepted_with_a_reason_alone(shop: StripeStandIn) -> None:
    with clock.frozen(MONDAY):
        order_id = sold(shop)
    with clock.frozen(MONDAY + timedelta(days=20)):
        withdrawal_id = a_statement(number_of_id(order_id))
        pieces = {line_ids_of(order_id)[0]: 1}
        before = whole_database()
        with pytest.raises(Refused, match="Say why"):
            accept_withdrawal(withdrawal_id, pieces, by=INES)
        assert changed_tables(before, whole_database()) == {}

        return_id = accept_withdrawal(withdrawal_id, pieces, why="A regular.", by=INES)

    assert the_return(return_id).decisions[0].ground == "override"


def test_refused_its_sender_reads_why_and_the_first_decision_stands(shop: StripeStandIn) -> None:
    order_id = sold(shop)
    withdrawal_id = a_statement(number_of_id(order_id))
    with pytest.raises(Refused, match="Say why"):
        refuse_withdrawal(withdrawal_id, why="", by=INES)

    for _ in range(2):
        refuse_withdrawal(withdrawal_id, why="It was made to your order.", by=INES)

    assert ("withdrawal_refused", "mara@example.org") in mails()
    with pytest.raises(Refused, match="refused before"):
        accept_withdrawal(withdrawal_id, {line_ids_of(order_id)[0]: 1}, by=INES)


def test_one_that_matches_nothing_is_matched_by_a_person(shop: StripeStandIn) -> None:
    order_id = sold(shop)
    withdrawal_id = a_statement("my kit")
    pieces = {line_ids_of(order_id)[0]: 2}
    with pytest.raises(Refused, match="which order"):
        accept_withdrawal(withdrawal_id, pieces, by=INES)
    release()
    with pytest.raises(Refused, match="no order 7777"):
        match_withdrawal(withdrawal_id, number=7777, by=INES)
    release()

    match_withdrawal(withdrawal_id, number=number_of_id(order_id), by=INES)

    assert accept_withdrawal(withdrawal_id, pieces, by=INES)


def test_pieces_that_are_asked_back_already_are_not_taken_twice(shop: StripeStandIn) -> None:
    order_id = sold(shop)
    first = a_statement(number_of_id(order_id))
    second = a_statement(number_of_id(order_id), key="b" * 32)
    pieces = {line_ids_of(order_id)[0]: 2}
    accept_withdrawal(first, pieces, by=INES)
    before = whole_database()

    with pytest.raises(Refused, match="asked back already"):
        accept_withdrawal(second, pieces, by=INES)

    assert changed_tables(before, whole_database()) == {}


def test_what_is_changed_before_it_is_confirmed_is_a_statement_of_its_own(shop: StripeStandIn) -> None:
    first, second = sold(shop), sold(shop)
    one = a_statement(number_of_id(first))

    other = a_statement(number_of_id(second), text="The lamp.")

    assert other != one
    assert a_statement(number_of_id(second), text="The lamp.") == other
    assert a_statement(number_of_id(first)) == one
    assert withdrawal_record(other).statement.order_id == second
    release()
    assert len([each for each in mails() if each[0] == "withdrawal_received"]) == 2
