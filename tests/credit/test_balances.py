"""A balance is the sum of its entries, never below zero; what happens once is entered once."""

import pytest
import sqlalchemy as sa

from storefront import clock
from storefront.credit.codes import ALPHABET, code_key, digest, new_code
from storefront.credit.models import CreditAccount, CreditCause, CreditUse
from storefront.credit.steps import (
    CreditGone,
    Part,
    Why,
    give_back,
    pay_in,
    spend,
    spend_again,
    store_credit_of,
    take_out,
)
from storefront.database import session, transaction
from storefront.money import Money
from tests.builders.accounts import a_customer
from tests.builders.credit import a_gift_card, a_store_credit, balance
from tests.builders.orders import an_order

pytestmark = pytest.mark.usefixtures("inside")


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def test_a_card_is_known_by_the_digest_of_its_code_alone() -> None:
    card = a_gift_card(2500)

    kept = session().get_one(CreditAccount, card.id)

    assert kept.code_digest == digest(code_key(card.code) or "")
    assert kept.code_end == card.code[-4:]
    assert card.code not in str(vars(kept))


@pytest.mark.parametrize("typed", ["7qk2-9fmd-xovb-3tra", " 7QK2 9FMD X0VB 3TRA ", "7QK29FMDX0VB3TRA"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert code_key(typed) == "7QK29FMDX0VB3TRA"


@pytest.mark.parametrize(
    "typed", ["", "SUMMER", "7QK2-9FMD-X0VB", "7QK2-9FMD-X0VB-3TRAA", "7QK2-9FMD-X0VB-3TRU", "é" * 16]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert code_key(typed) is None


def test_a_new_code_reads_as_itself() -> None:
    code = new_code()

    assert code_key(code) == code.replace("-", "")
    assert set(code) <= {*ALPHABET, "-"}


def test_more_than_is_there_is_not_taken() -> None:
    card = a_gift_card(2500)

    with transaction():
        taken = [take_out(card.id, eur(minor), Why(CreditCause.ADJUSTED)) for minor in (2501, 2500, 1)]

    assert taken == [False, True, False]
    assert balance(card.id) == 0


def test_money_of_another_currency_is_not_taken() -> None:
    card = a_gift_card(2500)

    with transaction():
        assert not take_out(card.id, Money(100, "USD"), Why(CreditCause.ADJUSTED))

    assert balance(card.id) == 2500


def test_a_closed_card_pays_nothing_and_takes_what_is_paid_back() -> None:
    card = a_gift_card(2500)
    with transaction() as current:
        current.get_one(CreditAccount, card.id).closed_at = clock.now()

    with transaction():
        assert not take_out(card.id, eur(1), Why(CreditCause.ADJUSTED))
        assert pay_in(card.id, eur(100), Why(CreditCause.REFUNDED, reference="ref_1"))

    assert balance(card.id) == 2600


def test_a_refund_is_paid_in_once() -> None:
    card = a_gift_card(2500)

    with transaction():
        new = [pay_in(card.id, eur(300), Why(CreditCause.REFUNDED, reference="ref_1")) for _twice in range(2)]

    assert new == [True, False]
    assert balance(card.id) == 2800


def test_an_order_spends_of_several_and_gives_back_once() -> None:
    first, second, order_id = a_gift_card(1000), a_gift_card(2000), an_order()
    parts = [Part(first.id, eur(1000)), Part(second.id, eur(500))]

    with transaction():
        spend(order_id, parts)
    assert (balance(first.id), balance(second.id)) == (0, 1500)
    for _twice in range(2):
        with transaction():
            give_back(order_id)

    assert (balance(first.id), balance(second.id)) == (1000, 2000)


def test_an_order_that_lives_again_takes_what_it_held() -> None:
    card, order_id = a_gift_card(1000), an_order()
    with transaction():
        spend(order_id, [Part(card.id, eur(700))])
    with transaction():
        give_back(order_id)

    for _twice in range(2):
        with transaction():
            spend_again(order_id)

    assert balance(card.id) == 300
    assert session().scalar(sa.select(CreditUse.released_at)) is None


def test_an_order_does_not_live_again_from_what_was_spent_meanwhile() -> None:
    card, order_id = a_gift_card(1000), an_order()
    with transaction():
        spend(order_id, [Part(card.id, eur(700))])
    with transaction():
        give_back(order_id)
    with transaction():
        take_out(card.id, eur(400), Why(CreditCause.ADJUSTED))

    with pytest.raises(CreditGone), transaction():
        spend_again(order_id)

    assert balance(card.id) == 600


def test_an_order_that_cannot_have_all_takes_nothing() -> None:
    full, short, order_id = a_gift_card(1000), a_gift_card(100), an_order()

    with pytest.raises(CreditGone), transaction():
        spend(order_id, [Part(full.id, eur(1000)), Part(short.id, eur(101))])

    assert (balance(full.id), balance(short.id)) == (1000, 100)


def test_a_customer_has_one_store_credit() -> None:
    customer = a_customer()
    account_id = a_store_credit(customer.id, 1200)

    with transaction():
        again = store_credit_of(customer.id, "EUR", account_id="crd_other")

    assert again == account_id
    assert balance(account_id) == 1200
