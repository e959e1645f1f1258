"""Notes of staff about an order: kept once per form, erasable, and never without their trace."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit
from storefront.database import session
from storefront.errors import NotFound, Refused
from storefront.orders.actions import LONGEST_NOTE, add_note, erase_note
from storefront.orders.finding import OrderWord
from storefront.orders.models import OrderNote
from tests.builders.orders import an_order
from tests.builders.shipments import BY


def test_a_note_is_kept_with_its_author_as_it_was_written(inside: Flask) -> None:
    note_id = add_note(an_order(), text="  Called twice.\r\n<b>Nobody</b> there. ", key="k", by=BY)

    note = session().get_one(OrderNote, note_id)
    assert (note.text, note.author_kind, note.author_id) == (
        "Called twice.\n<b>Nobody</b> there.",
        "staff",
        "7",
    )


def test_the_same_form_twice_is_one_note(inside: Flask) -> None:
    order_id = an_order()

    first, second = (add_note(order_id, text="Called.", key="k", by=BY) for _again in range(2))

    assert first == second
    assert [each.verb for each in audit.history(("order", order_id))].count("order.noted") == 1


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "a" * (LONGEST_NOTE + 1)])
def test_nothing_and_too_much_is_no_note(inside: Flask, text: str) -> None:
    with pytest.raises(Refused):
        add_note(an_order(), text=text, key="k", by=BY)


def test_an_erased_note_says_nothing_but_that_it_was(inside: Flask) -> None:
    order_id = an_order()
    note_id = add_note(order_id, text="Lives with her mother.", key="k", by=BY)

    for _again in range(2):
        erase_note(note_id, order_id=order_id, by=("staff", 8))

    note = session().get_one(OrderNote, note_id, populate_existing=True)
    assert (note.text, note.erased_at is not None) == (None, True)
    assert [(each.verb, each.actor_id) for each in audit.history(("order", order_id))][1:] == [
        ("order.noted", "7"),
        ("order.note_erased", "8"),
    ]


@pytest.mark.parametrize("number", [0, -1, 99, 2**63])
def test_what_never_was_is_not_found(inside: Flask, number: int) -> None:
    with pytest.raises(NotFound):
        erase_note(number, order_id=an_order(), by=BY)
    with pytest.raises(NotFound):
        add_note(number, text="x", key="k", by=BY)


def test_an_order_is_found_by_its_notes_until_they_are_erased(inside: Flask) -> None:
    order_id = an_order()
    words = sa.select(OrderWord.word).where(OrderWord.order_id == order_id, OrderWord.word == "mother")

    note_id = add_note(order_id, text="Lives with her mother.", key="k", by=BY)
    assert session().scalars(words).all() == ["mother"]
    erase_note(note_id, order_id=order_id, by=BY)

    assert session().scalars(words).all() == []
