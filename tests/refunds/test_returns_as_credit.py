"""A shopper who wants credit gets credit: on the spot, after the goods came, and nothing at Stripe."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.credit.models import CreditAccount
from storefront.database import release, session
from storefront.errors import Refused
from storefront.money import Money
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import refund_order
from storefront.refunds.judging import approve_return, refund_return
from storefront.refunds.reckoning import Shown, Wanted
from storefront.refunds.withdrawal_records import Tray, withdrawals_in
from storefront.refunds.withdrawing import Statement, accept_withdrawal, declare_withdrawal
from storefront.reports.prove import prove
from tests.books import changed_tables, whole_database
from tests.builders.orders import the_refunds
from tests.builders.refunds import a_paid_basket
from tests.builders.returns import a_return, all_came, delivered, sold_under, the_return
from tests.builders.shipments import BY, line_ids
from tests.builders.tenders import Tendered, an_order_paid_by
from tests.servers.stripe import StripeStandIn

KEY = "0" * 32


def given() -> list[tuple[str, int]]:
    """Credit that there is: its kind and what is on it."""
    rows = session().execute(sa.select(CreditAccount.kind, CreditAccount.balance_minor)).all()
    release()
    return [(str(row[0]), row[1]) for row in rows]


def test_a_return_that_wants_credit_is_paid_as_credit_once_its_goods_came(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (2400, 3))
    delivered(placed.order_id)
    return_id = a_return(placed.order_id, 2, to_credit=True)
    all_came(return_id)

    for _twice in range(2):
        send_refund(refund_return(return_id, amount=Money(4800, "EUR"), by=BY))

    assert given() == [("gift_card", 4800)]
    assert sandbox.state()["refunds"] == []
    assert prove() == []


def test_a_form_that_was_sent_before_is_refused_where_it_asks_for_something_else(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (2400, 3))
    delivered(placed.order_id)
    first = a_return(placed.order_id, 1, key=KEY)
    before = whole_database()

    assert a_return(placed.order_id, 1, key=KEY) == first
    for changed in ({"to_credit": True}, {"reason": "damaged"}):
        with pytest.raises(Refused, match="sent before"):
            a_return(placed.order_id, 1, key=KEY, **changed)
    with pytest.raises(Refused, match="sent before"):
        a_return(placed.order_id, 2, key=KEY)

    assert changed_tables(before, whole_database()) == {}


def whole_by_stripe(minor: int) -> Shown:
    return Shown(Money(minor, "EUR"), Money(minor, "EUR"))


def of_three_paid_in_part_by_a_card(sandbox: StripeStandIn) -> Tendered:
    """Three pieces of 24.00, of which a gift card paid one, and which have arrived."""
    placed = an_order_paid_by(sandbox, 2400, price_minor=2400, pieces=3)
    delivered(placed.order_id)
    return placed


def all_that_stripe_had_goes_back(placed: Tendered) -> None:
    wanted = Wanted(amount=Money(4800, "EUR"))
    refund_order(placed.order_id, wanted, reason="goodwill", note="", form_key=KEY, by=BY)


def test_an_approval_sends_it_where_its_page_said_or_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    sold_under(goods_first=False, automatic_up_to_minor=0)
    placed = of_three_paid_in_part_by_a_card(sandbox)
    return_id = a_return(placed.order_id, 1)
    all_that_stripe_had_goes_back(placed)
    before = whole_database()

    with pytest.raises(Refused, match=r"shown €24.00 by card, now it would be €24.00 as credit"):
        approve_return(return_id, shown=whole_by_stripe(2400), by=BY)

    assert changed_tables(before, whole_database()) == {}
    approve_return(return_id, shown=Shown(Money(2400, "EUR"), Money(0, "EUR")), by=BY)
    assert [(each.amount_minor, each.credit_minor) for each in the_refunds(placed.order_id)] == [
        (4800, 0),
        (2400, 2400),
    ]


def test_a_return_is_paid_to_where_its_question_said_or_not_at_all(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = of_three_paid_in_part_by_a_card(sandbox)
    return_id = a_return(placed.order_id, 1)
    all_came(return_id)
    all_that_stripe_had_goes_back(placed)
    amount, before = Money(2400, "EUR"), whole_database()

    with pytest.raises(Refused, match=r"shown €24.00 by card, now it would be €24.00 as credit"):
        refund_return(return_id, amount=amount, by_stripe=amount, by=BY)

    assert changed_tables(before, whole_database()) == {}
    refund_return(return_id, amount=amount, by_stripe=Money(0, "EUR"), by=BY)
    assert the_refunds(placed.order_id)[-1].credit_minor == 2400


def test_an_approval_sends_what_its_button_showed_or_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    sold_under(goods_first=False, automatic_up_to_minor=0)
    placed = a_paid_basket(sandbox, (2400, 3))
    delivered(placed.order_id)
    return_id = a_return(placed.order_id, 2)
    before = whole_database()

    with pytest.raises(Refused, match="changed meanwhile"):
        approve_return(return_id, shown=whole_by_stripe(4799), by=BY)

    assert changed_tables(before, whole_database()) == {}
    approve_return(return_id, shown=whole_by_stripe(4800), by=BY)
    assert [each.amount_minor for each in the_refunds(placed.order_id)] == [4800]


@pytest.mark.parametrize("to_credit", [True, False])
def test_a_withdrawal_is_paid_as_credit_where_the_customer_has_agreed(
    inside: Flask, sandbox: StripeStandIn, to_credit: bool
) -> None:
    sold_under(goods_first=False)
    placed = a_paid_basket(sandbox, (2400, 1))
    statement = Statement("Mara Lindt", str(placed.order_id + 1000), "mara@example.org", "", KEY)
    withdrawal_id = declare_withdrawal(statement)
    pieces = dict.fromkeys(line_ids(placed.order_id), 1)
    release()

    return_id = accept_withdrawal(withdrawal_id, pieces, to_credit=to_credit, by=BY)

    refund_id = the_return(return_id).request.refund_id or ""
    release()
    send_refund(refund_id)
    assert given() == ([("gift_card", 2400)] if to_credit else [])
    assert len(sandbox.state()["refunds"]) == (0 if to_credit else 1)
    assert prove() == []


def test_a_withdrawal_whose_refund_failed_is_still_owed(inside: Flask, sandbox: StripeStandIn) -> None:
    sold_under(goods_first=False)
    placed = a_paid_basket(sandbox, (2400, 1))
    statement = Statement("Mara Lindt", str(placed.order_id + 1000), "mara@example.org", "", KEY)
    withdrawal_id = declare_withdrawal(statement)
    pieces = dict.fromkeys(line_ids(placed.order_id), 1)
    release()
    return_id = accept_withdrawal(withdrawal_id, pieces, by=BY)
    refund_id = the_return(return_id).request.refund_id or ""
    release()
    sandbox.control("refunds", status="failed")

    send_refund(refund_id)

    (record,) = withdrawals_in(Tray.DUE)
    assert (record.has_failed, record.is_due, record.is_paid) == (True, True, False)
    assert withdrawals_in(Tray.DONE) == ()
