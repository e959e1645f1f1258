"""The demo's journal is written by the shop's own steps, names goods that exist, and is written once."""

import re
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.content.models import Author, Post, PostKind, PostProduct, PostState
from storefront.database import db, session
from storefront.demo import crew, goods, journal, loading
from tests.builders.catalogue import a_product

CARD = re.compile(r"\{\{ product: (\S+) \}\}")


@pytest.fixture
def demo(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A shop with the demo's goods, without their pictures: those have tests of their own."""
    monkeypatch.setattr(loading, "_take_pictures", lambda progress: {})
    monkeypatch.setattr(journal, "_take_covers", dict)
    monkeypatch.setattr(journal, "_take_portraits", dict)
    facts = loading._facts
    monkeypatch.setattr(
        loading,
        "_facts",
        lambda product, *rest: facts(replace(product, pictures=()), *rest),
    )
    loading.load()
    return inside


def test_every_card_names_goods_that_the_demo_sells() -> None:
    slugs = {product.slug for product in goods.PRODUCTS}

    for article in journal.ARTICLES:
        named = set(CARD.findall(article.body))
        assert named, article.slug
        assert named <= slugs, article.slug


@pytest.mark.usefixtures("demo")
def test_the_journal_has_a_year_of_posts_a_draft_and_one_that_waits_for_its_time() -> None:
    assert journal.write()

    posts = list(session().scalars(sa.select(Post).where(Post.kind == PostKind.POST)))
    now = clock.now()
    assert Counter(post.state for post in posts) == {
        PostState.PUBLISHED: 10,
        PostState.DRAFT: 1,
        PostState.SCHEDULED: 1,
    }
    published = [post.published_at for post in posts if post.published_at]
    assert len(set(published)) == 10
    assert max(published) < now
    assert 300 < (now - min(published)).days < 366
    assert all(post.scheduled_for > now for post in posts if post.scheduled_for)
    assert all(250 <= post.words <= 500 for post in posts), sorted(post.words for post in posts)


@pytest.mark.usefixtures("demo")
def test_every_card_becomes_goods_and_every_author_is_somebody_of_the_crew() -> None:
    journal.write()

    cards = sum(len(set(CARD.findall(article.body))) for article in journal.ARTICLES)
    assert session().scalar(sa.select(sa.func.count()).select_from(PostProduct)) == cards
    authors = list(session().scalars(sa.select(Author)))
    assert {author.name for author in authors} <= {name for _email, name in crew.STAFF.values()}
    assert all(author.customer_id for author in authors)


@pytest.mark.usefixtures("demo")
def test_a_journal_is_written_once() -> None:
    journal.write()
    before = _everything()

    assert journal.write() is False

    assert _everything() == before


@pytest.mark.usefixtures("inside")
def test_a_shop_of_ones_own_gets_no_journal() -> None:
    a_product("teapot")

    assert journal.write() is False

    assert session().scalar(sa.select(Post.id)) is None


def _everything() -> list[str]:
    return [repr(row) for table in db.metadata.sorted_tables for row in session().execute(sa.select(table))]


def test_every_cover_is_printed_and_says_what_it_shows() -> None:
    for article in journal.ARTICLES:
        assert (loading.PICTURES / article.cover.file).is_file(), article.slug
        assert article.cover.alt, article.slug


def test_every_author_has_a_picture_that_says_whom_it_shows() -> None:
    assert set(journal.PORTRAITS) == set(journal.AUTHORS)
    for role, alt in journal.PORTRAITS.items():
        assert (loading.PICTURES / journal.portrait(role)).is_file(), role
        assert crew.STAFF[role][1].partition(" ")[0] in alt


@pytest.mark.usefixtures("demo")
def test_authors_come_with_their_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(journal, "_take_covers", dict)

    journal.write()

    shown = session().execute(sa.select(Author.file, Author.alt, Author.width)).all()
    assert len(shown) == 3
    assert all(file and alt and width == 1200 for file, alt, width in shown)
