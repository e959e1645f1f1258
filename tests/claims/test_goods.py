"""Goods: what goes on sale, stays there with other words, or comes in by a file."""

from dataclasses import replace

import pytest
from flask import Flask

from storefront.catalogue import actions, editing
from storefront.catalogue.claimed import open_words
from storefront.catalogue.facts import Outcome
from storefront.catalogue.models import ProductState
from storefront.catalogue.stale import fingerprint
from storefront.claims import actions as claims
from storefront.claims.models import Endings
from storefront.claims.queries import categories
from storefront.errors import Refused
from tests.builders.catalogue import a_product, product_facts, the_product
from tests.builders.claims import SECOND, SOURCE, marks, the_mark

EDITOR = ("staff", 1)
CURE = "<p>It cures a cold.</p>"


def describe(slug: str, description: str) -> None:
    product = the_product(slug)
    texts = editing.texts_of(product)
    changed = replace(texts, description=description)
    actions.change_texts(product.id, changed, seen=fingerprint(texts), by=EDITOR)


def test_goods_on_sale_do_not_take_on_an_open_phrase(inside: Flask) -> None:
    a_product("tea")

    with pytest.raises(Refused, match="“cures”"):
        describe("tea", CURE)

    assert the_product("tea").state == ProductState.PUBLISHED
    assert marks(the_product("tea").id, "product") == []


def test_a_draft_keeps_the_phrase_and_does_not_go_on_sale(inside: Flask) -> None:
    product = a_product("tea", state=ProductState.DRAFT)
    describe("tea", CURE)

    with pytest.raises(Refused, match="“cures”"):
        actions.publish(product.id, by=EDITOR)
    mark = the_mark(product.id, "product")
    with pytest.raises(Refused, match="second person"):
        claims.accept(mark.id, "Mine.", by=EDITOR)
    claims.substantiate(mark.id, *SOURCE, by=EDITOR)
    actions.publish(product.id, by=EDITOR)

    assert the_product("tea").state == ProductState.PUBLISHED


def test_goods_from_a_file_arrive_but_not_on_sale(inside: Flask) -> None:
    facts = replace(product_facts("tea"), description=CURE, state=ProductState.PUBLISHED)

    first, second = actions.save_product(facts), actions.save_product(facts)

    product = the_product("tea")
    assert (product.state, product.published_at) == (ProductState.DRAFT, None)
    assert (first, second) == (Outcome.NEW, Outcome.UNCHANGED)
    assert open_words(["tea"]) == {"tea": ["cures"]}


def test_goods_on_sale_that_a_file_words_anew_leave_the_sale(inside: Flask) -> None:
    a_product("tea")
    facts = replace(product_facts("tea"), description=CURE, state=ProductState.PUBLISHED)

    first, second = actions.save_product(facts), actions.save_product(facts)

    product = the_product("tea")
    assert product.state == ProductState.DRAFT
    assert (first, second) == (Outcome.CHANGED, Outcome.UNCHANGED)
    claims.accept(the_mark(product.id, "product").id, "A ham.", by=SECOND)
    assert actions.save_product(facts) == Outcome.CHANGED
    assert the_product("tea").state == ProductState.PUBLISHED


def test_goods_no_longer_sold_whose_page_is_public_are_not_worded_anew_by_a_file(inside: Flask) -> None:
    a_product("tea", description="A leaf.")
    a_product("tea", description="A leaf.", state=ProductState.WITHDRAWN)

    with pytest.raises(Refused, match="public"):
        actions.save_product(replace(product_facts("tea"), description=CURE))

    assert "leaf" in the_product("tea").description_html


def test_a_file_that_only_counts_takes_nothing_off_sale(inside: Flask) -> None:
    product = a_product("tea", description="A splendid leaf.")
    claims.add_phrase(categories()[0].id, "splendid", Endings.EXACT, harmless=False, by=SECOND)

    actions.save_product(replace(product_facts("tea", title=product.title), position=7))

    assert the_product("tea").state == ProductState.PUBLISHED


def test_goods_from_a_file_that_are_nothing_but_claims_are_refused(inside: Flask) -> None:
    a_product("tea", description="A leaf.")
    nothing_else = replace(product_facts("tea"), description="<p>It cures. Fine.</p>" * 300)

    for facts in (nothing_else, replace(nothing_else, slug="coffee")):
        with pytest.raises(Refused, match="split"):
            actions.save_product(facts)

    assert "leaf" in the_product("tea").description_html


def test_goods_are_asked_about_every_phrase_however_many_a_later_lexicon_marks(inside: Flask) -> None:
    said = "".join(f"<p>Splendid {number}.</p>" for number in range(310))
    product = a_product("tea", state=ProductState.DRAFT, description=said)
    claims.add_phrase(categories()[0].id, "splendid", Endings.EXACT, harmless=False, by=SECOND)
    claims.look_again(kind="product", after=0)

    for mark in marks(product.id, "product")[:-1]:
        claims.substantiate(mark.id, *SOURCE, by=SECOND)

    assert len(marks(product.id, "product")) == 310
    with pytest.raises(Refused, match="Splendid"):
        actions.publish(product.id, by=EDITOR)
    claims.substantiate(marks(product.id, "product")[-1].id, *SOURCE, by=SECOND)
    actions.publish(product.id, by=EDITOR)
