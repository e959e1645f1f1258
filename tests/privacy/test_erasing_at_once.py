"""Erase beside everything else: whoever comes first, nothing of the person is left, and no money is half-way."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from storefront import people
from storefront.accounts.models import Customer, SignIn
from storefront.accounts.steps import Device, open_sign_in
from storefront.database import lock, release, session, transaction
from storefront.mail import outbox
from storefront.mail.models import OutgoingMail
from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.money_back import reserve_refund
from storefront.orders.refund import Refund, RefundState
from storefront.orders.steps import lock_order
from storefront.privacy import actions
from storefront.privacy.actions import NotYet, erase_person
from storefront.privacy.queries import find_person
from tests.builders.accounts import a_customer
from tests.builders.orders import an_order, the_attempt
from tests.builders.shipments import a_shipment
from tests.traces import found_in_database

EMAIL = "quill@traces.example"
AT_ONCE = 6


@pytest.fixture
def erased_at_once(app: Flask) -> Callable[[], list[str]]:
    """Erase one buyer as often at the same time; the code of each."""
    with app.app_context():
        a_shipment(an_order(email=EMAIL, paid=True))
        with transaction():
            outbox.owe("account_exists", subject="event:1", recipient=EMAIL, facts={})
        release()

    def erase(_each: int) -> str:
        with app.app_context():
            return erase_person(EMAIL, by=("system", None))

    def all_at_once() -> list[str]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(erase, range(AT_ONCE)))

    return all_at_once


def _pseudonyms() -> set[str]:
    """Every address that stands in the person's place: on the order, and on the mails about it."""
    return {*session().scalars(sa.select(Order.email)), *session().scalars(sa.select(OutgoingMail.recipient))}


def test_of_many_erasures_at_once_one_is_made(app: Flask, erased_at_once: Callable[[], list[str]]) -> None:
    codes = erased_at_once()

    with app.app_context():
        assert found_in_database([EMAIL]) == []
        (kept,) = _pseudonyms()
        assert kept in {f"erased-{code}@erased.invalid" for code in codes}


def test_without_looking_again_behind_the_lock_one_person_becomes_two(
    app: Flask, erased_at_once: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each goes on with what it found before it had the lock."""
    gate, found = threading.Barrier(AT_ONCE), threading.local()

    def then_together() -> AbstractContextManager[Session]:
        found.person = find_person(EMAIL)
        release()
        gate.wait(20)
        return transaction()

    monkeypatch.setattr(actions, "transaction", then_together)
    monkeypatch.setattr(actions, "find_person", lambda _email, *, until=None: found.person)

    erased_at_once()

    with app.app_context():
        assert len(_pseudonyms()) > 1


def _erase_while_a_refund_begins(app: Flask, look: Callable[[], object] = lambda: None) -> list[str]:
    """What an erase is refused for that begins while a refund holds the order; `look` runs just before it."""
    with app.app_context():
        order_id = an_order(email=EMAIL, paid=True)
        a_shipment(order_id)
        attempt_id = the_attempt(order_id).id
        release()
    held, looked, said = threading.Event(), threading.Event(), list[str]()

    def refund() -> None:
        with app.app_context(), transaction():
            order = lock_order(order_id)
            held.set()
            reserve_refund(
                order,
                refund_id="re-1",
                attempt_id=attempt_id,
                amount=Money(100, "EUR"),
                reason="requested_by_customer",
            )
            looked.wait(10)
            threading.Event().wait(0.3)

    def erase() -> None:
        held.wait(10)
        with app.app_context():
            look()
            looked.set()
            try:
                erase_person(EMAIL, by=("system", None))
            except NotYet as refusal:
                said.append(refusal.message)

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(refund), pool.submit(erase)]:
            each.result()
    return said


def test_a_refund_that_begins_meanwhile_is_waited_for_and_seen(app: Flask) -> None:
    """What was looked at before the lock may have changed: it is looked at again under it."""
    said = _erase_while_a_refund_begins(app)

    assert said == ["Money for order 1001 is still on its way back."]
    with app.app_context():
        assert session().scalars(sa.select(Order.email)).one() == EMAIL


def test_who_comes_in_while_they_are_erased_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        customer_id = a_customer(email=EMAIL).id
        release()
    held = threading.Event()

    def come_in() -> None:
        with app.app_context(), transaction():
            person = lock(Customer, customer_id)
            held.set()
            threading.Event().wait(1.5)
            open_sign_in(person, method="link", device=Device(), second_factor=False)

    def erase() -> None:
        held.wait(10)
        with app.app_context():
            erase_person(EMAIL, by=("system", None))

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(come_in), pool.submit(erase)]:
            each.result()

    with app.app_context():
        assert session().get(Customer, customer_id) is None
        assert session().scalars(sa.select(SignIn)).all() == []


def test_who_is_asked_before_the_lock_is_erased_with_money_on_its_way(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what stood in the way is asked for before the lock, and not again."""

    def look() -> None:
        early = people.objections(find_person(EMAIL))
        release()
        monkeypatch.setattr(people, "objections", lambda _person: early)

    said = _erase_while_a_refund_begins(app, look)

    assert said == []
    with app.app_context():
        assert session().scalars(sa.select(Order.email)).one() != EMAIL
        assert session().scalars(sa.select(Refund.state)).one() == RefundState.APPROVED
