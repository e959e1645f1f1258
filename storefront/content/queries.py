"""The journal as pages show it; each function says how many statements it sends.

Knows how to read quickly; refuses to write and to know who shows it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.cards import picture
from storefront.catalogue.models import Product, ProductState
from storefront.claims.models import ClaimMark
from storefront.claims.printed import Notes, notes
from storefront.claims.queries import printed_claims
from storefront.content.claimed import KIND as CLAIMING
from storefront.content.markdown import parts_of
from storefront.content.models import (
    Author,
    FormerAddress,
    FormerAuthor,
    FormerTag,
    Post,
    PostKind,
    PostProduct,
    PostState,
    PostTag,
    Tag,
)
from storefront.content.shown import AuthorPage, Entry, Named, Story
from storefront.content.stories import stories, story, story_columns
from storefront.database import Prepared, read
from storefront.web.pages import tagged

PAGE_SIZE = 12
FEED_SIZE = 20
# Beyond this many pages nobody turns: whoever wants older posts follows a tag.
MOST_PAGES = 500


def journal(page: int = 1) -> tuple[tuple[Story, ...], bool]:
    """The stories of one page of the journal, newest first, and whether there are more. One statement."""
    return _listed(_ALL, {}, page)


def journal_of_tag(slug: str, page: int = 1) -> tuple[tuple[Story, ...], bool]:
    """The stories under a tag, newest first, and whether there are more. One statement."""
    return _listed(_OF_TAG, {"slug": slug}, page)


def journal_of_author(slug: str, page: int = 1) -> tuple[tuple[Story, ...], bool]:
    """The stories of an author, newest first, and whether there are more. One statement."""
    return _listed(_OF_AUTHOR, {"slug": slug}, page)


def newest_stories(size: int) -> tuple[Story, ...]:
    """The newest stories of the journal. One statement."""
    return _told(tuple(read(_ALL, {"size": size, "skip": 0})))


def stories_on(product_id: int, size: int) -> tuple[Story, ...]:
    """The newest stories that show a product. One statement."""
    return _told(tuple(read(_ON, {"product_id": product_id, "size": size, "skip": 0})))


def feed() -> tuple[Entry, ...]:
    """The newest posts, whole. Three statements, where there are any."""
    return _entries(_FEED, {})


def feed_of_tag(slug: str) -> tuple[Entry, ...]:
    """The newest posts under a tag, whole. Three statements, where there are any."""
    return _entries(_FEED_OF_TAG, {"slug": slug})


def feed_of_author(slug: str) -> tuple[Entry, ...]:
    """The newest posts of an author, whole. Three statements, where there are any."""
    return _entries(_FEED_OF_AUTHOR, {"slug": slug})


def tags() -> tuple[Named, ...]:
    """The tags that published posts are under, by title. One statement."""
    tagged("posts")
    return _named(tuple(read(_TAGS)))


def find_tag(slug: str) -> Named | None:
    """A tag by its address. One statement."""
    found = read(_TAG, {"slug": slug})
    return _named(tuple(found))[0] if found else None


def find_author(slug: str) -> AuthorPage | None:
    """An author by their address. One statement."""
    found = read(_AUTHOR, {"slug": slug})
    return _author(found[0]) if found else None


def post_moved_to(slug: str) -> tuple[PostKind, str] | None:
    """Kind and present address of the public post that was at `slug` before. One statement."""
    rows = read(_MOVED_TO, {"slug": slug})
    return (PostKind(rows[0].kind), rows[0].slug) if rows else None


def known_posts(ids: Iterable[int]) -> frozenset[int]:
    """Those of the ids that are of posts or pages which are, or were, public. One statement."""
    possible = [post_id for post_id in ids if 0 < post_id < 2**63]
    return frozenset(row.id for row in read(_KNOWN, {"ids": possible})) if possible else frozenset()


def tag_moved_to(slug: str) -> str | None:
    """The present address of the tag that was at `slug` before. One statement."""
    rows = read(_TAG_MOVED_TO, {"slug": slug})
    return rows[0].slug if rows else None


def author_moved_to(slug: str) -> str | None:
    """The present address of the author who was at `slug` before. One statement."""
    rows = read(_AUTHOR_MOVED_TO, {"slug": slug})
    return rows[0].slug if rows else None


def _listed(statement: Prepared, values: dict[str, Any], page: int) -> tuple[tuple[Story, ...], bool]:
    found = read(statement, values | {"size": PAGE_SIZE + 1, "skip": PAGE_SIZE * (page - 1)})
    return _told(tuple(found[:PAGE_SIZE])), len(found) > PAGE_SIZE


def _told(rows: tuple[Any, ...]) -> tuple[Story, ...]:
    tagged("posts", *(f"post:{row.id}" for row in rows))
    return stories(rows)


def _entries(statement: Prepared, values: dict[str, Any]) -> tuple[Entry, ...]:
    rows = read(statement, values | {"size": FEED_SIZE, "skip": 0})
    tagged("posts", *(f"post:{row.id}" for row in rows))
    shown = read(_SHOWN_IN, {"ids": [row.id for row in rows]}) if rows else ()
    tagged("claims", *(f"product:{row.id}" for row in shown))
    titles = {row.id: Named(row.slug, row.title) for row in shown}
    stated = read(_STATED_IN, {"ids": [row.id for row in rows]}) if rows else ()
    return tuple(
        Entry(story(row), parts_of(row.parts), row.updated_at, titles, _notes(row.id, stated)) for row in rows
    )


def _notes(post_id: int, stated: Sequence[Any]) -> Notes:
    return notes(
        (row.words, row.title, row.url, row.disclaimer) for row in stated if row.subject_id == post_id
    )


@lru_cache(maxsize=64)
def _named(rows: tuple[Any, ...]) -> tuple[Named, ...]:
    return tuple(Named(row.slug, row.title) for row in rows)


@lru_cache(maxsize=64)
def _author(row: Any) -> AuthorPage:
    shown = picture(row.file, row.alt, row.width, row.height, row.sizes)
    return AuthorPage(row.slug, row.name, row.bio, shown)


IS_PUBLIC = sa.and_(Post.kind == PostKind.POST, Post.state == PostState.PUBLISHED)


def _newest(*conditions: Any, more: tuple[Any, ...] = ()) -> Prepared:
    return Prepared(
        sa.select(*story_columns(), *more)
        .select_from(Post)
        .outerjoin(Author, Author.id == Post.author_id)
        .where(IS_PUBLIC, *conditions)
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(sa.bindparam("size", type_=sa.Integer))
        .offset(sa.bindparam("skip", type_=sa.Integer))
    )


_UNDER = (
    sa.select(PostTag.post_id).join(Tag, Tag.id == PostTag.tag_id).where(Tag.slug == sa.bindparam("slug"))
)
_SHOWS = sa.select(PostProduct.post_id).where(
    PostProduct.product_id == sa.bindparam("product_id", type_=sa.BigInteger)
)
_ALL = _newest()
_OF_TAG = _newest(Post.id.in_(_UNDER))
_OF_AUTHOR = _newest(Author.slug == sa.bindparam("slug"))
_ON = _newest(Post.id.in_(_SHOWS))
_WHOLE = (Post.parts, Post.updated_at)
_FEED = _newest(more=_WHOLE)
_FEED_OF_TAG = _newest(Post.id.in_(_UNDER), more=_WHOLE)
_FEED_OF_AUTHOR = _newest(Author.slug == sa.bindparam("slug"), more=_WHOLE)
_SHOWN_IN = Prepared(
    sa.select(Product.id, Product.slug, Product.title)
    .where(
        Product.state == ProductState.PUBLISHED,
        Product.id.in_(
            sa.select(PostProduct.product_id).where(
                PostProduct.post_id.in_(sa.bindparam("ids", expanding=True))
            )
        ),
    )
    .order_by(Product.id)
)
_KNOWN = Prepared(
    sa.select(Post.id).where(
        Post.id.in_(sa.bindparam("ids", expanding=True)),
        Post.state.in_((PostState.PUBLISHED, PostState.WITHDRAWN)),
    )
)
_STATED_IN = Prepared(
    printed_claims(CLAIMING, ClaimMark.subject_id)
    .add_columns(ClaimMark.subject_id)
    .where(ClaimMark.subject_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(ClaimMark.position, ClaimMark.id)
)
_TAGS = Prepared(
    sa.select(Tag.slug, Tag.title)
    .where(sa.exists().where(PostTag.tag_id == Tag.id, PostTag.post_id == Post.id, IS_PUBLIC).correlate(Tag))
    .order_by(Tag.title, Tag.id)
)
_TAG = Prepared(sa.select(Tag.slug, Tag.title).where(Tag.slug == sa.bindparam("slug")))
_AUTHOR = Prepared(
    sa.select(
        *(Author.slug, Author.name, Author.bio),
        *(Author.file, Author.alt, Author.width, Author.height, Author.sizes),
    ).where(Author.slug == sa.bindparam("slug"))
)
_MOVED_TO = Prepared(
    sa.select(Post.kind, Post.slug)
    .join(FormerAddress, FormerAddress.post_id == Post.id)
    .where(FormerAddress.slug == sa.bindparam("slug"), Post.state == PostState.PUBLISHED)
)
_TAG_MOVED_TO = Prepared(
    sa.select(Tag.slug)
    .join(FormerTag, FormerTag.tag_id == Tag.id)
    .where(FormerTag.slug == sa.bindparam("slug"))
)
_AUTHOR_MOVED_TO = Prepared(
    sa.select(Author.slug)
    .join(FormerAuthor, FormerAuthor.author_id == Author.id)
    .where(FormerAuthor.slug == sa.bindparam("slug"))
)
