"""Everything a post's page says but its thread, in one statement: rows of one shape, told apart by `part`.

Knows how the parts are read; refuses to know who reads them.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.cards import card_columns, first_image, good, picture
from storefront.catalogue.models import Image, Product, ProductState, Variant
from storefront.claims.printed import notes
from storefront.claims.queries import printed_claims
from storefront.config import settings
from storefront.content.claimed import KIND as CLAIMING
from storefront.content.markdown import contents_of, parts_of
from storefront.content.models import Author, Post, PostKind, PostProduct, PostState, PostTag, Tag
from storefront.content.queries import IS_PUBLIC
from storefront.content.shown import Choice, Named, Offer, PostPage, Story
from storefront.content.stories import story, story_columns
from storefront.database import Instant, Prepared, read
from storefront.errors import NotFound
from storefront.money import Money
from storefront.web.pages import tagged

RELATED = 3
PAGES_KEPT = 256

_POST, _TAG, _OFFER, _CHOICE, _PREVIOUS, _FOLLOWING, _RELATED, _CLAIM = range(8)
_TOPICS = {_POST: "post", _OFFER: "product", _PREVIOUS: "post", _FOLLOWING: "post", _RELATED: "post"}
_TEXTS, _NUMBERS = 14, 7
# Where the numbers and the instants of a row begin.
_NUMBERED, _TIMED = 3 + _TEXTS, 3 + _TEXTS + _NUMBERS


def post_page(slug: str, *, kind: PostKind = PostKind.POST) -> PostPage:
    """The page of a published post or page. One statement. Raises NotFound, for drafts and withdrawn ones too."""
    rows = tuple(read(_STATEMENT, {"slug": slug, "kind": kind.value}))
    tagged("posts", "claims", *(f"{_TOPICS[row[0]]}:{row.id}" for row in rows if row[0] in _TOPICS))
    return _page(rows, settings().currency)


# The same object for the same rows: what is made of it is known again by that.
@lru_cache(maxsize=PAGES_KEPT)
def _page(rows: tuple[Any, ...], currency: str) -> PostPage:
    parts: dict[int, list[Any]] = {part: [] for part in range(8)}
    for row in rows:
        parts[row[0]].append(row)
    if not parts[_POST]:
        raise NotFound()
    return _put_together(parts, currency)


def _put_together(parts: dict[int, list[Any]], currency: str) -> PostPage:
    post = parts[_POST][0]
    return PostPage(
        id=post.id,
        is_page=post.text11 == PostKind.PAGE,
        slug=post.text0,
        title=post.text1,
        summary=post.text2,
        parts=parts_of(post.text3),
        contents=contents_of(post.text4),
        words=post.number0,
        published_at=post.at0,
        updated_at=post.at1,
        author=Named(post.text5, post.text6) if post.text5 else None,
        author_bio=post.text7 or "",
        face=picture(post.text12, "", post.number3, post.number4, post.text13),
        cover=picture(post.text8, post.text10, post.number1, post.number2, post.text9),
        tags=tuple(Named(row.text0, row.text1) for row in parts[_TAG]),
        offers={row.id: _offer(row, parts[_CHOICE], currency) for row in parts[_OFFER]},
        previous=_story(parts[_PREVIOUS]),
        following=_story(parts[_FOLLOWING]),
        related=tuple(story(_Told(row)) for row in parts[_RELATED]),
        notes=notes((row.text0, row.text1, row.text2, row.text3) for row in parts[_CLAIM]),
    )


def _offer(row: Any, choices: Sequence[Any], currency: str) -> Offer:
    return Offer(
        good=good(_Card(row), currency),
        state=ProductState(row.text6),
        choices=tuple(
            Choice(choice.id, choice.text0, Money(choice.number0, currency))
            for choice in choices
            if choice.number1 == row.id
        ),
    )


def _story(rows: Sequence[Any]) -> Story | None:
    return story(_Told(rows[0])) if rows else None


def _part(
    part: int,
    position: Any,
    key: Any,
    texts: Sequence[Any],
    numbers: Sequence[Any],
    instants: Sequence[Any] = (),
) -> sa.Select[Any]:
    """One kind of row, filled up to one width with NULLs, typed for PostgreSQL."""
    padded_texts = [*texts, *[sa.cast(sa.null(), sa.Text)] * (_TEXTS - len(texts))]
    padded_numbers = [*numbers, *[sa.cast(sa.null(), sa.BigInteger)] * (_NUMBERS - len(numbers))]
    padded_instants = [*instants, *[sa.cast(sa.null(), Instant)] * (2 - len(instants))]
    return sa.select(
        sa.literal_column(str(part)).label("part"),
        position.label("position"),
        key.label("id"),
        *(column.label(f"text{i}") for i, column in enumerate(padded_texts)),
        *(column.label(f"number{i}") for i, column in enumerate(padded_numbers)),
        *(column.label(f"at{i}") for i, column in enumerate(padded_instants)),
    )


_NOUGHT: Any = sa.literal_column("0")


def _statement() -> sa.Select[Any]:
    # The columns of one select, so that its parts can be told to be of this post.
    this = (
        sa.select(Post.id, Post.kind, Post.published_at)
        .where(
            Post.slug == sa.bindparam("slug"),
            Post.kind == sa.bindparam("kind"),
            Post.state == PostState.PUBLISHED,
        )
        .cte("this")
    )
    post_id = sa.select(this.c.id).scalar_subquery()
    whole = sa.union_all(
        _this(post_id),
        _part(_TAG, PostTag.position, Tag.id, (Tag.slug, Tag.title), ())
        .select_from(Tag)
        .join(PostTag, PostTag.tag_id == Tag.id)
        .where(PostTag.post_id == post_id),
        _offers(post_id),
        _choices(post_id),
        _beside(_PREVIOUS, this, later=False),
        _beside(_FOLLOWING, this, later=True),
        _related(this, post_id),
        _claims(post_id),
    ).subquery("parts")
    return sa.select(whole).order_by(whole.c.part, whole.c.position, whole.c.id)


def _this(post_id: Any) -> sa.Select[Any]:
    return (
        _part(
            *(_POST, _NOUGHT, Post.id),
            (
                *(Post.slug, Post.title, Post.summary, Post.parts, Post.contents),
                *(Author.slug, Author.name, Author.bio, Post.file, Post.sizes, Post.alt, Post.kind),
                *(Author.file, Author.sizes),
            ),
            (Post.words, Post.width, Post.height, Author.width, Author.height),
            (Post.published_at, Post.updated_at),
        )
        .select_from(Post)
        .outerjoin(Author, Author.id == Post.author_id)
        .where(Post.id == post_id)
    )


def _offers(post_id: Any) -> sa.Select[Any]:
    key, *columns = card_columns()
    by_name = {column.key: column for column in columns}
    texts = [by_name[name] for name in ("slug", "title", "subtitle", "file", "alt", "sizes")]
    numbers = [by_name[n] for n in ("price", "was", "highest", "available", "pieces", "width", "height")]
    return (
        _part(_OFFER, _NOUGHT, key, [*texts, Product.state, by_name["contents"]], numbers)
        .select_from(PostProduct)
        .join(Product, Product.id == PostProduct.product_id)
        .outerjoin(Image, first_image())
        .where(PostProduct.post_id == post_id)
    )


def _choices(post_id: Any) -> sa.Select[Any]:
    """The variants of the products shown that can be had now."""
    words = [
        sa.case((value == "", ""), else_=before + value)
        for before, value in (("", Variant.value1), (" / ", Variant.value2), (" / ", Variant.value3))
    ]
    return (
        _part(
            *(_CHOICE, Variant.position, Variant.id),
            (words[0] + words[1] + words[2],),
            (Variant.price_minor, Variant.product_id),
        )
        .select_from(Variant)
        .join(PostProduct, PostProduct.product_id == Variant.product_id)
        .where(
            PostProduct.post_id == post_id,
            Variant.is_sold,
            sa.or_(Variant.on_hand.is_(None), Variant.on_hand > 0),
        )
    )


def _told(part: int, position: Any, chosen: Any) -> sa.Select[Any]:
    key, *columns = story_columns()
    return (
        _part(part, position, key, columns[:10], columns[10:13], columns[13:])
        .select_from(chosen)
        .join(Post, Post.id == chosen.c.id)
        .outerjoin(Author, Author.id == Post.author_id)
    )


def _beside(part: int, this: Any, *, later: bool) -> sa.Select[Any]:
    at, key = sa.select(this.c.published_at).scalar_subquery(), sa.select(this.c.id).scalar_subquery()
    is_post = sa.select(this.c.id).where(this.c.kind == PostKind.POST).exists()
    order: tuple[Any, ...]
    if later:
        beyond = sa.or_(Post.published_at > at, sa.and_(Post.published_at == at, Post.id > key))
        order = (Post.published_at, Post.id)
    else:
        beyond = sa.or_(Post.published_at < at, sa.and_(Post.published_at == at, Post.id < key))
        order = (Post.published_at.desc(), Post.id.desc())
    chosen = (
        sa.select(Post.id)
        .where(IS_PUBLIC, is_post, beyond)
        .order_by(*order)
        .limit(1)
        .subquery(f"beside{part}")
    )
    return _told(part, _NOUGHT, chosen)


def _related(this: Any, post_id: Any) -> sa.Select[Any]:
    """Those that share the most tags, the newest of them first."""
    mine = sa.select(PostTag.tag_id).where(PostTag.post_id == post_id)
    shared = sa.func.count()
    order = (shared.desc(), Post.published_at.desc(), Post.id.desc())
    chosen = (
        sa.select(Post.id, sa.func.row_number().over(order_by=order).label("place"))
        .join(PostTag, PostTag.post_id == Post.id)
        .where(PostTag.tag_id.in_(mine), Post.id != post_id, IS_PUBLIC)
        .group_by(Post.id, Post.published_at)
        .order_by(*order)
        .limit(RELATED)
        .subquery("shared")
    )
    return _told(_RELATED, chosen.c.place, chosen)


def _claims(post_id: Any) -> sa.Select[Any]:
    stated = printed_claims(CLAIMING, post_id).subquery("stated")
    texts = (stated.c.words, stated.c.title, stated.c.url, stated.c.disclaimer)
    return _part(_CLAIM, stated.c.position, stated.c.id, texts, ()).select_from(stated)


_STATEMENT = Prepared(_statement(), known=PAGES_KEPT)


class _Card:
    """A product's row under the names that `cards.good` reads."""

    __slots__ = (
        *("id", "slug", "title", "subtitle", "file", "alt", "sizes", "contents"),
        *("price", "was", "highest", "available", "pieces", "width", "height"),
    )

    def __init__(self, row: Any) -> None:
        self.id = row.id
        self.slug, self.title, self.subtitle, self.file, self.alt, self.sizes = row[3:9]
        self.contents = row.text7
        numbers = row[_NUMBERED:_TIMED]
        self.price, self.was, self.highest, self.available, self.pieces, self.width, self.height = numbers


class _Told:
    """A neighbour's row under the names that `stories.story` reads."""

    __slots__ = (
        *("id", "slug", "title", "summary", "file", "alt", "sizes"),
        *("author_slug", "author_name", "tag_slug", "tag_title", "words", "width", "height", "published_at"),
    )

    def __init__(self, row: Any) -> None:
        self.id = row.id
        self.slug, self.title, self.summary, self.file, self.alt, self.sizes = row[3:9]
        self.author_slug, self.author_name, self.tag_slug, self.tag_title = row[9:13]
        self.words, self.width, self.height = row[_NUMBERED : _NUMBERED + 3]
        self.published_at = row[_TIMED]
