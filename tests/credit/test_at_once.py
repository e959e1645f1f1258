"""One form that is sent many times at the same time, and many people who replace one card: each happens once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.credit import actions
from storefront.credit.actions import Said
from storefront.credit.models import CreditAccount, CreditEntry
from storefront.credit.steps import open_card
from storefront.database import release, session
from storefront.errors import Refused
from storefront.mail.models import OutgoingMail
from storefront.money import Money
from storefront.payments.models import new_id
from tests.builders.credit import a_gift_card
from tests.builders.editing import STAFF

PEOPLE = 6
SAME = Said("Broken pot", "a" * 32)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def at_once(app: Flask, act: Callable[[int], Any]) -> int:
    """How many of so many people who act at the same moment are not refused."""
    gate = threading.Barrier(PEOPLE)

    def one(person: int) -> bool:
        with app.app_context():
            gate.wait(20)
            try:
                act(person)
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(PEOPLE) as pool:
        return sum(pool.map(one, range(PEOPLE)))


def cards(app: Flask) -> list[int]:
    """What stands on each card, held against its entries."""
    with app.app_context():
        found = session().scalars(sa.select(CreditAccount).order_by(CreditAccount.balance_minor)).all()
        for each in found:
            moved = sa.select(sa.func.sum(CreditEntry.amount_minor)).where(CreditEntry.account_id == each.id)
            assert int(session().scalar(moved) or 0) == each.balance_minor
        return [each.balance_minor for each in found]


def a_card(app: Flask, minor: int) -> str:
    """The id of a card."""
    with app.app_context():
        card_id = a_gift_card(minor).id
        release()
    return card_id


def given_at_once(app: Flask) -> tuple[int, int]:
    """How many cards and mails one form makes."""
    at_once(app, lambda _person: actions.give_card(eur(2500), to="mara@example.org", said=SAME, by=STAFF))
    with app.app_context():
        mails = int(session().scalar(sa.select(sa.func.count(OutgoingMail.id))) or 0)
    return len(cards(app)), mails


def test_one_form_gives_one_card(app: Flask) -> None:
    assert given_at_once(app) == (1, 1)


def test_without_the_forms_key_it_gives_many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each is a card of its own."""
    monkeypatch.setattr(
        actions, "open_card", lambda *said, **more: open_card(*said, **{**more, "account_id": new_id("crd")})
    )

    assert given_at_once(app) == (PEOPLE, PEOPLE)


def taken_at_once(app: Flask) -> list[int]:
    """What is left of 50.00 when one form takes 5.00."""
    card_id = a_card(app, 5000)
    at_once(app, lambda _person: actions.adjust(card_id, eur(-500), said=SAME, by=STAFF))
    with app.app_context():
        return [session().get_one(CreditAccount, card_id).balance_minor]


def test_one_form_takes_once(app: Flask) -> None:
    assert taken_at_once(app) == [4500]


def test_without_looking_behind_the_lock_it_takes_each_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody looks whether this form was taken before."""
    monkeypatch.setattr(actions, "_was_entered", lambda *_of: False)

    assert taken_at_once(app) == [5000 - PEOPLE * 500]


def replaced_at_once(app: Flask) -> int:
    """How many of so many people, each with a form of their own, replace one card of 25.00."""
    card_id = a_card(app, 2500)

    def replace(person: int) -> None:
        actions.send_anew(card_id, to="mara@example.org", said=Said("Lost", f"{person:032x}"), by=STAFF)

    return at_once(app, replace)


def test_one_card_is_replaced_once_whoever_asks(app: Flask) -> None:
    assert replaced_at_once(app) == 1
    assert cards(app) == [0, 2500]


def test_without_the_guard_its_money_is_there_many_times(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the balance is believed as it was first seen, and nothing is taken from it."""
    monkeypatch.setattr(actions, "take_out", lambda *_of: True)

    assert replaced_at_once(app) == PEOPLE
