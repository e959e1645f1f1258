"""The list of orders: each filter, sort and page held against all orders, looked through one by one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bench.many_orders import NEWEST, write_orders
from storefront.database import db, session
from storefront.orders import listing
from storefront.orders.finding import OrderWord
from storefront.orders.listing import listed
from storefront.orders.models import Fulfilment, Order, OrderState
from storefront.orders.sought import Matter, Parcel, Sort, Sought
from storefront.payments.models import Dispute, PaymentAttempt
from tests.builders.cart import a_policy
from tests.counting import counting

COUNT = 1000


@pytest.fixture
def many(inside: Flask) -> list[Order]:
    """A thousand orders in every state."""
    a_policy()
    session().remove()
    write_orders(COUNT)
    return list(session().scalars(sa.select(Order)))


SOUGHT: dict[str, tuple[Sought, Callable[[Any], bool]]] = {
    "nothing": (Sought(), lambda order: True),
    "paid": (Sought(state=OrderState.PAID), lambda order: order.state == "paid"),
    "cancelled": (Sought(state=OrderState.CANCELLED), lambda order: order.state == "cancelled"),
    "to pack": (Sought(parcel=Parcel.TO_PACK), lambda order: order.is_to_ship),
    "partly": (Sought(parcel=Parcel.PARTLY), lambda order: order.fulfilment == Fulfilment.PARTLY),
    "shipped": (Sought(parcel=Parcel.SHIPPED), lambda order: order.fulfilment == Fulfilment.SHIPPED),
    "delivered": (Sought(parcel=Parcel.DELIVERED), lambda order: order.fulfilment == Fulfilment.DELIVERED),
    "refunded": (Sought(matter=Matter.REFUNDED), lambda order: order.refunded_minor > 0),
    "all refunded": (
        Sought(matter=Matter.ALL_REFUNDED),
        lambda order: 0 < order.refunded_minor == order.captured_minor,
    ),
    "country": (Sought(country="FR"), lambda order: order.country == "FR"),
    "no such country": (Sought(country="JP"), lambda order: False),
    "since": (
        Sought(since=NEWEST - timedelta(hours=1)),
        lambda order: order.placed_at >= NEWEST - timedelta(hours=1),
    ),
    "until": (
        Sought(until=NEWEST - timedelta(hours=8)),
        lambda order: order.placed_at < NEWEST - timedelta(hours=8),
    ),
    "least": (Sought(least=20_000), lambda order: order.total_minor >= 20_000),
    "most": (Sought(most=900), lambda order: order.total_minor <= 900),
    "between": (Sought(least=1000, most=5000), lambda order: 1000 <= order.total_minor <= 5000),
    "a state in a country": (
        Sought(state=OrderState.CANCELLED, country="DE"),
        lambda order: order.state == "cancelled" and order.country == "DE",
    ),
    "a country within days and amounts": (
        Sought(country="DE", since=NEWEST - timedelta(hours=6), least=3000),
        lambda order: (
            order.country == "DE"
            and order.placed_at >= NEWEST - timedelta(hours=6)
            and order.total_minor >= 3000
        ),
    ),
    "a word": (Sought(terms=("anna",)), lambda order: "anna" in order.words),
    "a beginning": (
        Sought(terms=("lin",)),
        lambda order: any(word.startswith("lin") for word in order.words),
    ),
    "two letters are a whole word": (Sought(terms=("an",)), lambda order: "an" in order.words),
    "an article": (Sought(terms=("ck-007",)), lambda order: "ck-007" in order.words),
    "two words": (
        Sought(terms=("anna", "leipzig")),
        lambda order: {"anna", "leipzig"} <= order.words,
    ),
    "three words in a state": (
        Sought(terms=("mara", "example.org", "leip"), state=OrderState.PAID),
        lambda order: {"mara", "example.org", "leipzig"} <= order.words and order.state == "paid",
    ),
    "no such word": (Sought(terms=("nobody",)), lambda order: False),
}
KEYS: dict[Sort, Callable[[Any], Any]] = {
    Sort.NEWEST: lambda order: (-order.placed_at.timestamp(), -order.id),
    Sort.OLDEST: lambda order: (order.placed_at, order.id),
    Sort.HIGHEST: lambda order: (-order.total_minor, -order.id),
    Sort.LOWEST: lambda order: (order.total_minor, order.id),
}


def _with_words(orders: list[Order]) -> list[Order]:
    words: dict[int, set[str]] = {}
    for order_id, word in session().execute(sa.select(OrderWord.order_id, OrderWord.word)):
        words.setdefault(order_id, set()).add(word)
    for order in orders:
        order.words = words[order.id]
    return orders


def _forward(sought: Sought, size: int) -> list[int]:
    """All ids, page after page."""
    found: list[int] = []
    after: int | None = None
    for _page in range(COUNT):
        page = listed(sought, after=after, size=size)
        found += [row.id for row in page.rows]
        if page.after is None:
            return found
        assert page.after != after
        after = page.after
    raise AssertionError("pages without end")


# Thresholds by which each case takes each of the ways: by the few, by walking, by walks that stop.
WAYS = {"as they are": {}, "few": {"FEW": 10_000}, "walking": {"FEW": 0, "HELD_AGAINST": 0}}


@pytest.mark.parametrize("way", WAYS)
def test_every_filter_in_every_order_is_what_looking_through_all_orders_finds(
    many: list[Order], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(listing, name, value)
    orders = _with_words(many)

    for name, (sought, holds) in SOUGHT.items():
        for sort, key in KEYS.items():
            asked = Sought(**{each: getattr(sought, each) for each in _FIELDS} | {"sort": sort})
            expected = [order.id for order in sorted(filter(holds, orders), key=key)]

            assert _forward(asked, size=97) == expected, (name, sort)


_FIELDS = ("terms", "state", "parcel", "matter", "country", "since", "until", "least", "most")


def test_a_walk_that_stops_goes_on_where_it_stopped(
    many: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "FEW", 0)
    monkeypatch.setattr(listing, "HELD_AGAINST", 0)
    monkeypatch.setattr(listing, "WALK", 60)
    orders = _with_words(many)

    for name, (sought, holds) in SOUGHT.items():
        expected = [order.id for order in sorted(filter(holds, orders), key=KEYS[Sort.NEWEST])]

        assert _forward(sought, size=20) == expected, name


def test_no_order_is_read_but_those_of_the_page(
    many: list[Order], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine != "sqlite":
        pytest.skip("PostgreSQL reads a table whole that is as small as this")
    monkeypatch.setattr(listing, "rows_by_id", lambda ids: ())
    asked = {name: sought for name, (sought, _holds) in SOUGHT.items() if not (sought.terms and sought.state)}
    read: set[tuple[str, Sort, str]] = set()

    for name, sought in asked.items():
        for sort in Sort:
            with counting(db.engine) as counted:
                listed(replace(sought, sort=sort))
            lines = [line for text in counted.statements for line in _plan(text) if " orders " in line]
            read |= {(name, sort, line) for line in lines if "USING COVERING INDEX" not in line}

    assert read == set()


def _plan(statement: str) -> list[str]:
    values = tuple(["x"] * statement.count("?"))
    with db.engine.connect() as connection:
        return [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


@pytest.mark.parametrize("sort", Sort)
def test_going_back_shows_what_was_seen_before(many: list[Order], sort: Sort) -> None:
    sought = Sought(country="DE", sort=sort)
    first = listed(sought, size=20)
    second = listed(sought, after=first.after, size=20)
    third = listed(sought, after=second.after, size=20)

    assert listed(sought, before=third.before, size=20).rows == second.rows
    assert listed(sought, before=second.before, size=20).rows == first.rows
    assert first.before is None
    assert listed(sought, before=first.rows[3].id, size=20).rows == first.rows


def test_disputes_and_reviews_are_found_by_their_own_rows(many: list[Order]) -> None:
    disputed = set(session().scalars(sa.select(Dispute.order_id)))
    reviewed = set(
        session().scalars(sa.select(PaymentAttempt.order_id).where(PaymentAttempt.state == "review"))
    )

    assert {row.id for row in listed(Sought(matter=Matter.DISPUTED)).rows} == disputed == {911}
    assert {row.id for row in listed(Sought(matter=Matter.IN_REVIEW)).rows} == reviewed == {813}
    assert listed(Sought(matter=Matter.DISPUTED)).rows[0].is_disputed
    assert listed(Sought(matter=Matter.IN_REVIEW)).rows[0].in_review


def test_orders_of_one_instant_are_told_apart_by_their_number(many: list[Order]) -> None:
    session().execute(sa.update(Order).values(placed_at=NEWEST))
    session().connection().commit()

    found = _forward(Sought(), size=30)

    assert found == sorted(found, reverse=True)
    assert len(found) == COUNT


@pytest.mark.parametrize("place", [0, -1, 10**9, 2**63, 2**70])
def test_a_place_where_no_order_stands_is_the_beginning(many: list[Order], place: int) -> None:
    assert listed(Sought(), after=place, size=5).rows == listed(Sought(), size=5).rows


def test_a_new_order_moves_no_page(many: list[Order]) -> None:
    first = listed(Sought(), size=10)
    second = listed(Sought(), after=first.after, size=10)
    session().execute(sa.update(Order).where(Order.id == 5).values(placed_at=NEWEST + timedelta(days=1)))
    session().connection().commit()

    assert listed(Sought(), after=first.after, size=10).rows == second.rows


def test_pages_meet_without_a_gap(many: list[Order]) -> None:
    found = _forward(Sought(sort=Sort.LOWEST), size=7)

    assert len(found) == COUNT == len(set(found))
    totals = {order.id: order.total_minor for order in many}
    assert all(totals[one] <= totals[next_one] for one, next_one in pairwise(found))
