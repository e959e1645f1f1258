"""Every table says whether it holds something about people, and every column of text what becomes of it.

A new table or column fails here until its room's `privacy.py`, or the list below, says so.
"""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import people
from storefront.database import append_only_tables, db
from storefront.privacy.copying import shown
from storefront.privacy.queries import Copy, find_person

# Tables without anything about a customer, and why.
IMPERSONAL = {
    "balance_movement": "amounts, and ids of charges at Stripe",
    "books_check": "sentences about orders, goods and objects at Stripe, by their numbers",
    "claim_category": "the lexicon",
    "claim_decision": "texts of the shop; who decided is an id",
    "claim_mark": "texts of the shop",
    "claim_phrase": "the lexicon",
    "claim_writer": "ids of those who write for the shop",
    "closed_thread": "which subjects take no more comments",
    "author": "names under which the shop's own people publish",
    "collection": "goods",
    "discount": "rules that shoppers read",
    "discount_goods": "goods",
    "former_address": "texts of the shop",
    "former_author": "names under which the shop's own people publish",
    "former_tag": "texts of the shop",
    "former_slug": "goods",
    "image": "goods",
    "mailing": "which post was sent to how many; who pressed the button stands in the record",
    "moved_author": "names under which the shop's own people signed in elsewhere",
    "moved_comment": "numbers of comments, here and elsewhere",
    "moved_picture": "texts of the shop",
    "moved_post": "texts of the shop",
    "moved_tag": "texts of the shop",
    "number_series": "counters",
    "option": "goods",
    "placement": "goods",
    "policy_version": "texts of the shop; its author is an id",
    "promise_stated": "words of the shop's own texts",
    "promises_held": "figures of the policy in force",
    "post": "texts of the shop",
    "post_product": "texts of the shop",
    "post_tag": "texts of the shop",
    "price_change": "goods",
    "product": "goods",
    "product_tag": "goods",
    "revision": "texts of the shop; who saved them is an id",
    "role": "names of roles",
    "spent_cart": "random ids, forgotten after 30 days",
    "stock_movement": "goods; its reference is an order's id",
    "tag": "texts of the shop",
    "tax_rate": "law",
    "variant": "goods",
}


@pytest.fixture
def register(inside: Flask) -> dict[str, list[people.Holding]]:
    """By table, what the rooms say they hold of somebody."""
    said: dict[str, list[people.Holding]] = {}
    for holding in people.holdings(find_person("mara@example.org")):
        said.setdefault(holding.table.name, []).append(holding)
    return said


def test_every_table_is_of_a_person_or_says_why_not(register: dict[str, list[people.Holding]]) -> None:
    assert sorted(set(register) | set(IMPERSONAL)) == sorted(db.metadata.tables)
    assert set(register) & set(IMPERSONAL) == set()


def test_every_table_of_a_person_has_a_title_in_the_copy(register: dict[str, list[people.Holding]]) -> None:
    copy = shown(Copy("mara@example.org", datetime(2026, 1, 1, tzinfo=UTC), {name: [] for name in register}))

    made_up = {name.replace("_", " ").capitalize() for name in register} - {"Orders"}
    assert made_up & {section.title for section in copy.sections} == set()


def test_every_column_of_text_is_forgotten_or_kept_on_purpose(
    register: dict[str, list[people.Holding]],
) -> None:
    undecided = [
        f"{name}.{column.name}"
        for name, holdings in register.items()
        for column in db.metadata.tables[name].columns
        if isinstance(column.type, sa.String | sa.JSON | sa.LargeBinary) and column.computed is None
        for holding in holdings
        if holding.forget is not None and column.name not in {*holding.forget, *holding.keeps}
    ]

    assert undecided == []


def test_what_is_never_changed_holds_nothing_that_has_to_be(
    register: dict[str, list[people.Holding]],
) -> None:
    rewritten = [
        name
        for name, holdings in register.items()
        if name in append_only_tables() and any(holding.forget != {} for holding in holdings)
    ]

    assert rewritten == []
