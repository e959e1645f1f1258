"""Where posts, tags and authors are that moved in, by the addresses they had elsewhere.

Knows paths, numbers and names of elsewhere; refuses to write, and to know which of them make an address.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa

from storefront.catalogue.texts import slug_of
from storefront.content.models import (
    Author,
    MovedAuthor,
    MovedPost,
    MovedTag,
    Post,
    PostKind,
    PostState,
    PostTag,
    Tag,
)
from storefront.database import Prepared, read

_LONGEST_PATH = 500
_LONGEST_NAME = 200
_DATED = re.compile(r"/(?:[0-9]{4}/[0-9]{2}/(?:[0-9]{2}/)?)?([^/]{1,200})")


def post_that_was_at(path: str) -> tuple[PostKind, str] | None:
    """Kind and present address of the public post that was at a path elsewhere, before it moved in: at that one, or
    by its name alone or beneath a date (`/2012/01/name`). One statement."""
    path = plain_path(path)
    dated = _DATED.fullmatch(path)
    return _present(read(_WAS_AT, {"path": path, "slug": dated[1] if dated else None})) if path else None


def post_that_was(source_id: int) -> tuple[PostKind, str] | None:
    """Kind and present address of the public post that had this number elsewhere. One statement."""
    return _present(read(_WAS, {"source_id": source_id}))


def tag_that_was(kind: str, name: str, *, below: str) -> str | None:
    """The present address of the tag that stood as a `kind` ("category", "post_tag") of that name on a site at the
    path `below`; None where nothing public is under it. One statement."""
    values = {"kind": kind, "name": plain_name(name), "site": plain_path(below)}
    return _slug(read(_TAG_WAS, values)) if values["name"] else None


def author_who_was(name: str, *, below: str) -> str | None:
    """The present address of the author who was called so on a site at the path `below`. One statement."""
    values = {"name": plain_name(name), "site": plain_path(below)}
    return _slug(read(_AUTHOR_WAS, values)) if values["name"] else None


def has_moved_in(*, below: str) -> bool:
    """Whether anything moved in from a site at the path `below`. One statement."""
    return bool(read(_ANYTHING, {"site": plain_path(below)}))


def plain_path(path: str) -> str:
    """A path, its escapes resolved already, as those of elsewhere are kept and looked for."""
    return re.sub("/+", "/", unicodedata.normalize("NFC", path)).rstrip("/").lower()[:_LONGEST_PATH]


def plain_name(name: str) -> str:
    """What a category, a tag or an author was called in addresses, as it is kept and looked for.

    WordPress makes an author's of the name they sign in with, without the sign of e-mail addresses.
    """
    return slug_of(unquote(name, errors="ignore").replace("@", ""))[:_LONGEST_NAME]


def _present(rows: Sequence[Any]) -> tuple[PostKind, str] | None:
    return (PostKind(rows[0].kind), rows[0].slug) if rows else None


def _slug(rows: Sequence[Any]) -> str | None:
    return rows[0].slug if rows else None


def _of_site(source: Any) -> sa.ColumnElement[bool]:
    """Whether a source (`old.example/shop`) ends with the path that is asked for; each does with none."""
    site = sa.bindparam("site", type_=sa.String)
    return sa.func.substr(source, sa.func.length(source) - sa.func.length(site) + 1) == site


_MOVED_IN = (
    sa.select(Post.kind, Post.slug)
    .join(MovedPost, MovedPost.post_id == Post.id)
    .where(Post.state == PostState.PUBLISHED)
    .limit(1)
)
_WAS_AT = Prepared(
    _MOVED_IN.where(
        sa.or_(
            MovedPost.path == sa.bindparam("path", type_=sa.String),
            MovedPost.slug == sa.bindparam("slug", type_=sa.String),
        ),
    ).order_by((MovedPost.path == sa.bindparam("path", type_=sa.String)).desc(), Post.id)
)
_WAS = Prepared(
    _MOVED_IN.where(MovedPost.source_id == sa.bindparam("source_id", type_=sa.BigInteger)).order_by(Post.id)
)
_IS_READ = (
    sa.exists()
    .where(
        PostTag.tag_id == Tag.id,
        PostTag.post_id == Post.id,
        Post.kind == PostKind.POST,
        Post.state == PostState.PUBLISHED,
    )
    .correlate(Tag)
)
_TAG_WAS = Prepared(
    sa.select(Tag.slug)
    .join(MovedTag, MovedTag.tag_id == Tag.id)
    .where(
        MovedTag.slug == sa.bindparam("name", type_=sa.String),
        MovedTag.kind == sa.bindparam("kind", type_=sa.String),
        _of_site(MovedTag.source),
        _IS_READ,
    )
    .order_by(MovedTag.source)
    .limit(1)
)
_AUTHOR_WAS = Prepared(
    sa.select(Author.slug)
    .join(MovedAuthor, MovedAuthor.author_id == Author.id)
    .where(MovedAuthor.slug == sa.bindparam("name", type_=sa.String), _of_site(MovedAuthor.source))
    .order_by(MovedAuthor.source, MovedAuthor.login)
    .limit(1)
)
_ANYTHING = Prepared(sa.select(MovedPost.post_id).where(_of_site(MovedPost.source)).limit(1))
