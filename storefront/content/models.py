"""Posts and pages with every version of them, their authors, tags and the goods they show.

Knows what is written and whether it is public; refuses to know how it looks.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, db


class PostKind(StrEnum):
    """post: part of the journal; page: stands alone, such as “About us”."""

    POST = "post"
    PAGE = "page"


class PostState(StrEnum):
    """draft: nobody sees it; scheduled: public from an instant on; published; withdrawn: it was public."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class PostFormat(StrEnum):
    """What a text is written in: what came from elsewhere as HTML stays HTML."""

    MARKDOWN = "markdown"
    HTML = "html"


class Author(db.Model):
    """Who writes for the shop, under the name they publish with; `customer_id` is their account, if they have one."""

    __tablename__ = "author"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    bio: Mapped[str] = mapped_column(sa.Text, default="")
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), unique=True)
    file: Mapped[str | None] = mapped_column(sa.String(30))
    sizes: Mapped[str | None] = mapped_column(sa.String(60))
    alt: Mapped[str] = mapped_column(sa.Text, default="", server_default=sa.text("''"))
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()


class Tag(db.Model):
    """A word that posts are found by."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))


class Post(db.Model):
    """A text (`body`) in Markdown or HTML, and what was made of it when it was saved.

    `parts` is a JSON list: texts are sanitised HTML, numbers are ids of products, shown there as cards. `contents`
    is one of [id, heading]. `version` counts the saved versions.
    """

    __tablename__ = "post"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('post', 'page')", name="kind"),
        sa.CheckConstraint("format IN ('markdown', 'html')", name="format"),
        sa.CheckConstraint("state IN ('draft', 'scheduled', 'published', 'withdrawn')", name="state"),
        sa.CheckConstraint("(state = 'scheduled') = (scheduled_for IS NOT NULL)", name="scheduled"),
        sa.CheckConstraint(
            "state NOT IN ('published', 'withdrawn') OR published_at IS NOT NULL", name="published"
        ),
        sa.Index("ix_post_listed", "kind", "state", "published_at", "id"),
        sa.Index("ix_post_changed", "kind", "updated_at", "id"),
    )
    TRANSITIONS: ClassVar[dict[PostState, set[PostState]]] = {
        PostState.DRAFT: {PostState.SCHEDULED, PostState.PUBLISHED},
        PostState.SCHEDULED: {PostState.DRAFT, PostState.PUBLISHED},
        PostState.PUBLISHED: {PostState.WITHDRAWN},
        PostState.WITHDRAWN: {PostState.PUBLISHED},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[PostKind] = mapped_column(sa.String(10), default=PostKind.POST)
    slug: Mapped[str] = mapped_column(sa.String(200), unique=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.String(400), default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    # Given when a post is added, and the same in all its versions.
    format: Mapped[PostFormat] = mapped_column(
        sa.String(10), default=PostFormat.MARKDOWN, server_default="markdown"
    )
    parts: Mapped[str] = mapped_column(sa.Text, default="[]")
    contents: Mapped[str] = mapped_column(sa.Text, default="[]")
    words: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("author.id"), index=True)
    file: Mapped[str | None] = mapped_column(sa.String(30))
    sizes: Mapped[str | None] = mapped_column(sa.String(60))
    alt: Mapped[str] = mapped_column(sa.Text, default="")
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
    state: Mapped[PostState] = mapped_column(sa.String(10), default=PostState.DRAFT)
    scheduled_for: Mapped[datetime | None] = mapped_column(Instant, index=True)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)


class PostTag(db.Model):
    """A post under a tag; the first of its tags stands above its title."""

    __tablename__ = "post_tag"

    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tag.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class PostProduct(db.Model):
    """A product that a post shows as a card."""

    __tablename__ = "post_product"

    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), primary_key=True, index=True)


class FormerAddress(db.Model):
    """An address that a public post had; whoever knows it is led to the present one."""

    __tablename__ = "former_address"

    slug: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), index=True)


class FormerAuthor(db.Model):
    """An address that an author's page had; whoever knows it is led to the present one."""

    __tablename__ = "former_author"

    slug: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("author.id"), index=True)


class FormerTag(db.Model):
    """An address that a tag's page had; whoever knows it, or types the tag's old title, is led to the present one."""

    __tablename__ = "former_tag"

    slug: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tag.id"), index=True)


class Revision(db.Model):
    """A post as it was saved once, and by whom; `tags` are their titles, by commas."""

    __tablename__ = "revision"
    __table_args__ = (sa.UniqueConstraint("post_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    number: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(sa.String(200))
    slug: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.String(400))
    body: Mapped[str] = mapped_column(sa.Text)
    tags: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("author.id"))
    actor_kind: Mapped[str] = mapped_column(sa.String(30))
    actor_id: Mapped[str | None] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(Instant)


class MovedPost(db.Model):
    """A post that came from elsewhere: what it was there, and what the last import made of it.

    `path` and `slug` are where it was, without the slash at the end; `digest` is of all that was said of it, `wanted`
    the state it came with, `version` the one that the import saved.
    """

    __tablename__ = "moved_post"

    source: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), unique=True)
    path: Mapped[str] = mapped_column(sa.String(500), index=True)
    slug: Mapped[str] = mapped_column(sa.String(200), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    wanted: Mapped[str] = mapped_column(sa.String(10))
    version: Mapped[int] = mapped_column()
    # The address of its cover there, what that shows, and the one that was hung here.
    cover: Mapped[str] = mapped_column(sa.Text, default="", server_default=sa.text("''"))
    cover_alt: Mapped[str] = mapped_column(sa.Text, default="", server_default=sa.text("''"))
    hung: Mapped[str] = mapped_column(sa.Text, default="", server_default=sa.text("''"))


class MovedPicture(db.Model):
    """A picture of texts that moved in, taken once, in its sizes; `key` is made of the address it had there."""

    __tablename__ = "moved_picture"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    address: Mapped[str] = mapped_column(sa.Text)
    file: Mapped[str] = mapped_column(sa.String(30))
    sizes: Mapped[str] = mapped_column(sa.String(60))
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()


class MovedAuthor(db.Model):
    """An author that came from elsewhere, by the name they signed in with there."""

    __tablename__ = "moved_author"

    source: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    login: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("author.id"), index=True)
    # What they were called in addresses there.
    slug: Mapped[str] = mapped_column(sa.String(200), default="", server_default=sa.text("''"), index=True)


class MovedTag(db.Model):
    """A tag that came from elsewhere, by its address there: as a category or as a tag ("category", "post_tag")."""

    __tablename__ = "moved_tag"

    source: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(200), primary_key=True, index=True)
    tag_id: Mapped[int] = mapped_column(sa.ForeignKey("tag.id"), index=True)
