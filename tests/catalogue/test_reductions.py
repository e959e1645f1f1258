"""A struck price is the lowest of the 30 days before the reduction, from our own history, or it is not struck."""

from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront.catalogue import actions
from storefront.catalogue.queries import product_page
from storefront.money import Money
from tests.builders.cart import a_policy, words
from tests.builders.catalogue import product_facts, variant_facts
from tests.client import ShopClient

DAY = timedelta(days=1)


def sells_for(minor: int) -> None:
    actions.save_product(product_facts("kit", variant_facts(price_minor=minor, was_minor=9900)))


def struck() -> int | None:
    was: Money | None = product_page("kit").variants[0].was
    return was.minor if was else None


@pytest.mark.parametrize(
    ("days", "shown"),
    [(29, None), (30, 2400), (31, 2400)],
)
def test_without_thirty_days_of_history_nothing_is_struck(
    inside: Flask, frozen: ModuleType, days: int, shown: int | None
) -> None:
    sells_for(2400)
    frozen.advance(days * DAY)

    sells_for(1900)

    assert struck() == shown


def test_it_is_the_lowest_and_not_the_last(inside: Flask, frozen: ModuleType) -> None:
    sells_for(2400)
    for days, minor in ((40, 2000), (10, 2900), (10, 1500)):
        frozen.advance(days * DAY)
        sells_for(minor)

    assert struck() == 2000


def test_a_price_of_more_than_thirty_days_ago_counts_while_it_held_within_them(
    inside: Flask, frozen: ModuleType
) -> None:
    sells_for(2000)
    frozen.advance(60 * DAY)
    sells_for(2900)
    frozen.advance(29 * DAY)
    sells_for(1900)
    soon = struck()
    sells_for(2900)
    frozen.advance(31 * DAY)
    sells_for(2500)

    assert (soon, struck()) == (2000, 2900)


def test_what_was_lower_before_is_no_reduction_and_a_rise_strikes_nothing(
    inside: Flask, frozen: ModuleType
) -> None:
    sells_for(1500)
    frozen.advance(40 * DAY)
    sells_for(2900)
    rise = struck()
    frozen.advance(DAY)
    sells_for(1900)

    assert (rise, struck()) == (None, None)


def test_the_page_and_the_shelf_strike_what_is_proven(
    app: Flask, client: ShopClient, frozen: ModuleType
) -> None:
    with app.app_context():
        a_policy()
        sells_for(2400)
        frozen.advance(40 * DAY)
        sells_for(1900)

    for path in ("/products/kit", "/products"):
        assert "Now €19.00 Before €24.00" in words(client.get(path)), path
