"""Gift cards and store credit in a test's shop."""

from typing import NamedTuple

import sqlalchemy as sa

from storefront import clock
from storefront.credit.models import CreditAccount, CreditCause, CreditEntry
from storefront.credit.steps import Why, open_card, pay_in, store_credit_of
from storefront.database import session, transaction
from storefront.money import Money
from storefront.payments.models import new_id


class Given(NamedTuple):
    """A gift card in its owner's hand."""

    id: str
    code: str


def a_gift_card(minor: int = 5000, currency: str = "EUR", *, email: str | None = None) -> Given:
    """A gift card that staff have given."""
    with transaction():
        card = open_card(
            Money(minor, currency), Why(CreditCause.GRANTED), account_id=new_id("crd"), email=email
        )
    return Given(card.account_id, card.code)


def balance(account_id: str) -> int:
    """What stands in an account, in minor units, after holding it against its entries."""
    found = session().get_one(CreditAccount, account_id, populate_existing=True).balance_minor
    entries = sa.select(sa.func.sum(CreditEntry.amount_minor)).where(CreditEntry.account_id == account_id)
    assert int(session().scalar(entries) or 0) == found
    return found


def close(account_id: str) -> None:
    """Close an account, as staff do."""
    with transaction() as current:
        current.get_one(CreditAccount, account_id).closed_at = clock.now()


def a_store_credit(customer_id: int, minor: int = 5000, currency: str = "EUR") -> str:
    """Credit of a customer's; its id."""
    with transaction():
        account_id = store_credit_of(customer_id, currency, account_id=new_id("crd"))
        assert account_id is not None, "closed"
        pay_in(account_id, Money(minor, currency), Why(CreditCause.GRANTED))
    return account_id
