"""The columns that make a story in a list, and the row that becomes one.

Knows selects; refuses to know which stories are wanted, and in which order.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.cards import picture
from storefront.content.models import Author, Post, PostTag, Tag
from storefront.content.shown import Named, Story, minutes

LISTS_KEPT = 128


def story_columns() -> list[Any]:
    """What `story` needs of a Post outer-joined to its Author."""
    first = (
        sa.select(sa.func.min(PostTag.position))
        .where(PostTag.post_id == Post.id)
        .correlate(Post)
        .scalar_subquery()
    )
    tag = (
        sa.select(Tag.slug)
        .join(PostTag, PostTag.tag_id == Tag.id)
        .where(PostTag.post_id == Post.id, PostTag.position == first)
        .correlate(Post)
    )
    return [
        Post.id,
        Post.slug,
        Post.title,
        Post.summary,
        Post.file,
        Post.alt,
        Post.sizes,
        Author.slug.label("author_slug"),
        Author.name.label("author_name"),
        tag.scalar_subquery().label("tag_slug"),
        tag.with_only_columns(Tag.title).scalar_subquery().label("tag_title"),
        Post.words,
        Post.width,
        Post.height,
        Post.published_at,
    ]


def story(row: Any) -> Story:
    """One row of `story_columns` as a story."""
    return Story(
        id=row.id,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        published_at=row.published_at,
        author=Named(row.author_slug, row.author_name) if row.author_slug else None,
        tag=Named(row.tag_slug, row.tag_title) if row.tag_slug else None,
        cover=picture(row.file, row.alt, row.width, row.height, row.sizes),
        minutes=minutes(row.words),
    )


# The same tuple for the same rows: what is made of it is known again by that.
@lru_cache(maxsize=LISTS_KEPT)
def stories(rows: tuple[Any, ...]) -> tuple[Story, ...]:
    """Rows of `story_columns` as stories."""
    return tuple(story(row) for row in rows)
