"""What staff do about credit: once for each form, never below zero, on the record, and within what one alone may."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.credit import actions
from storefront.credit.actions import Said
from storefront.credit.codes import code_key, digest
from storefront.credit.models import CreditAccount, CreditEntry
from storefront.credit.steps import Part, give_back, spend
from storefront.database import release, session, transaction
from storefront.errors import NotFound, Refused
from storefront.mail.models import OutgoingMail
from storefront.money import Money
from tests.books import changed_tables, whole_database
from tests.builders.accounts import a_customer
from tests.builders.credit import a_gift_card, a_store_credit
from tests.builders.editing import STAFF, last_entry
from tests.builders.orders import an_order

pytestmark = pytest.mark.usefixtures("inside")

ONE = Said("Broken pot", "1" * 32)
OTHER = Said("Broken pot", "2" * 32)
TO = "mara@example.org"


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def the_account(account_id: str) -> CreditAccount:
    """It as it now stands, held against its entries."""
    found = session().get_one(CreditAccount, account_id, populate_existing=True)
    moved = sa.select(sa.func.sum(CreditEntry.amount_minor)).where(CreditEntry.account_id == account_id)
    assert int(session().scalar(moved) or 0) == found.balance_minor
    return found


def code_written() -> str:
    """The code of the newest mail."""
    newest = session().scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(1)).one()
    return str(newest.facts["cards"][0]["code"])


def test_a_card_that_staff_give_is_written_to_its_address_and_on_the_record() -> None:
    account_id = actions.give_card(eur(2500), to=TO, said=ONE, by=STAFF)

    card = the_account(account_id)
    assert (card.balance_minor, card.email) == (2500, TO)
    assert card.code_digest == digest(code_key(code_written()) or "")
    entry, detail = last_entry(("credit", account_id))
    assert (entry.verb, entry.actor_id) == ("credit.given", "7")
    assert detail == {"amount": (None, "25.00 EUR"), "why": (None, "Broken pot")}


def test_store_credit_that_staff_give_is_added_to_what_there_is() -> None:
    customer = a_customer()
    before = a_store_credit(customer.id, 100)

    account_id = actions.give_store_credit(customer.id, eur(2500), said=ONE, by=STAFF)

    assert (account_id, the_account(account_id).balance_minor) == (before, 2600)


@pytest.mark.parametrize(("minor", "left"), [(300, 1300), (-300, 700), (-1000, 0)])
def test_a_balance_is_put_right(minor: int, left: int) -> None:
    card = a_gift_card(1000)

    assert actions.adjust(card.id, eur(minor), said=ONE, by=STAFF)

    assert the_account(card.id).balance_minor == left


def test_a_balance_is_never_put_below_zero() -> None:
    card = a_gift_card(1000)

    with pytest.raises(Refused, match=r"Only €10.00 are left"):
        actions.adjust(card.id, eur(-1001), said=ONE, by=STAFF)

    assert the_account(card.id).balance_minor == 1000


def test_the_same_form_twice_changes_nothing() -> None:
    card, customer = a_gift_card(1000), a_customer()

    def all_of_it() -> None:
        actions.give_card(eur(100), to=TO, said=ONE, by=STAFF)
        actions.give_store_credit(customer.id, eur(100), said=Said("Why", "3" * 32), by=STAFF)
        actions.adjust(card.id, eur(-300), said=ONE, by=STAFF)
        actions.send_anew(card.id, to=TO, said=OTHER, by=STAFF)

    all_of_it()
    before = whole_database()
    all_of_it()

    assert changed_tables(before, whole_database()) == {}


def test_a_code_that_is_sent_anew_takes_all_with_it_and_closes_the_old_one() -> None:
    card = a_gift_card(1000, email="old@example.org")

    new_id = actions.send_anew(card.id, to=TO, said=ONE, by=STAFF)

    old, new = the_account(card.id), the_account(new_id)
    assert (old.balance_minor, old.closed_at is None) == (0, False)
    assert (new.balance_minor, new.email, new.closed_at) == (1000, TO, None)
    assert new.code_digest == digest(code_key(code_written()) or "")
    assert new.code_digest != old.code_digest
    assert last_entry(("credit", card.id))[1]["account"] == (card.id, new_id)


def test_a_code_that_fails_halfway_leaves_the_old_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    card = a_gift_card(1000)
    before = whole_database()
    with monkeypatch.context() as broken:
        broken.setattr(actions, "_write_to", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.send_anew(card.id, to=TO, said=ONE, by=STAFF)
    release()
    assert changed_tables(before, whole_database()) == {}

    actions.send_anew(card.id, to=TO, said=ONE, by=STAFF)

    assert the_account(card.id).balance_minor == 0


def test_a_closed_card_is_not_put_right_below_nor_sent_anew_until_it_is_open_again() -> None:
    card = a_gift_card(1000)
    for _twice in range(2):
        actions.close(card.id, said=ONE, by=STAFF)

    with pytest.raises(Refused, match="closed"):
        actions.adjust(card.id, eur(-1), said=ONE, by=STAFF)
    with pytest.raises(Refused, match="closed"):
        actions.send_anew(card.id, to=TO, said=ONE, by=STAFF)
    for _twice in range(2):
        actions.open_again(card.id, said=ONE, by=STAFF)

    assert actions.adjust(card.id, eur(-1), said=ONE, by=STAFF)


def test_store_credit_has_no_code_to_send() -> None:
    account_id = a_store_credit(a_customer().id, 1000)

    with pytest.raises(Refused, match="no code"):
        actions.send_anew(account_id, to=TO, said=ONE, by=STAFF)


@pytest.mark.parametrize(
    "said", [Said("", "1" * 32), Said("x" * 1001, "1" * 32), Said("Why", ""), Said("Why", "../" * 8)]
)
def test_nothing_moves_without_a_reason_and_a_form_of_ours(said: Said) -> None:
    card = a_gift_card(1000)
    before = whole_database()

    for act in (
        lambda: actions.give_card(eur(1), to=TO, said=said, by=STAFF),
        lambda: actions.give_store_credit(1, eur(1), said=said, by=STAFF),
        lambda: actions.adjust(card.id, eur(1), said=said, by=STAFF),
        lambda: actions.close(card.id, said=said, by=STAFF),
        lambda: actions.open_again(card.id, said=said, by=STAFF),
        lambda: actions.send_anew(card.id, to=TO, said=said, by=STAFF),
    ):
        with pytest.raises(Refused):
            act()

    assert changed_tables(before, whole_database()) == {}


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_is_given_of_no_amount(minor: int) -> None:
    with pytest.raises(Refused, match="above zero"):
        actions.give_card(eur(minor), to=TO, said=ONE, by=STAFF)
    with pytest.raises(Refused, match="above zero"):
        actions.give_store_credit(a_customer().id, eur(minor), said=ONE, by=STAFF)


def test_an_account_that_is_none_is_not_found() -> None:
    with pytest.raises(NotFound):
        actions.adjust("crd_none", eur(1), said=ONE, by=STAFF)


def test_one_person_alone_moves_no_more_than_they_may_refund(make_app: Callable[..., Flask]) -> None:
    with make_app(refund_alone_up_to="20.00").app_context():
        card = a_gift_card(5000)

        for act in (
            lambda: actions.give_card(eur(2001), to=TO, said=ONE, by=STAFF),
            lambda: actions.give_store_credit(a_customer().id, eur(2001), said=ONE, by=STAFF),
            lambda: actions.adjust(card.id, eur(-2001), said=ONE, by=STAFF),
            lambda: actions.send_anew(card.id, to=TO, said=ONE, by=STAFF),
        ):
            with pytest.raises(Refused, match=r"One person alone may move €20.00"):
                act()

        assert actions.give_card(eur(2000), to=TO, said=ONE, by=STAFF)


def test_what_comes_back_to_a_lost_code_goes_on_to_the_card_in_its_place() -> None:
    card, order_id = a_gift_card(3000), an_order()
    with transaction():
        spend(order_id, [Part(card.id, eur(2400))], cart_id="cart-1")
    new_id = actions.send_anew(card.id, to=TO, said=ONE, by=STAFF)
    newest_id = actions.send_anew(new_id, to=TO, said=OTHER, by=STAFF)

    for _twice in range(2):
        with transaction():
            give_back(order_id)

    left = [the_account(each).balance_minor for each in (card.id, new_id, newest_id)]
    assert left == [0, 0, 3000]
    with pytest.raises(Refused, match="sent anew"):
        actions.open_again(card.id, said=OTHER, by=STAFF)


def test_nothing_is_given_into_store_credit_that_is_closed() -> None:
    customer = a_customer()
    account_id = a_store_credit(customer.id, 100)
    actions.close(account_id, said=ONE, by=STAFF)

    with pytest.raises(Refused, match="open it again first"):
        actions.give_store_credit(customer.id, eur(2500), said=OTHER, by=STAFF)

    assert the_account(account_id).balance_minor == 100


def test_one_form_that_gave_a_card_gives_store_credit_too() -> None:
    customer = a_customer()

    card_id = actions.give_card(eur(100), to=TO, said=ONE, by=STAFF)
    account_id = actions.give_store_credit(customer.id, eur(200), said=ONE, by=STAFF)

    assert [the_account(each).balance_minor for each in (card_id, account_id)] == [100, 200]
