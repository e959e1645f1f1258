"""Money back by every tender: Stripe first, as far as it has the money, the rest to what paid it, each once."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from storefront.credit.models import CreditAccount
from storefront.database import release, session, transaction
from storefront.errors import PaymentUnavailable, Refused
from storefront.mail.models import OutgoingMail
from storefront.money import Money
from storefront.orders import money_back
from storefront.orders.refund import RefundState
from storefront.orders.steps import lock_order
from storefront.orders.tenders import Way
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import refund_order, retry_as_credit, retry_refund
from storefront.refunds.queries import refundable
from storefront.refunds.reckoning import Wanted
from storefront.refunds.steps import give_all_back
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, ledger, whole_database
from tests.builders.accounts import a_customer
from tests.builders.credit import a_store_credit
from tests.builders.orders import the_order, the_refunds
from tests.builders.payments import deliver, refund
from tests.builders.tenders import Tendered, an_order_paid_by
from tests.servers.stripe import StripeStandIn

CREATE = "POST /v1/refunds"
KEYS = (f"{number:032x}" for number in range(10**6))


def a_refund_of(tendered: Tendered, minor: int, *, way: Way = Way.AS_PAID) -> str:
    """The id of a refund of so much that staff have asked for; approved, since one person may."""
    currency = the_order(tendered.order_id).currency
    session().rollback()
    return asked(tendered, Wanted(amount=Money(minor, currency), way=way))


def asked(tendered: Tendered, wanted: Wanted) -> str:
    """The id of a refund of what is wanted."""
    return refund_order(
        tendered.order_id, wanted, reason="goodwill", note="", form_key=next(KEYS), by=("staff", "1")
    )


def at_stripe(sandbox: StripeStandIn) -> list[int]:
    return [each["amount"] for each in sandbox.state()["refunds"]]


def balance(account_id: str) -> int:
    found = session().get_one(CreditAccount, account_id, populate_existing=True).balance_minor
    session().rollback()
    return int(found)


def letters(kind: str) -> list[OutgoingMail]:
    return list(session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == kind)))


@pytest.mark.parametrize(
    ("minor", "by_stripe", "first", "second"),
    [
        *((1, 1, 0, 0), (1399, 1399, 0, 0), (1400, 1400, 0, 0), (1401, 1400, 1, 0)),
        *((2100, 1400, 700, 0), (2101, 1400, 700, 1), (2400, 1400, 700, 300)),
    ],
)
def test_stripe_gives_back_first_then_what_paid_in_its_order(
    inside: Flask, sandbox: StripeStandIn, minor: int, by_stripe: int, first: int, second: int
) -> None:
    order = an_order_paid_by(sandbox, 700, 300)

    refund_id = a_refund_of(order, minor)
    send_refund(refund_id)

    assert at_stripe(sandbox) == [by_stripe]
    assert tuple(map(balance, order.accounts)) == (first, second)
    assert refund(refund_id).state == RefundState.SETTLED
    assert sum(minor for _kind, minor in ledger(order.order_id)) == 2400 - minor
    assert prove() == []


def test_refunds_one_after_another_end_at_what_each_tender_paid(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    order = an_order_paid_by(sandbox, 700, 300)

    for minor in (1000, 800, 500, 100):
        send_refund(a_refund_of(order, minor))

    assert sorted(at_stripe(sandbox)) == [400, 1000]
    assert tuple(map(balance, order.accounts)) == (700, 300)
    assert sum(minor for _kind, minor in ledger(order.order_id)) == 0
    assert prove() == []


def test_an_order_paid_by_credit_alone_is_paid_back_without_stripe(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    order = an_order_paid_by(sandbox, 2400)
    sandbox.control("answer", status=500, on=CREATE)

    send_refund(a_refund_of(order, 2400))

    assert at_stripe(sandbox) == []
    assert [balance(each) for each in order.accounts] == [2400]
    assert ledger(order.order_id) == [("credit_spent", 2400), ("credit_given", -2400)]
    assert prove() == []


def test_sending_again_pays_nothing_in_again(inside: Flask, sandbox: StripeStandIn) -> None:
    order = an_order_paid_by(sandbox, 700)
    refund_id = a_refund_of(order, 2400)
    send_refund(refund_id)
    before = whole_database()

    send_refund(refund_id)
    deliver(sandbox)

    changed = changed_tables(before, whole_database())
    assert changed.keys() <= {"stripe_event", "job"}
    assert [balance(each) for each in order.accounts] == [700]


def test_a_refund_that_crashes_before_its_credit_is_paid_in_once(
    inside: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = an_order_paid_by(sandbox, 700)
    refund_id = a_refund_of(order, 2400)

    def crash(*_args: Any) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patch:
        patch.setattr(money_back, "give_credit", crash)
        with pytest.raises(RuntimeError):
            send_refund(refund_id)
    assert refund(refund_id).state == RefundState.SENT
    assert balance(order.accounts[0]) == 0

    reconcile()

    assert refund(refund_id).state == RefundState.SETTLED
    assert (at_stripe(sandbox), balance(order.accounts[0])) == ([1700], 700)
    assert prove() == []


def test_a_lost_answer_pays_nothing_in_until_stripe_has_said_so(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    order = an_order_paid_by(sandbox, 700)
    refund_id = a_refund_of(order, 2400)
    sandbox.control("lose", how="close", on=CREATE)
    with pytest.raises(PaymentUnavailable):
        send_refund(refund_id)
    assert balance(order.accounts[0]) == 0

    send_refund(refund_id)

    assert (at_stripe(sandbox), balance(order.accounts[0])) == ([1700], 700)


def test_chosen_credit_goes_to_what_paid_and_the_rest_to_the_owners_store_credit(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    customer = a_customer()
    order = an_order_paid_by(sandbox, 700, customer_id=customer.id)

    send_refund(a_refund_of(order, 2400, way=Way.CREDIT))

    theirs = session().scalars(sa.select(CreditAccount).where(CreditAccount.kind == "store_credit")).one()
    assert (theirs.customer_id, theirs.balance_minor) == (customer.id, 1700)
    assert (at_stripe(sandbox), balance(order.accounts[0])) == ([], 700)
    assert letters("gift_card_refund") == []
    assert prove() == []


def test_store_credit_that_paid_a_part_gets_one_entry_of_all(inside: Flask, sandbox: StripeStandIn) -> None:
    customer = a_customer()
    account_id = a_store_credit(customer.id, 900)
    order = an_order_paid_by(sandbox, accounts=[(account_id, 900)], customer_id=customer.id)

    send_refund(a_refund_of(order, 2400, way=Way.CREDIT))

    assert balance(account_id) == 2400
    assert prove() == []


def test_a_guest_gets_the_rest_on_a_new_card_whose_code_is_mailed_once(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    order = an_order_paid_by(sandbox)
    refund_id = a_refund_of(order, 1000, way=Way.CREDIT)

    for _twice in range(2):
        send_refund(refund_id)

    (letter,) = letters("gift_card_refund")
    card = session().get_one(CreditAccount, letter.facts["account_id"])
    assert (card.balance_minor, card.code_end) == (1000, letter.facts["code"][-4:])
    assert letter.recipient == "mara@example.org"
    assert at_stripe(sandbox) == []
    assert prove() == []


def test_what_became_credit_by_choice_leaves_stripe_what_it_has(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    order = an_order_paid_by(sandbox, 1000)
    send_refund(a_refund_of(order, 1800, way=Way.CREDIT))

    send_refund(a_refund_of(order, 600))

    assert at_stripe(sandbox) == [600]
    assert prove() == []
    with pytest.raises(Refused):
        a_refund_of(order, 1)


def test_a_refund_that_stripe_refuses_credits_nothing_and_is_free_again(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    order = an_order_paid_by(sandbox, 700)
    refund_id = a_refund_of(order, 2400)
    sandbox.control("refunds", status="failed")

    send_refund(refund_id)

    assert refund(refund_id).state == RefundState.FAILED
    assert (balance(order.accounts[0]), the_order(order.order_id).refunded_minor) == (0, 0)
    session().rollback()
    send_refund(retry_refund(refund_id, by=("staff", "1")))
    assert balance(order.accounts[0]) == 700
    assert prove() == []


def test_what_stripe_has_nothing_left_for_is_tried_again_as_credit_either_way(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    order = an_order_paid_by(sandbox, 700)
    refund_id = a_refund_of(order, 700)
    sandbox.control("refunds", status="failed")
    send_refund(refund_id)
    send_refund(a_refund_of(order, 1700))

    again = {retry(refund_id, by=("staff", "1")) for retry in (retry_refund, retry_refund, retry_as_credit)}

    assert [refund(each).credit_minor for each in again] == [700]


def test_credit_stays_given_when_the_bank_sends_the_rest_back(inside: Flask, sandbox: StripeStandIn) -> None:
    order = an_order_paid_by(sandbox, 700)
    refund_id = a_refund_of(order, 2400)
    send_refund(refund_id)

    sandbox.control("refund-status", refund=refund(refund_id).stripe_refund_id, status="failed")
    session().rollback()
    for _twice in range(2):
        deliver(sandbox)
        reconcile()

    failed, given = sorted(the_refunds(order.order_id), key=lambda each: each.state)
    assert (failed.state, failed.amount_minor, failed.credit_minor) == (RefundState.FAILED, 1700, 0)
    assert (given.state, given.amount_minor, given.credit_minor) == (RefundState.SETTLED, 700, 700)
    assert given.split_of == failed.id
    assert the_order(order.order_id).refunded_minor == 700
    session().rollback()
    assert prove() == []
    send_refund(retry_refund(refund_id, by=("staff", "1")))
    assert balance(order.accounts[0]) == 700
    assert sum(minor for _kind, minor in ledger(order.order_id)) == 0
    assert prove() == []


def test_a_payment_given_back_whole_asks_stripe_alone(inside: Flask, sandbox: StripeStandIn) -> None:
    order = an_order_paid_by(sandbox, 700)

    with transaction():
        locked, amount = lock_order(order.order_id), Money(1701, "EUR")
        with pytest.raises(Refused):
            give_all_back(locked, attempt_id=order.attempt_id, amount=amount, reason="paid_twice")

    assert the_refunds(order.order_id) == []


@pytest.mark.parametrize(("currency", "step"), [("JPY", 1), ("EUR", 1), ("KWD", 10)])
def test_lines_of_an_order_of_several_tenders_end_at_what_each_paid(
    make_app: Callable[..., Flask], sandbox: StripeStandIn, currency: str, step: int
) -> None:
    with make_app(currency=currency, **sandbox.settings).app_context():

        @hypothesis_settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            cards=st.lists(st.integers(1, 399), max_size=3),
            price=st.integers(500, 999),
            splits=st.lists(st.integers(1, 3), min_size=1, max_size=4),
        )
        def holds(cards: list[int], price: int, splits: list[int]) -> None:
            paid = [minor * step for minor in cards]
            order = an_order_paid_by(sandbox, *paid, price_minor=price * step, pieces=3)
            of = refundable(order.order_id)
            release()
            before = sum(at_stripe(sandbox))

            for pieces in [*splits, 3]:
                left = refundable(order.order_id).lines[0].left
                release()
                if left:
                    wanted = Wanted({of.lines[0].id: min(pieces, left)})
                    send_refund(asked(order, wanted))

            # Where everything went back as it was paid, each tender has what it paid.
            assert sum(at_stripe(sandbox)) - before == price * step * 3 - sum(paid)
            assert tuple(map(balance, order.accounts)) == tuple(paid)
            assert sum(minor for _kind, minor in ledger(order.order_id)) == 0

        holds()
        assert prove() == []
