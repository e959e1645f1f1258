"""Posts and authors as staff find them; each function says how many statements it sends.

Knows filters, pages and versions; refuses to write.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.catalogue.cards import picture
from storefront.catalogue.models import Product, ProductState
from storefront.catalogue.stale import fingerprint
from storefront.content.models import Author, Post, PostFormat, PostKind, PostState, Revision
from storefront.content.naming import AuthorTexts, said_of
from storefront.content.shown import Named
from storefront.content.steps import texts_of
from storefront.content.texts import PostTexts
from storefront.database import session
from storefront.errors import NotFound
from storefront.pictures.plates import Picture

PAGE = 50
CARDS = 8


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in the list."""

    id: int
    title: str
    kind: PostKind
    state: PostState
    author: str
    scheduled_for: datetime | None
    published_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PostDesk:
    """A post as its editor sees it; `seen` is the fingerprint of its texts."""

    id: int
    kind: PostKind
    format: PostFormat
    state: PostState
    slug: str
    scheduled_for: datetime | None
    texts: PostTexts
    seen: str
    cover: Picture | None

    @property
    def is_due(self) -> bool:
        """Whether it is scheduled and its time has come."""
        return self.scheduled_for is not None and self.scheduled_for <= clock.now()


@dataclass(frozen=True, slots=True)
class AuthorDesk:
    """An author as their editor sees them."""

    id: int
    texts: AuthorTexts
    picture: Picture | None


def posts(find: str, state: str, *, after: int | None = None) -> tuple[tuple[PostRow, ...], int | None]:
    """A page of all posts, the newest first, behind the post `after`, and where the next begins. One statement."""
    select = (
        sa.select(
            *(Post.id, Post.title, Post.kind, Post.state, sa.func.coalesce(Author.name, "").label("author")),
            *(Post.scheduled_for, Post.published_at, Post.updated_at),
        )
        .outerjoin(Author, Author.id == Post.author_id)
        .order_by(Post.id.desc())
        .limit(PAGE + 1)
    )
    if find:
        select = select.where(
            sa.or_(Post.title.icontains(find, autoescape=True), Post.body.icontains(find, autoescape=True))
        )
    if state:
        select = select.where(Post.state == state)
    if after is not None:
        select = select.where(Post.id < after)
    rows = session().execute(select).all()
    found = tuple(_row(row) for row in rows[:PAGE])
    return found, found[-1].id if len(rows) > PAGE else None


def post_desk(post_id: int) -> PostDesk:
    """A post of any state. Two statements. Raises NotFound."""
    post = session().get(Post, post_id, populate_existing=True)
    if post is None:
        raise NotFound()
    texts = texts_of(post)
    return PostDesk(
        id=post.id,
        kind=PostKind(post.kind),
        format=PostFormat(post.format),
        state=PostState(post.state),
        slug=post.slug,
        scheduled_for=post.scheduled_for,
        texts=texts,
        seen=fingerprint(texts),
        cover=picture(post.file, post.alt, post.width, post.height, post.sizes),
    )


def cards_called(words: str) -> tuple[Named, ...]:
    """The published products that a card can show, by words in title or address; the first few. One statement."""
    if not words.strip():
        return ()
    called = sa.or_(
        Product.title.icontains(words.strip(), autoescape=True),
        Product.slug.icontains(words.strip(), autoescape=True),
    )
    select = sa.select(Product.slug, Product.title).where(Product.state == ProductState.PUBLISHED, called)
    rows = session().execute(select.order_by(Product.title, Product.id).limit(CARDS))
    return tuple(Named(row.slug, row.title) for row in rows)


def authors() -> tuple[Any, ...]:
    """All authors, by name: .id .slug .name .bio .customer_id. One statement."""
    columns = (Author.id, Author.slug, Author.name, Author.bio, Author.customer_id)
    return tuple(session().execute(sa.select(*columns).order_by(Author.name, Author.id)).all())


def author_desk(author_id: int) -> AuthorDesk:
    """An author. Up to two statements. Raises NotFound."""
    found = session().get(Author, author_id, populate_existing=True)
    if found is None:
        raise NotFound()
    shown = picture(found.file, found.alt, found.width, found.height, found.sizes)
    return AuthorDesk(found.id, said_of(found), shown)


def revisions(post_id: int) -> tuple[Any, ...]:
    """The newest versions of a post: .number .title .at .actor_kind .actor_id. One statement."""
    columns = (Revision.number, Revision.title, Revision.at, Revision.actor_kind, Revision.actor_id)
    of_post = sa.select(*columns).where(Revision.post_id == post_id)
    return tuple(session().execute(of_post.order_by(Revision.number.desc()).limit(PAGE)).all())


def revision(post_id: int, number: int) -> PostTexts:
    """What a post said in one version. One statement. Raises NotFound."""
    found = session().scalar(
        sa.select(Revision).where(Revision.post_id == post_id, Revision.number == number)
    )
    if found is None:
        raise NotFound()
    return PostTexts(
        title=found.title,
        slug=found.slug,
        summary=found.summary,
        body=found.body,
        author_id=found.author_id,
        tags=tuple(tag for tag in found.tags.split(", ") if tag),
    )


def _row(row: Any) -> PostRow:
    return PostRow(
        id=row.id,
        title=row.title,
        kind=PostKind(row.kind),
        state=PostState(row.state),
        author=row.author,
        scheduled_for=row.scheduled_for,
        published_at=row.published_at,
        updated_at=row.updated_at,
    )
