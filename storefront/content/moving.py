"""Posts and pages that move in from elsewhere: added once, brought up to date while nobody here has changed them.

Knows where each was before; refuses to know any file format. Every function but `composed_arrival` is a step.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit
from storefront.catalogue.stale import fingerprint
from storefront.catalogue.texts import slug_of
from storefront.content import steps
from storefront.content.illustrations import pictures_for
from storefront.content.models import (
    Author,
    FormerAddress,
    FormerTag,
    MovedAuthor,
    MovedPost,
    MovedTag,
    Post,
    PostFormat,
    PostKind,
    PostState,
    Tag,
)
from storefront.content.texts import Composed, PostTexts, composed, one_line
from storefront.content.whereabouts import plain_name
from storefront.database import insert_ignore, require_transaction, savepoint
from storefront.errors import Refused

BY: steps.Actor = ("import", None)
_LONGEST_NAME = 120
_LONGEST_SLUG = 190


@dataclass(frozen=True, slots=True)
class Was:
    """What a post was elsewhere: its place there, who wrote it, and a digest of all that was said of it."""

    source: str
    source_id: int
    path: str
    slug: str
    login: str
    author: str
    digest: str


@dataclass(frozen=True, slots=True)
class Term:
    """A category or a tag ("category", "post_tag") as it was elsewhere: its name in addresses, and its title."""

    kind: str
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A post that moves in. `wanted` is the state it should have: published or scheduled `at`, or a draft."""

    was: Was
    kind: PostKind
    texts: PostTexts
    wanted: PostState
    at: datetime | None
    created_at: datetime
    updated_at: datetime
    terms: tuple[Term, ...] = ()
    # Where its cover is, and what that shows.
    cover: str = ""
    cover_alt: str = ""


