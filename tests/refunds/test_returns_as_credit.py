"""A shopper who wants credit gets credit: on the spot, after the goods came, and nothing at Stripe."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.credit.models import CreditAccount
from storefront.database import release, session
from storefront.errors import Refused
from storefront.money import Money
from storefront.refunds.actions import send_refund
from storefront.refunds.judging import approve_return, refund_return
from storefront.refunds.withdrawal_records import Tray, withdrawals_in
from storefront.refunds.withdrawing import Statement, accept_withdrawal, declare_withdrawal
from storefront.reports.prove import prove
from tests.books import changed_tables, whole_database
from tests.builders.orders import the_refunds
from tests.builders.refunds import a_paid_basket
from tests.builders.returns import a_return, all_came, delivered, sold_under, the_return
from tests.builders.shipments import BY, line_ids
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


def test_an_approval_sends_what_its_button_showed_or_nothing(inside: Flask, sandbox: StripeStandIn) -> None:
    sold_under(goods_first=False, automatic_up_to_minor=0)
    placed = a_paid_basket(sandbox, (2400, 3))
    delivered(placed.order_id)
    return_id = a_return(placed.order_id, 2)
    before = whole_database()

    with pytest.raises(Refused, match="changed meanwhile"):
        approve_return(return_id, shown=Money(4799, "EUR"), by=BY)

    assert changed_tables(before, whole_database()) == {}
    approve_return(return_id, shown=Money(4800, "EUR"), by=BY)
    assert [each.amount_minor for each in the_refunds(placed.order_id)] == [4800]


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
