"""A backup remembers whom the shop has erased; after a restore they are erased again, and nobody else is."""

import json
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.config import settings
from storefront.database import session
from storefront.orders.models import Order
from storefront.privacy.actions import erase_person, replay
from storefront.privacy.remembered import remember, remembered, where
from tests.builders.orders import an_order, cancel
from tests.builders.shipments import a_shipment
from tests.traces import found_in_database

EMAIL = "mara@example.org"


def test_whom_a_backup_brings_back_is_erased_again(inside: Flask, frozen: ModuleType) -> None:
    a_shipment(an_order(email="Mara@Example.org", paid=True))
    an_order(email="other@example.org", paid=True, cart_id="cart-2")
    frozen.advance(timedelta(hours=1))
    # As if erased after the backup was made: the file knows it, the database does not.
    remember(EMAIL, at=frozen.now())

    done = replay()

    assert (done.erased, done.refused, done.foreign) == (1, (), 0)
    assert found_in_database([EMAIL]) == []
    assert found_in_database(["other@example.org"]) != []


def test_a_second_replay_changes_nothing(inside: Flask, frozen: ModuleType) -> None:
    a_shipment(an_order(email=EMAIL, paid=True))
    frozen.advance(timedelta(hours=1))
    remember(EMAIL, at=frozen.now())
    replay()

    assert replay().erased == 0


def test_who_came_back_by_themselves_is_left_alone(inside: Flask, frozen: ModuleType) -> None:
    a_shipment(an_order(email=EMAIL, paid=True))
    frozen.advance(timedelta(hours=1))
    erase_person(EMAIL, by=("system", None))
    frozen.advance(timedelta(hours=1))
    again = an_order(email=EMAIL, paid=True, cart_id="cart-2")

    assert replay().erased == 0
    assert session().get_one(Order, again).email == EMAIL


def test_who_cannot_be_erased_yet_is_told_of(inside: Flask, frozen: ModuleType) -> None:
    order_id = an_order(email=EMAIL)
    frozen.advance(timedelta(minutes=1))
    remember(EMAIL, at=frozen.now())

    assert "not finished" in replay().refused[0]

    cancel(order_id)
    assert replay().erased == 1


def test_the_file_holds_no_address_and_nothing_that_one_can_be_tried_on(
    inside: Flask, frozen: ModuleType
) -> None:
    remember(EMAIL, at=frozen.now())

    entry = json.loads(where().read_text())
    assert set(entry) == {"person", "at", "key"}
    assert "mara" not in where().read_text()
    assert where().stat().st_mode & 0o077 == 0
    assert settings().secret_key not in where().read_text()


def test_a_line_of_another_secret_key_is_counted(inside: Flask, frozen: ModuleType) -> None:
    where().write_text(
        json.dumps(
            {"person": "0" * 64, "at": frozen.now().isoformat(), "key": "other"}, separators=(",", ":")
        )
        + "\n"
    )

    assert remembered().foreign == 1


def test_a_line_cut_short_by_a_crash_hides_no_other(inside: Flask, frozen: ModuleType) -> None:
    where().write_text('{"person": "00')

    remember(EMAIL, at=frozen.now())

    assert remembered().erased_at(EMAIL) == frozen.now()


def test_what_a_failed_erase_wrote_is_not_half_done(
    inside: Flask, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shipment(an_order(email=EMAIL, paid=True))

    def full(*_words: object, **_more: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("storefront.privacy.actions.remember", full)
    with pytest.raises(OSError, match="no space"):
        erase_person(EMAIL, by=("system", None))

    assert session().scalars(sa.select(Order.email)).one() == EMAIL
