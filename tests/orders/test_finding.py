"""The words an order is found by."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.database import session, transaction
from storefront.orders import actions
from storefront.orders.finding import (
    LONGEST_WORD,
    MOST_WORDS,
    OrderWord,
    index_order,
    spelled,
    words_of_order,
)
from storefront.orders.models import Order
from storefront.orders.steps import lock_order
from tests.builders.orders import an_order


def _words(order_id: int) -> set[str]:
    return set(session().scalars(sa.select(OrderWord.word).where(OrderWord.order_id == order_id)))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lindt", "lindt"),
        ("FOURNIER,", "fournier"),
        ("Amélie", "amelie"),
        ("Straße", "strasse"),
        ("Ｍａｒａ", "mara"),
        ("(Östberg)", "ostberg"),
        ("Łukasz", "łukasz"),
        ("a\u0000b", "ab"),
        ("\u202emara", "mara"),
        ("…", ""),
        ("x" * 500, "x" * LONGEST_WORD),
    ],
)
def test_a_word_is_spelled_without_capitals_accents_and_punctuation(typed: str, kept: str) -> None:
    assert spelled(typed) == kept


def test_spelling_twice_is_spelling_once() -> None:
    for typed in ("ŉ…x", "ΐ", "ﬃ.", "İstanbul", "ẞ", "¨"):
        assert spelled(spelled(typed)) == spelled(typed)


def test_an_order_has_the_words_of_its_address_its_people_its_places_and_its_goods() -> None:
    found = words_of_order(
        email="Mara.Lindt@Example.org",
        addresses=(
            {
                "name": "Mara Lindt",
                "city": "Leipzig",
                "postal_code": "04109",
                "street_address": "Gartenweg 8",
            },
            {"name": "Jean-Luc Moreau", "company_name": "Moreau & Fils"},
        ),
        codes=("CK-LM-015", None),
    )

    assert found == {
        *("mara.lindt@example.org", "example.org", "mara", "lindt", "leipzig", "04109"),
        *("jean-luc", "jean", "luc", "moreau", "&", "fils", "ck-lm-015"),
    }


def test_an_order_has_so_many_words_and_no_more() -> None:
    novel = " ".join(f"word{number}" for number in range(5000))

    assert len(words_of_order(email="a@b.example", addresses=(), codes=(), notes=(novel,))) == MOST_WORDS


def test_an_order_is_found_from_the_moment_it_stands(inside: Flask) -> None:
    order_id = an_order(email="mara@example.org")

    assert {"mara@example.org", "mara", "lindt", "leipzig"} <= _words(order_id)


def test_words_that_an_order_no_longer_says_are_forgotten(inside: Flask) -> None:
    order_id = an_order(email="mara@example.org")

    with transaction():
        order = lock_order(order_id)
        order.email = "ines@example.com"
        order.delivery = order.billing = order.delivery | {"name": "Ines Albrecht"}
        index_order(order_id)

    assert {"ines@example.com", "albrecht"} <= _words(order_id)
    assert _words(order_id).isdisjoint({"mara@example.org", "mara", "lindt", "example.org"})


def test_indexing_twice_is_indexing_once(inside: Flask) -> None:
    order_id = an_order()
    before = _words(order_id)

    for _each in range(2):
        with transaction():
            lock_order(order_id)
            index_order(order_id)

    assert _words(order_id) == before


def test_every_word_tells_what_the_list_stands_by_to_the_microsecond(inside: Flask) -> None:
    at = datetime(2026, 6, 17, 12, 0, 0, 999_999, tzinfo=UTC)
    with clock.frozen(at):
        order_id = an_order()
    order = session().get_one(Order, order_id)
    expected = {(order.placed_at, order.total_minor)}
    assert order.placed_at == at

    placed = _told(order_id)
    actions.add_note(order_id, text="Rings the bell twice", key="note-1", by=("staff", 1))

    assert placed == expected == _told(order_id)


def _told(order_id: int) -> set[tuple[datetime, int]]:
    rows = session().execute(
        sa.select(OrderWord.placed_at, OrderWord.total_minor).where(OrderWord.order_id == order_id)
    )
    return {(row.placed_at, row.total_minor) for row in rows}
