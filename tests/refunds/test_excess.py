"""Money given back at Stripe that was not owed: always in the books, and named until a person has seen to it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from storefront import audit
from storefront.checkout.actions import Placed
from storefront.credit.models import CreditAccount, CreditCause
from storefront.credit.steps import Why, take_out
from storefront.database import release, session, transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.books import Document, DocumentKind
from storefront.orders.refund import Refund
from storefront.orders.tenders import Way
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import refund_order
from storefront.refunds.excess import accept_excess, take_excess_back
from storefront.refunds.reckoning import Wanted
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, ledger, whole_database
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.orders import the_refunds
from tests.builders.payments import a_paid_order, a_refund, deliver, elsewhere, order, the_intent
from tests.servers.stripe import StripeStandIn

BY = ("staff", "7")


def given_as_credit(placed: Placed, minor: int = 2400, *, key: str = "0" * 32) -> None:
    wanted = Wanted(amount=Money(minor, "EUR"), way=Way.CREDIT)
    send_refund(refund_order(placed.order_id, wanted, reason="goodwill", note="", form_key=key, by=BY))


def in_the_dashboard(sandbox: StripeStandIn, placed: Placed, minor: int = 2400) -> str:
    made = sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=minor)
    return str(made["id"])


@pytest.fixture
def twice(inside: Flask, sandbox: StripeStandIn) -> Placed:
    """An order of 24.00 whose money staff gave as credit, and somebody at Stripe as well."""
    placed = a_paid_order(sandbox)
    given_as_credit(placed)
    in_the_dashboard(sandbox, placed)
    reconcile()
    release()
    return placed


def the_excess(placed: Placed) -> tuple[int, int]:
    """What went back twice, and what of it was taken out of credit again."""
    rows = [each for each in the_refunds(placed.order_id) if each.source == "stripe"]
    release()
    return rows[0].excess_minor, rows[0].regained_minor


def the_one_at_stripe(placed: Placed) -> str:
    (found,) = (each.id for each in the_refunds(placed.order_id) if each.source == "stripe")
    release()
    return found


def balances() -> list[int]:
    found = list(session().scalars(sa.select(CreditAccount.balance_minor)))
    release()
    return found


def spend(minor: int) -> None:
    account_id = session().scalars(sa.select(CreditAccount.id)).one()
    release()
    with transaction():
        assert take_out(account_id, Money(minor, "EUR"), Why(CreditCause.ADJUSTED))


@pytest.mark.parametrize("by_webhook", [True, False])
def test_a_dashboard_refund_of_money_that_became_credit_is_recorded_and_named(
    inside: Flask, sandbox: StripeStandIn, drain: Callable[[], int], by_webhook: bool
) -> None:
    placed = a_paid_order(sandbox)
    given_as_credit(placed)
    in_the_dashboard(sandbox, placed)

    if by_webhook:
        deliver(sandbox)
        elsewhere(drain)
    problems = reconcile().problems

    assert ledger(placed.order_id)[-1] == ("refund", -2400)
    assert [(str(each.state), each.source) for each in the_refunds(placed.order_id)] == [
        ("settled", "shop"),
        ("settled", "stripe"),
    ]
    assert (order(placed).refunded_minor, the_excess(placed)) == (2400, (2400, 0))
    assert len(problems) == 1
    assert problems[0].startswith("Order 1001: €24.00 went back at Stripe though it had gone back before")
    assert [each for each in prove() if "not owed" in each] == prove()


def test_a_second_reconcile_names_it_again_and_changes_no_row(twice: Placed) -> None:
    before = whole_database()

    again = reconcile()

    assert (again.total, len(again.problems)) == (0, 1)
    assert changed_tables(before, whole_database()) == {}


def test_the_same_money_given_back_twice_corrects_the_invoice_once(twice: Placed) -> None:
    notes = sa.select(Document.amount_minor).where(Document.kind == DocumentKind.CREDIT_NOTE)

    assert list(session().scalars(notes)) == [2400]


def test_what_was_not_owed_is_taken_out_of_credit_once(twice: Placed) -> None:
    refund_id = the_one_at_stripe(twice)

    taken = [take_excess_back(refund_id, why="Both were given.", by=BY).minor for _twice in range(2)]

    assert (taken, balances(), the_excess(twice)) == ([2400, 0], [0], (2400, 2400))
    assert (prove(), reconcile().problems) == ([], [])


def test_what_was_not_owed_is_accepted_once(twice: Placed) -> None:
    for _twice in range(2):
        accept_excess(the_one_at_stripe(twice), why="A good customer.", by=BY)

    assert (balances(), prove(), reconcile().problems) == ([2400], [], [])
    (entry,) = [
        each for each in audit.history(("order", str(twice.order_id))) if each.verb == "refund.accepted"
    ]
    assert entry.actor_id == "7"


def test_of_credit_that_is_spent_in_part_the_rest_is_taken_and_what_is_missing_named(twice: Placed) -> None:
    spend(2000)
    refund_id = the_one_at_stripe(twice)

    assert take_excess_back(refund_id, why="Both were given.", by=BY).minor == 400
    assert "€20.00 went back at Stripe" in reconcile().problems[0]
    with pytest.raises(Refused, match="Nothing of it is there any more"):
        take_excess_back(refund_id, why="Both were given.", by=BY)
    accept_excess(refund_id, why="It is spent.", by=BY)

    assert (prove(), the_excess(twice)) == ([], (2400, 400))


def test_taking_it_out_of_credit_that_fails_halfway_leaves_nothing(
    twice: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund_id, before = the_one_at_stripe(twice), whole_database()
    monkeypatch.setattr("storefront.refunds.excess._record", lambda *_all, **_more: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        take_excess_back(refund_id, why="Both were given.", by=BY)

    assert changed_tables(before, whole_database()) == {}


def test_nothing_more_of_the_order_goes_back(twice: Placed) -> None:
    before = whole_database()

    with pytest.raises(Refused, match="Everything that was paid has gone back"):
        given_as_credit(twice, 1, key="1" * 32)

    assert changed_tables(before, whole_database()) == {}


def test_a_refund_of_ours_that_fails_makes_room_for_what_was_made_at_stripe(
    inside: Flask, sandbox: StripeStandIn, drain: Callable[[], int]
) -> None:
    placed = a_paid_order(sandbox)
    ours = a_refund(placed, minor=2400)
    in_the_dashboard(sandbox, placed)
    deliver(sandbox)
    elsewhere(drain)

    send_refund(ours)
    reconcile()

    assert (order(placed).refunded_minor, the_excess(placed)) == (2400, (0, 0))
    assert [each for each in prove() if "not owed" in each] == []


def test_a_part_that_was_still_owed_is_no_excess(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    given_as_credit(placed, 1000)
    in_the_dashboard(sandbox, placed)

    reconcile()

    assert (order(placed).refunded_minor, the_excess(placed)) == (2400, (1000, 0))


def test_a_refund_at_stripe_that_comes_back_was_not_given_twice(
    twice: Placed, sandbox: StripeStandIn
) -> None:
    stripe_id = the_refunds(twice.order_id)[-1].stripe_refund_id
    release()
    sandbox.control("refund-status", refund=stripe_id, status="failed")

    reconcile()

    assert (order(twice).refunded_minor, the_excess(twice)) == (2400, (0, 0))
    assert prove() == []


def test_the_database_lets_no_refund_of_ours_be_more_than_was_captured(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_order(sandbox)
    refund_id = a_refund(placed, minor=1000)

    with pytest.raises(IntegrityError), transaction() as current:
        current.execute(sa.update(Refund).where(Refund.id == refund_id).values(excess_minor=1))


def test_staff_read_what_was_not_owed_where_they_look_and_decide_about_it(
    app: Flask, sandbox: StripeStandIn
) -> None:
    with app.app_context():
        placed = a_paid_order(sandbox)
        given_as_credit(placed)
        in_the_dashboard(sandbox, placed)
        reconcile()
        refund_id = the_one_at_stripe(placed)
        person = a_staff_member(role="owner")
    client = signed_in(app, person, fresh=True)
    sentence = "€24.00 went back at Stripe though it had gone back before"
    for place in ("/staff/orders/1001", "/staff/refunds", "/staff/orders/1001/refunds"):
        assert sentence in words(client.get(place)), place
    assert "1 refund at Stripe that was not owed" in words(client.get("/staff"))

    page = client.get(f"/staff/refunds/{refund_id}")
    assert sentence in words(page)
    unsaid = client.post(f"/staff/refunds/{refund_id}/acceptance", data={"csrf_token": token(page)})
    assert unsaid.status_code == 400
    said = {"csrf_token": token(page), "why": "Both were given."}
    presses = [
        client.post(f"/staff/refunds/{refund_id}/out-of-credit", data=said, follow_redirects=True)
        for _twice in range(2)
    ]
    assert ["Taken out of credit" in words(each) for each in presses] == [True, False]
    assert ["Nothing was taken" in words(each) for each in presses] == [False, True]

    assert sentence not in words(client.get("/staff/orders/1001"))
    with app.app_context():
        assert (balances(), prove()) == ([0], [])
