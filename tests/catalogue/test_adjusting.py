"""Counts that staff change: with a cause, once for each form, never against what is sold at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.catalogue import actions, adjusting, stock
from storefront.catalogue.adjusting import Said
from storefront.catalogue.models import Cause, StockAdjustment, StockMovement
from storefront.database import session, transaction
from storefront.errors import NotFound, Refused
from storefront.mail.models import OutgoingMail
from tests.builders.catalogue import a_variant, moved, on_hand
from tests.builders.editing import STAFF, last_entry

inside = pytest.mark.usefixtures("inside")


def adjust(variant_id: int, pieces: int, cause: Cause, said: Said | None = None) -> bool:
    return actions.move_stock(variant_id, pieces, cause=cause, said=said or Said(), by=STAFF)


def last_movement() -> StockMovement:
    select = sa.select(StockMovement).order_by(StockMovement.id.desc()).limit(1)
    return session().scalars(select).one()


@inside
@pytest.mark.parametrize(
    ("cause", "pieces", "left"),
    [
        (Cause.RECEIVED, 4, 14),
        (Cause.DAMAGED, 4, 6),
        (Cause.LOST, 10, 0),
        (Cause.GIVEN, 1, 9),
        (Cause.OTHER, 2, 12),
        (Cause.OTHER, -2, 8),
    ],
)
def test_a_cause_moves_pieces_its_own_way(cause: Cause, pieces: int, left: int) -> None:
    variant_id = a_variant(on_hand=10).id

    assert adjust(variant_id, pieces, cause, Said(note="The box fell"))

    assert (on_hand(variant_id), moved(variant_id)) == (left, left)
    adjustment = session().scalars(sa.select(StockAdjustment)).one()
    assert (last_movement().cause, last_movement().reference) == (cause, f"adjustment:{adjustment.id}")
    assert (adjustment.note, adjustment.actor_kind, adjustment.actor_id) == ("The box fell", "staff", "7")
    entry, detail = last_entry(("variant", variant_id))
    assert (entry.verb, entry.code) == ("stock.adjusted", cause.value)
    assert detail == {"on_hand": ("10", str(left)), "note": (None, "The box fell")}


@inside
def test_the_same_form_twice_moves_pieces_once() -> None:
    variant_id, said = a_variant(on_hand=10).id, Said()

    assert adjust(variant_id, 4, Cause.RECEIVED, said)
    assert not adjust(variant_id, 4, Cause.RECEIVED, said)

    assert on_hand(variant_id) == 14


@inside
@pytest.mark.parametrize(
    ("cause", "pieces"),
    [
        (Cause.DAMAGED, 11),
        (Cause.RECEIVED, 0),
        (Cause.RECEIVED, -1),
        (Cause.LOST, -5),
        (Cause.OTHER, -11),
        (Cause.RECEIVED, 2**31),
        (Cause.ORDER, 1),
        (Cause.IMPORT, 1),
        (Cause.COUNTED, 1),
    ],
)
def test_what_cannot_be_moved_leaves_nothing_behind(cause: Cause, pieces: int) -> None:
    variant_id = a_variant(on_hand=10).id

    with pytest.raises(Refused):
        adjust(variant_id, pieces, cause)

    assert (on_hand(variant_id), moved(variant_id)) == (10, 10)
    assert session().scalar(sa.select(sa.func.count()).select_from(StockAdjustment)) == 0


@inside
@pytest.mark.parametrize("said", [Said(key=""), Said(key="a b"), Said(key="x" * 41), Said(note="x" * 501)])
def test_a_form_that_is_not_ours_is_refused(said: Said) -> None:
    with pytest.raises(Refused):
        adjust(a_variant(on_hand=10).id, 1, Cause.RECEIVED, said)


@inside
def test_goods_that_never_were_are_not_found() -> None:
    with pytest.raises(NotFound):
        adjust(4711, 1, Cause.RECEIVED)
    with pytest.raises(NotFound):
        actions.set_threshold(4711, 1, by=STAFF)


@inside
def test_what_was_sold_while_somebody_counted_does_not_come_back() -> None:
    variant_id = a_variant(on_hand=10).id
    with transaction():
        stock.take({variant_id: 2}, reference="order:1")

    with pytest.raises(Refused) as refusal:
        actions.count_stock(variant_id, 10, seen="10", by=STAFF)

    assert refusal.value.message.startswith("Meanwhile the number changed to 8")
    assert on_hand(variant_id) == 8


@inside
def test_counting_says_what_there_is_and_begins_or_ends_counting() -> None:
    variant_id = a_variant(on_hand=None).id

    actions.count_stock(variant_id, 6, seen="none", by=STAFF)
    assert (on_hand(variant_id), last_movement().cause) == (6, Cause.COUNTED)
    actions.count_stock(variant_id, None, seen="6", by=STAFF)

    assert (on_hand(variant_id), moved(variant_id)) == (None, 0)


def sold_and_broken_at_once(app: Flask) -> tuple[int | None, int]:
    """Eight buyers take a piece each while eight pieces of sixteen break; what is left, and what moved."""
    with app.app_context():
        variant_id = a_variant(on_hand=16).id
    gate = threading.Barrier(16)

    def work(number: int) -> None:
        with app.app_context():
            gate.wait()
            if number % 2:
                adjust(variant_id, 1, Cause.DAMAGED)
            else:
                with transaction():
                    stock.take({variant_id: 1}, reference=f"order:{number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    with app.app_context():
        return on_hand(variant_id), moved(variant_id)


def test_pieces_sold_and_adjusted_at_once_are_all_counted(app: Flask) -> None:
    assert sold_and_broken_at_once(app) == (0, 0)


def test_without_the_lock_a_sale_would_be_forgotten(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    look = threading.Barrier(2, timeout=10)

    def write_what_was_seen(variant_id: int, delta: int, **_said: Any) -> None:
        # What the shop would do that reads, waits a moment and writes: the sale of that moment is lost.
        seen = on_hand(variant_id) or 0
        session().rollback()
        look.wait()
        look.wait()
        with transaction() as current:
            current.execute(sa.text(f"UPDATE variant SET on_hand = {seen + delta} WHERE id = {variant_id}"))

    with app.app_context():
        variant_id = a_variant(on_hand=10).id

    def damage() -> None:
        with app.app_context():
            write_what_was_seen(variant_id, -1)

    with ThreadPoolExecutor(1) as pool, app.app_context():
        writing = pool.submit(damage)
        look.wait()
        with transaction():
            stock.take({variant_id: 2}, reference="order:1")
        look.wait()
        writing.result()

        assert on_hand(variant_id) != moved(variant_id)


def mails() -> list[tuple[str, Any]]:
    select = sa.select(OutgoingMail).where(OutgoingMail.kind == "low_stock").order_by(OutgoingMail.id)
    return [(mail.recipient, mail.facts["left"]) for mail in session().scalars(select)]


def buy(variant_id: int, pieces: int, number: int) -> None:
    with transaction():
        stock.take({variant_id: pieces}, reference=f"order:{number}")


def test_staff_are_told_once_for_each_fall(make_app: Any) -> None:
    with make_app(low_stock_mail="yes", low_stock_pieces="3", staff_email="staff@shop.example").app_context():
        variant_id = a_variant(on_hand=5).id
        buy(variant_id, 1, 1)
        assert mails() == []
        buy(variant_id, 1, 2)
        buy(variant_id, 1, 3)
        assert mails() == [("staff@shop.example", 3)]

        adjust(variant_id, 9, Cause.RECEIVED)
        adjust(variant_id, 10, Cause.LOST)

        assert mails() == [("staff@shop.example", 3), ("staff@shop.example", 1)]


def test_a_variant_may_have_a_threshold_of_its_own(make_app: Any) -> None:
    with make_app(low_stock_mail="yes").app_context():
        variant_id = a_variant(on_hand=10).id
        assert actions.set_threshold(variant_id, 0, by=STAFF)
        assert not actions.set_threshold(variant_id, 0, by=STAFF)

        buy(variant_id, 9, 1)
        assert mails() == []
        buy(variant_id, 1, 2)

        assert [left for _to, left in mails()] == [0]


def test_of_many_who_buy_at_once_one_makes_the_count_fall(make_app: Any) -> None:
    app = make_app(low_stock_mail="yes", low_stock_pieces="4")
    with app.app_context():
        variant_id = a_variant(on_hand=8).id

    def one(number: int) -> None:
        with app.app_context():
            buy(variant_id, 1, number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))

    with app.app_context():
        assert [left for _to, left in mails()] == [4]


@inside
def test_nobody_is_written_to_who_did_not_ask_for_it() -> None:
    variant_id = a_variant(on_hand=6).id

    buy(variant_id, 6, 1)

    assert mails() == []
    assert adjusting.shown_count(on_hand(variant_id)) == "0"


def test_the_mail_names_the_good_what_is_left_and_the_way_there(make_app: Any) -> None:
    app = make_app(low_stock_mail="yes")
    with app.app_context():
        variant_id = a_variant(on_hand=6, title="Oak <b>log</b>", sku="LOG-1").id
        buy(variant_id, 4, 1)

    jobs.drain(app)

    with app.app_context():
        written = session().scalars(sa.select(OutgoingMail)).one()
        assert written.title == "“Oak <b>log</b>” is low"
        assert "2 pieces are left." in (written.text or "")
        assert f"/staff/stock/{variant_id}" in (written.text or "")
        assert "<b>log</b>" not in (written.html or "")
