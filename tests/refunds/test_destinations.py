"""Where a refund goes is said as it is for whatever became of the account: open, closed, its code sent anew, its
customer erased."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.credit.actions import Said, send_anew
from storefront.credit.models import CreditAccount
from storefront.database import session, transaction
from storefront.money import Money
from storefront.refunds.destinations import will_go
from tests.builders.accounts import a_customer
from tests.builders.credit import a_store_credit, close
from tests.builders.editing import STAFF
from tests.builders.tenders import an_order_paid_by
from tests.servers.stripe import StripeStandIn

NOTHING = Money.zero("EUR")
FIVE = Money(500, "EUR")


def account(account_id: str) -> CreditAccount:
    return session().get_one(CreditAccount, account_id, populate_existing=True)


def says(order_id: int, credit: Money = FIVE) -> list[str]:
    return [each.to for each in will_go(order_id, by_stripe=NOTHING, credit=credit)]


def anew(account_id: str, number: int) -> str:
    said = Said("Lost", f"{number:032x}")
    return send_anew(account_id, to="mara@example.org", said=said, by=STAFF)


def put_money_on(account_id: str) -> None:
    with transaction() as current:
        current.execute(
            sa.update(CreditAccount).where(CreditAccount.id == account_id).values(balance_minor=500)
        )


def by_a_card(sandbox: StripeStandIn) -> tuple[int, str]:
    paid = an_order_paid_by(sandbox, 1000)
    return paid.order_id, paid.accounts[0]


def test_an_open_and_a_closed_card_are_told_apart(inside: Flask, sandbox: StripeStandIn) -> None:
    order_id, card_id = by_a_card(sandbox)
    end = account(card_id).code_end

    is_open = says(order_id)
    close(card_id)

    assert is_open == [f"the gift card that ends in {end}"]
    assert says(order_id) == [
        f"the gift card that ends in {end}, which is closed: it can be spent once we open it again"
    ]


def test_a_card_whose_code_was_sent_anew_names_the_card_that_has_the_money(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    order_id, old = by_a_card(sandbox)
    put_money_on(old)
    newer = anew(old, 1)
    newest = anew(newer, 2)

    ends = [account(each).code_end for each in (old, newest)]

    assert says(order_id) == [
        f"the gift card that ends in {ends[1]}, which took the place of the one that ends in {ends[0]}"
    ]
    close(newest)
    assert says(order_id)[0].endswith(
        f"ends in {ends[0]}, which is closed: it can be spent once we open it again"
    )


def by_store_credit(sandbox: StripeStandIn) -> tuple[int, str, int]:
    customer = a_customer()
    own = a_store_credit(customer.id, 1000)
    paid = an_order_paid_by(sandbox, accounts=[(own, 1000)], customer_id=customer.id)
    return paid.order_id, own, customer.id


def erase(account_id: str) -> None:
    with transaction() as current:
        current.get_one(CreditAccount, account_id).customer_id = None


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (lambda _own: None, "store credit"),
        (close, "store credit, which is closed: it can be spent once we open it again"),
        (erase, "the store credit of an account that was erased: nobody can spend it"),
    ],
)
def test_store_credit_that_paid_is_told_as_it_is(
    inside: Flask, sandbox: StripeStandIn, happens: Callable[[str], None], said: str
) -> None:
    order_id, own, _customer_id = by_store_credit(sandbox)

    happens(own)

    assert says(order_id) == [said]


@pytest.mark.parametrize(
    ("closes", "owned", "said"),
    [
        (False, True, "store credit"),
        (True, True, "a new gift card, whose code is sent by mail"),
        (False, False, "a new gift card, whose code is sent by mail"),
    ],
)
def test_what_nothing_paid_is_said_to_go_where_it_goes(
    inside: Flask, sandbox: StripeStandIn, closes: bool, owned: bool, said: str
) -> None:
    customer = a_customer()
    own = a_store_credit(customer.id, 100)
    if closes:
        close(own)
    order_id = an_order_paid_by(sandbox, customer_id=customer.id if owned else None).order_id

    assert says(order_id) == [said]
