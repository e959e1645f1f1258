"""Gift cards and store credit in a test's shop."""

from typing import NamedTuple

from storefront.credit.models import CreditCause
from storefront.credit.steps import Why, open_card, pay_in, store_credit_of
from storefront.database import transaction
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


def a_store_credit(customer_id: int, minor: int = 5000, currency: str = "EUR") -> str:
    """Credit of a customer's; its id."""
    with transaction():
        account_id = store_credit_of(customer_id, currency, account_id=new_id("crd"))
        pay_in(account_id, Money(minor, currency), Why(CreditCause.GRANTED))
    return account_id