class Came(StrEnum):
    """What became of a post that moved in; kept: it was changed here since, and stands as it is here."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Moved:
    """A post that moved in, where it stands, and why it is a draft although it should not be ("" where it is not).

    wants_cover: its cover is only an address; is_public: everybody reads it; stays_public: they do, there no more.
    """

    post_id: int
    came: Came
    slug: str
    why_draft: str = ""
    wants_cover: bool = False
    is_public: bool = False
    stays_public: bool = False


def composed_arrival(arrival: Arrival) -> Composed:
    """What is made of its text, before anybody has to wait. Raises Refused."""
    pictures = pictures_for(arrival.texts.body, PostFormat.HTML)
    return composed(arrival.texts, form=PostFormat.HTML, pictures=pictures)


def move_in(arrival: Arrival, whole: Composed) -> Moved:
    """Add a post or bring it up to date; run twice, it changes nothing. Raises Refused."""
    current = require_transaction()
    was = arrival.was
    known = current.get(MovedPost, (was.source, was.source_id))
    if known is None:
        return _add(arrival, whole)
    post, was_wanted = steps.locked_post(known.post_id), known.wanted
    known.cover, known.cover_alt = arrival.cover, arrival.cover_alt
    if known.digest == was.digest:
        moved = Moved(post.id, Came.UNCHANGED, post.slug)
    elif post.version != known.version:
        moved = Moved(post.id, Came.KEPT, post.slug)
    else:
        moved = _change(post, known, arrival, whole)
    is_public = post.state == PostState.PUBLISHED
    return replace(
        moved,
        wants_cover=bool(arrival.cover) and post.file is None and known.hung != arrival.cover,
        is_public=is_public,
        stays_public=is_public and was_wanted == PostState.PUBLISHED != known.wanted,
    )


def _add(arrival: Arrival, whole: Composed) -> Moved:
    was = arrival.was
    texts = replace(whole.texts, slug=_free_slug(whole.texts.slug), author_id=_author_id(was))
    post_id = steps.add_post(replace(whole, texts=texts), kind=arrival.kind, by=BY)
    post = steps.locked_post(post_id)
    post.created_at, post.updated_at = arrival.created_at, arrival.updated_at
    why_draft = _appear(post, arrival)
    row: dict[str, Any] = {
        "source": was.source,
        "source_id": was.source_id,
        "post_id": post_id,
        "path": was.path,
        "slug": was.slug,
        "digest": was.digest,
        "wanted": arrival.wanted.value,
        "version": post.version,
        "cover": arrival.cover,
        "cover_alt": arrival.cover_alt,
    }
    require_transaction().add(MovedPost(**row))
    require_transaction().flush()
    is_public = post.state == PostState.PUBLISHED
    return Moved(post_id, Came.NEW, post.slug, why_draft, bool(arrival.cover), is_public)


def _change(post: Post, known: MovedPost, arrival: Arrival, whole: Composed) -> Moved:
    """Bring a post up to date that nobody has changed here; its address stays unless it was renamed there."""
    was, why_draft = arrival.was, ""
    slug = post.slug if was.slug == known.slug else _free_slug(whole.texts.slug, but=post.id)
    texts = replace(whole.texts, slug=slug, author_id=_author_id(was))
    seen = fingerprint(steps.texts_of(post))
    try:
        is_changed = steps.change_post(post.id, replace(whole, texts=texts), seen=seen, by=BY)
    except Refused as refusal:
        raise Refused(_("It stays as it is here: %(reason)s", reason=refusal.message)) from refusal
    if arrival.wanted != known.wanted and post.state == PostState.DRAFT:
        why_draft = _appear(post, arrival)
        is_changed = is_changed or post.state != PostState.DRAFT
    if is_changed:
        post.updated_at = arrival.updated_at
    known.path, known.slug, known.digest = was.path, was.slug, was.digest
    known.wanted, known.version = arrival.wanted.value, post.version
    require_transaction().flush()
    return Moved(post.id, Came.CHANGED if is_changed else Came.UNCHANGED, post.slug, why_draft)


def _appear(post: Post, arrival: Arrival) -> str:
    """Give a draft the state it should have; "" or why it stays a draft: the rules are those for everybody."""
    if arrival.wanted == PostState.DRAFT or arrival.at is None:
        return ""
    if arrival.wanted == PostState.PUBLISHED:
        # Also where it stays a draft for now: whoever publishes it later publishes it as of then.
        post.published_at = arrival.at
    try:
        with savepoint():
            if arrival.wanted == PostState.SCHEDULED:
                steps.schedule(post.id, arrival.at, by=BY)
            else:
                steps.publish(post.id, by=BY)
    except Refused as refusal:
        return refusal.message
    return ""


def _free_slug(wanted: str, *, but: int | None = None) -> str:
    """The address, or the first one like it at which nothing else stands or stood."""
    current = require_transaction()
    base = wanted[:_LONGEST_SLUG].strip("-")
    for number in range(1, 10_000):
        slug = base if number == 1 else f"{base}-{number}"
        stands = sa.exists().where(Post.slug == slug, Post.id != (but or 0))
        stood = sa.exists().where(FormerAddress.slug == slug, FormerAddress.post_id != (but or 0))
        if not current.scalar(sa.select(sa.or_(stands, stood))):
            return slug
    raise Refused(_("Something else has the address “%(slug)s”.", slug=base), field="slug")


def _author_id(was: Was) -> int | None:
    """Who wrote it: whoever came under that login before, or is called so here; else somebody new."""
    if not was.login:
        return None
    current = require_transaction()
    known = current.get(MovedAuthor, (was.source, was.login))
    if known is None:
        author_id = _author_called(one_line(was.author)[:_LONGEST_NAME])
        name = plain_name(was.login)
        known = MovedAuthor(source=was.source, login=was.login, author_id=author_id, slug=name)
        current.add(known)
        current.flush()
    return known.author_id


def _author_called(name: str) -> int:
    current = require_transaction()
    base = slug_of(name)[: _LONGEST_NAME - 5].strip("-") or "author"
    for number in range(1, 10_000):
        slug = base if number == 1 else f"{base}-{number}"
        found = current.execute(sa.select(Author.id, Author.name).where(Author.slug == slug)).first()
        if found is None:
            insert_ignore(Author, {"slug": slug, "name": name, "bio": ""}, unique=("slug",))
            author_id = current.scalars(sa.select(Author.id).where(Author.slug == slug)).one()
            audit.record(
                "author.added", subject=("author", author_id), actor=BY, detail={"name": (None, name)}
            )
            return int(author_id)
        if found.name.casefold() == name.casefold():
            return int(found.id)
    raise Refused(_("Another author has the address “%(slug)s”.", slug=base), field="name")


def remember_terms(source: str, terms: Collection[Term]) -> None:
    """Keep where categories and tags were, of those that are tags here. Run twice, it changes nothing. A step."""
    current = require_transaction()
    slugs = {slug_of(each.title) for each in terms}
    present = sa.select(Tag.slug, Tag.id).where(Tag.slug.in_(slugs))
    former = sa.select(FormerTag.slug, FormerTag.tag_id).where(FormerTag.slug.in_(slugs))
    ids = {slug: tag_id for select in (present, former) for slug, tag_id in current.execute(select)}
    for each in terms:
        tag_id, name = ids.get(slug_of(each.title)), plain_name(each.name)
        if tag_id is not None and name:
            row = {"source": source, "kind": each.kind, "slug": name, "tag_id": tag_id}
            insert_ignore(MovedTag, row, unique=("source", "kind", "slug"))


def record_run(source: str, *, new: int, changed: int, comments: int) -> None:
    """Note that an import brought something. A step."""
    audit.record(
        "posts.imported", subject=("import", source[:60]), actor=BY, code=f"{new}+{changed}+{comments}"
    )
