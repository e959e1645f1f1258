"""A refund that comes back after its order's surplus was taken out of credit: the shopper has the money again."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed
from storefront.credit.actions import Said, send_anew
from storefront.credit.models import CreditAccount, CreditCause
from storefront.credit.steps import Why, pay_in
from storefront.database import release, session, transaction
from storefront.money import Money
from storefront.refunds.actions import send_refund, sync_refunds
from storefront.refunds.deciding import retry_refund
from storefront.refunds.excess import take_excess_back
from storefront.reports.prove import prove
from storefront.reports.refund_parts import what_was_taken_out_of_credit_is_entered
from storefront.webhooks.actions import reconcile
from tests.books import beside_the_triggers, changed_tables, whole_database
from tests.builders.payments import a_paid_order, a_refund, order, refund, the_intent
from tests.refunds.test_cards_back import cards, spend, two_cards
from tests.refunds.test_excess import (
    BY,
    balances,
    given_as_credit,
    in_the_dashboard,
    the_excess,
    the_one_at_stripe,
)
from tests.servers.stripe import StripeStandIn


def regained(placed: Placed) -> str:
    """The refund at Stripe, whose excess staff took out of credit."""
    refund_id = the_one_at_stripe(placed)
    take_excess_back(refund_id, why="Both were given.", by=BY)
    return refund_id


def comes_back(sandbox: StripeStandIn, refund_id: str) -> None:
    """The bank sends a refund back, and the shop learns of it."""
    stripe_id = refund(refund_id).stripe_refund_id
    release()
    sandbox.control("refund-status", refund=stripe_id, status="failed")
    reconcile()


def come_again(piece: int, minor: int) -> None:
    """What somebody spent of a card is on it again."""
    account_id = session().scalars(sa.select(CreditAccount.id).where(CreditAccount.piece == piece)).one()
    release()
    with transaction():
        pay_in(account_id, Money(minor, "EUR"), Why(CreditCause.ADJUSTED))


@pytest.fixture
def twice(inside: Flask, sandbox: StripeStandIn) -> Placed:
    """An order of 24.00 whose money staff gave as credit, and somebody at Stripe as well."""
    placed = a_paid_order(sandbox)
    given_as_credit(placed)
    in_the_dashboard(sandbox, placed)
    reconcile()
    return placed


def test_credit_that_was_taken_for_a_refund_at_stripe_is_given_again_when_that_comes_back(
    twice: Placed, sandbox: StripeStandIn
) -> None:
    refund_id = regained(twice)

    comes_back(sandbox, refund_id)

    assert (balances(), order(twice).refunded_minor, the_excess(twice)) == ([2400], 2400, (0, 0))
    assert prove() == []


def test_it_is_given_again_once(twice: Placed, sandbox: StripeStandIn) -> None:
    comes_back(sandbox, regained(twice))
    before = whole_database()

    again = reconcile()

    assert (again.total, changed_tables(before, whole_database())) == (0, {})


def test_giving_it_again_that_fails_halfway_leaves_nothing(
    twice: Placed, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe_id = refund(regained(twice)).stripe_refund_id
    release()
    sandbox.control("refund-status", refund=stripe_id, status="failed")
    before = whole_database()
    monkeypatch.setattr("storefront.refunds.actions._tell_staff", lambda *_all: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        sync_refunds(the_intent(twice.attempt_id))

    assert changed_tables(before, whole_database()) == {}


def test_it_goes_to_the_card_that_took_the_place_of_a_lost_one(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    given_as_credit(placed)
    in_the_dashboard(sandbox, placed, 2000)
    reconcile()
    refund_id = regained(placed)
    account_id = session().scalars(sa.select(CreditAccount.id)).one()
    release()
    send_anew(account_id, to="mara@example.org", said=Said("Lost.", "0" * 32), by=BY)

    comes_back(sandbox, refund_id)

    assert (sorted(balances()), prove()) == ([0, 2400], [])


def test_money_of_ours_that_comes_back_is_owed_where_the_surplus_was_taken_out_of_credit(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    given_as_credit(placed, 1200)
    ours = a_refund(placed, minor=1200)
    send_refund(ours)
    in_the_dashboard(sandbox, placed, 1200)
    reconcile()
    regained(placed)

    comes_back(sandbox, ours)

    assert (balances(), order(placed).refunded_minor, the_excess(placed)) == ([0], 1200, (1200, 1200))
    send_refund(retry_refund(ours, by=BY))
    assert (order(placed).refunded_minor, prove()) == (2400, [])


def test_what_was_taken_off_cards_for_a_refund_at_stripe_is_given_again_when_that_comes_back(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = two_cards(sandbox)
    spend(1, 2500)
    in_the_dashboard(sandbox, placed, 5000)
    reconcile()
    come_again(1, 2500)
    refund_id = regained(placed)
    assert cards() == [(0, False), (0, True)]

    comes_back(sandbox, refund_id)

    assert (cards(), prove()) == ([(2500, False), (0, True)], [])
    send_refund(retry_refund(refund_id, by=BY))
    assert (cards(), prove()) == ([(0, True), (0, True)], [])


@pytest.mark.parametrize("change", ["regained_minor = 2399", "regained_minor = 0"])
def test_credit_that_was_not_taken_as_a_refund_says_is_found(twice: Placed, change: str) -> None:
    refund_id = regained(twice)
    assert list(what_was_taken_out_of_credit_is_entered()) == []

    beside_the_triggers(f"UPDATE refund SET {change} WHERE source = 'stripe'")

    (said,) = what_was_taken_out_of_credit_is_entered()
    assert said.startswith(f"Refund {refund_id} says ")
