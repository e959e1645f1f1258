"""A month's statement is the ledger, the invoices and credit notes of that month, and Stripe's own account of it."""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.database import release, session, transaction
from storefront.money import Money, total
from storefront.orders.books import Document, DocumentKind, LedgerEntry
from storefront.orders.models import OrderLine
from storefront.orders.queries import order_record
from storefront.payments.evidence import Movement
from storefront.payments.models import BalanceMovement
from storefront.payments.steps import keep_movements
from storefront.pricing.tax import split_included
from storefront.refunds.actions import send_refund
from storefront.reports.periods import Period
from storefront.reports.statement import statement
from storefront.shop.papers import paper_of
from storefront.webhooks.actions import take_in_movements
from tests.books import beside_the_triggers
from tests.builders.payments import a_refund
from tests.builders.refunds import a_paid_basket, a_payment_in_review, ask_back, some_money, some_pieces
from tests.servers.stripe import StripeStandIn

EUR = "EUR"


def this_month() -> Period:
    """The month in which the tests happen, whole or nearly."""
    today = clock.now().date()
    return Period(today - timedelta(days=15), today + timedelta(days=15))


def euros(minor: int) -> Money:
    """So many cents."""
    return Money(minor, EUR)


def test_invoices_credit_notes_and_what_stands_beside_them_are_the_ledger(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3), (333, 2), shipping_minor=490)
    send_refund(ask_back(placed, some_pieces(placed, 1, 1)))
    send_refund(ask_back(placed, some_money(101)))
    a_payment_in_review(sandbox, minor=3000)

    made = statement(this_month())

    entries = sum(session().scalars(sa.select(LedgerEntry.amount_minor)))
    assert made.takings.net == euros(entries)
    assert made.invoiced == euros(3000 + 666 + 490)
    assert made.not_invoiced == euros(3000 + 490)
    assert made.credited == euros(1000 + 333 + 101)
    assert made.not_credited == euros(0)
    assert made.invoiced + made.not_invoiced - made.credited - made.not_credited == made.takings.net


def test_tax_by_rate_is_what_the_papers_print(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1999, 3), (777, 1), shipping_minor=490)
    # One of the lines was taxed at another rate.
    reduced = split_included(euros(777), 700)
    beside_the_triggers(
        f"UPDATE order_line SET tax_basis_points = 700, net_minor = {reduced.net.minor}, "
        f"tax_minor = {reduced.tax.minor} WHERE unit_minor = 777"
    )
    send_refund(ask_back(placed, some_pieces(placed, 2, 1)))
    send_refund(ask_back(placed, some_money(399)))

    made = statement(this_month())

    record = order_record(placed.order_id)
    for kind, part in ((DocumentKind.INVOICE, "invoiced"), (DocumentKind.CREDIT_NOTE, "credited")):
        printed = [
            row for each in record.documents if each.kind == kind for row in paper_of(record, each).taxes
        ]
        for row in made.rates:
            of_rate = [each for each in printed if each.rate == f"{row.rate_bp // 100}%"]
            assert getattr(row, part).tax == total((each.tax for each in of_rate), EUR)
            assert getattr(row, part).net == total((each.net for each in of_rate), EUR)
    assert [row.rate_bp for row in made.rates] == [700, 1900]
    assert made.tax_due == total((row.tax_due for row in made.rates), EUR)


def test_stripes_account_is_the_ledgers_less_its_fees(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (2400, 1))
    send_refund(a_refund(placed, minor=1000))

    taken_in = take_in_movements()

    (account,) = statement(this_month()).balance
    # 1.5 % and 25 cents of the charge, none for the refund: storefront/sandbox/balance.py.
    assert taken_in == 2
    assert (account.charges, account.refunds, account.fees) == (euros(2400), euros(-1000), euros(-61))
    assert account.net == euros(1339)
    assert statement(this_month()).difference == euros(0)


def test_what_is_taken_in_twice_stands_once(inside: Flask, sandbox: StripeStandIn) -> None:
    a_paid_basket(sandbox, (2400, 1))

    assert (take_in_movements(), take_in_movements()) == (1, 0)

    assert session().scalar(sa.select(sa.func.count(BalanceMovement.id))) == 1


def test_a_shop_that_was_never_paid_asks_stripe_nothing(inside: Flask) -> None:
    # No sandbox answers in this test.
    assert take_in_movements() == 0


def test_money_that_only_one_side_has_is_a_difference(inside: Flask, sandbox: StripeStandIn) -> None:
    a_paid_basket(sandbox, (2400, 1))
    take_in_movements()
    with transaction():
        keep_movements([Movement("txn_x", "charge", euros(500), euros(0), "ch_x", clock.now())])

    assert statement(this_month()).difference == euros(500)


def test_payouts_and_fees_of_their_own_change_the_balance_and_no_takings(inside: Flask) -> None:
    at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    moved = [
        Movement("txn_1", "payout", euros(-5000), euros(0), "po_1", at),
        Movement("txn_2", "stripe_fee", euros(-300), euros(0), None, at),
        Movement("txn_3", "payment", Money(900, "CHF"), Money(40, "CHF"), "py_1", at),
        Movement("txn_4", "something_new", euros(7), euros(0), None, at),
    ]
    with transaction():
        keep_movements(moved)

    made = statement(Period(date(2026, 3, 1), date(2026, 3, 31)))

    own, other = made.balance
    assert (own.payouts, own.fees, own.other, own.of_customers) == (
        euros(-5000),
        euros(-300),
        euros(7),
        euros(0),
    )
    assert (other.currency, other.net) == ("CHF", Money(860, "CHF"))
    assert made.difference == euros(0)


def test_a_month_ends_when_it_does_in_the_shop(inside: Flask, sandbox: StripeStandIn) -> None:
    a_paid_basket(sandbox, (2400, 1))
    # Half past midnight of 1 April in Berlin, still March in UTC.
    at = "2026-03-31 22:30:00.000000"
    beside_the_triggers(f"UPDATE document SET issued_at = '{at}'", f"UPDATE ledger_entry SET at = '{at}'")

    march = statement(Period(date(2026, 3, 1), date(2026, 3, 31)))
    april = statement(Period(date(2026, 4, 1), date(2026, 4, 30)))

    assert (march.invoiced, march.takings.sales) == (euros(0), euros(0))
    assert (april.invoiced, april.takings.sales) == (euros(2400), euros(2400))
    assert len(session().scalars(sa.select(Document.id)).all()) == 1
    assert session().scalar(sa.select(sa.func.count(OrderLine.id))) == 1
    release()


def test_an_order_that_is_undone_leaves_no_tax_at_any_rate(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 1), shipping_minor=490)
    reduced = split_included(euros(1000), 700)
    beside_the_triggers(
        f"UPDATE order_line SET tax_basis_points = 700, net_minor = {reduced.net.minor}, "
        f"tax_minor = {reduced.tax.minor}",
        f"UPDATE orders SET net_minor = shipping_net_minor + {reduced.net.minor}, "
        f"tax_minor = shipping_tax_minor + {reduced.tax.minor}",
    )
    send_refund(ask_back(placed, some_money(1490)))

    made = statement(this_month())

    assert {row.rate_bp: row.tax_due for row in made.rates} == {700: euros(0), 1900: euros(0)}
