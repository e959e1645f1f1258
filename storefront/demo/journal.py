"""The demo shop's journal: its authors, a year of posts, each put down at its own time, and two pages.

Knows who wrote what when; refuses to add to a journal that somebody has begun.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from storefront import clock
from storefront.accounts.models import Customer
from storefront.claims.deciding import accept, substantiate
from storefront.claims.models import ClaimMark
from storefront.content import steps
from storefront.content.claimed import KIND as CLAIMING
from storefront.content.covers import Cover, discard, put_cover, put_portrait, take_cover
from storefront.content.models import Author, Post, PostKind
from storefront.content.texts import Composed, PostTexts, composed
from storefront.database import release, require_transaction, session, transaction
from storefront.demo import crew
from storefront.demo.loading import PICTURES, is_demo
from storefront.demo.pages import PAGES
from storefront.demo.shelf import Article
from storefront.demo.stories_of_brewing import BREWING
from storefront.demo.stories_of_cooking import COOKING
from storefront.demo.stories_of_growing import GROWING

# By the role that they have in the shop; their names are those of the crew.
AUTHORS: Mapping[str, str] = {
    "content": "Luca looks after the journal and the teapots. He has burnt more leaf than he likes to say.",
    "catalogue": "Ewa fills the blocks on Mondays and walks past them on all other days.",
    "owner": "Iris began the shop in an old dairy, with one shelf of oysters and a borrowed kettle.",
}
# What their pictures show: drawn, since nobody of that name is anywhere.
PORTRAITS: Mapping[str, str] = {
    "content": "A drawing of Luca, with curls, a beard and an apron",
    "catalogue": "A drawing of Ewa, with round glasses and a scarf",
    "owner": "A drawing of Iris, with her grey hair in a knot",
}
# What bears out the phrases that are marked in a post, by its address: where it is, and what it is called.
SOURCES: Mapping[str, tuple[str, str]] = {
    "drying-what-you-cannot-eat": (
        "https://doi.org/10.4161/derm.23321",
        "Keegan and others, Photobiology of vitamin D in mushrooms and its bioavailability in humans (2013)",
    ),
}
# Why a second person accepted the phrases that are marked in a post.
ACCEPTED: Mapping[str, str] = {
    "one-pot-or-three": "It is a teapot that is cured here, and nobody drinks the butter."
}
ARTICLES: tuple[Article, ...] = (*GROWING, *BREWING, *COOKING)


def write() -> bool:
    """Write the journal of a demo shop that has none; whether it was written.

    All of it is one transaction: a journal stopped half-way is none at all, and the next run begins anew.
    """
    if not is_demo() or _has_posts():
        release()
        return False
    release()
    now = clock.now()
    oldest_first = sorted(ARTICLES, key=lambda each: -each.days_ago)
    written = [(article, composed(_texts(article))) for article in oldest_first]
    standing = [composed(texts) for texts in PAGES]
    taken = _take_covers() | _take_portraits()
    is_written = False
    try:
        with transaction():
            # Somebody may have been faster.
            if not _has_posts():
                _put_all_down(written, taken, now=now)
                _put_up(standing)
                is_written = True
    finally:
        if not is_written:
            for cover in taken.values():
                discard(cover)
    return is_written


def _take_covers() -> dict[str, Cover]:
    """Every cover by its file, through the same door as everybody's."""
    pictures = [article.cover for article in ARTICLES]
    return {each.file: take_cover((PICTURES / each.file).read_bytes(), alt=each.alt) for each in pictures}


def _take_portraits() -> dict[str, Cover]:
    """The picture of each author by its file."""
    return {
        portrait(role): take_cover((PICTURES / portrait(role)).read_bytes(), alt=alt)
        for role, alt in PORTRAITS.items()
    }


def portrait(role: str) -> str:
    """The file of an author's picture."""
    return f"author-{role}.webp"


def _put_all_down(
    written: Sequence[tuple[Article, Composed]], taken: Mapping[str, Cover], *, now: datetime
) -> None:
    people = _people()
    with clock.frozen(now - timedelta(days=max(article.days_ago for article in ARTICLES) + 1)):
        authors = {role: _author(role, people, taken.get(portrait(role))) for role in AUTHORS}
    for article, words in written:
        whole = replace(words, texts=replace(words.texts, author_id=authors[article.author]))
        writer, second = ("staff", people["content"]), ("staff", people["owner"])
        _put_down(article, whole, taken.get(article.cover.file), by=writer, second=second, now=now)


def _put_up(standing: Sequence[Composed]) -> None:
    by = ("staff", _people()["owner"])
    for whole in standing:
        steps.publish(steps.add_post(whole, kind=PostKind.PAGE, by=by), by=by)


def _has_posts() -> bool:
    return session().scalar(sa.select(Post.id).limit(1)) is not None


def _people() -> dict[str, int]:
    """The ids of those who work in the demo shop, by role."""
    ids = dict(session().execute(sa.select(Customer.email, Customer.id)).all())
    return {role: ids[email] for role, (email, _name) in crew.STAFF.items()}


def _author(role: str, people: Mapping[str, int], picture: Cover | None) -> int:
    """Somebody of the crew as somebody who writes: what they say beneath a post is marked as the author's."""
    _email, name = crew.STAFF[role]
    by = ("staff", people["owner"])
    author_id = steps.add_author(name, AUTHORS[role], by=by)
    if picture is not None:
        put_portrait(author_id, picture, by=by)
    theirs = sa.update(Author).where(Author.id == author_id).values(customer_id=people[role])
    require_transaction().execute(theirs)
    return author_id


def _texts(article: Article) -> PostTexts:
    return PostTexts(
        title=article.title,
        slug=article.slug,
        summary=article.summary,
        body=article.body,
        tags=article.tags,
    )


def _put_down(
    article: Article,
    whole: Composed,
    cover: Cover | None,
    *,
    by: steps.Actor,
    second: steps.Actor,
    now: datetime,
) -> None:
    with clock.frozen(now - timedelta(days=article.days_ago)):
        post_id = steps.add_post(whole, by=by)
        if cover is not None:
            put_cover(post_id, cover, by=by)
        _answer(article.slug, post_id, by=by, second=second)
        if article.days_ahead:
            steps.schedule(post_id, now + timedelta(days=article.days_ahead), by=by)
        elif not article.is_draft:
            steps.publish(post_id, by=by)


def _answer(slug: str, post_id: int, *, by: steps.Actor, second: steps.Actor) -> None:
    """Say what bears out the phrases that are marked in a post, or why they may stand."""
    of_post = sa.select(ClaimMark.id).where(
        ClaimMark.subject_kind == CLAIMING, ClaimMark.subject_id == post_id
    )
    for mark_id in require_transaction().scalars(of_post.order_by(ClaimMark.id)).all():
        if slug in SOURCES:
            substantiate(mark_id, *SOURCES[slug], by=by)
        elif slug in ACCEPTED:
            accept(mark_id, ACCEPTED[slug], by=second)
