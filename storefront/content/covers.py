"""The one picture that a post or an author has, or none: taken, put up, taken down, made in its sizes.

Knows the door that pictures come through and the jobs that make their sizes; refuses to know where it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from storefront import audit, clock, database, jobs
from storefront.catalogue.gallery import PictureWords
from storefront.claims.steps import look_at, refuse_open
from storefront.content.claimed import text_of
from storefront.content.models import Author, Post, PostState
from storefront.content.naming import locked_author
from storefront.content.steps import Actor, locked_post
from storefront.database import require_transaction, session, transaction
from storefront.errors import NotFound
from storefront.pictures import named, sizes

SIZES_JOB = "content.cover_sizes"
FORGET_JOB = "content.cover_forget"

Pictured = Post | Author
_MODELS = (Post, Author)
_Changes = Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture that was taken and saved, and what it shows; `discard` it where nothing came to have it."""

    file: str
    width: int
    height: int
    alt: str


def take_cover(content: bytes, *, alt: str) -> Cover:
    """Take a picture and save it, before any transaction. Raises Refused, without words too."""
    words = _words(alt)
    file, taken = sizes.keep(content)
    return Cover(file, taken.width, taken.height, words)


def discard(cover: Cover) -> None:
    """Delete the files of a picture that nothing has. May be run again."""
    sizes.forget(cover.file, cover.width)


def hang_cover(post_id: int, content: bytes, *, alt: str, by: Actor) -> None:
    """Give a post its cover, in place of the one it had. Raises NotFound and Refused."""
    cover = _taken_for(Post, post_id, content, alt=alt)
    try:
        with transaction():
            put_cover(post_id, cover, by=by)
    except BaseException:
        discard(cover)
        raise


def hang_portrait(author_id: int, content: bytes, *, alt: str, by: Actor) -> None:
    """Give an author their picture, in place of the one they had. Raises NotFound and Refused."""
    cover = _taken_for(Author, author_id, content, alt=alt)
    try:
        with transaction():
            put_portrait(author_id, cover, by=by)
    except BaseException:
        discard(cover)
        raise


def describe_cover(post_id: int, *, alt: str, by: Actor) -> bool:
    """Say in other words what a cover shows; whether they are others. Raises NotFound, where it has none too,
    and Refused."""
    words = _words(alt)
    with transaction():
        return _describe(locked_post(post_id), words, by=by)


def describe_portrait(author_id: int, *, alt: str, by: Actor) -> bool:
    """Say in other words what an author's picture shows, as for a cover."""
    words = _words(alt)
    with transaction():
        return _describe(locked_author(author_id), words, by=by)


def take_cover_down(post_id: int, *, by: Actor) -> None:
    """Take a post's cover away; its files go once this is committed. May be run again. Raises NotFound."""
    with transaction():
        _take_down(locked_post(post_id), by=by)


def take_portrait_down(author_id: int, *, by: Actor) -> None:
    """Take an author's picture away, as a cover."""
    with transaction():
        _take_down(locked_author(author_id), by=by)


def put_cover(post_id: int, cover: Cover, *, by: Actor) -> None:
    """Give a post a cover that was taken before; its sizes are made later. A step. Raises NotFound."""
    require_transaction()
    _put(locked_post(post_id), cover, by=by)


def put_portrait(author_id: int, cover: Cover, *, by: Actor) -> None:
    """Give an author a picture that was taken before, as a post. A step. Raises NotFound."""
    require_transaction()
    _put(locked_author(author_id), cover, by=by)


@jobs.handler(SIZES_JOB)
def make_sizes(*, file: str) -> None:
    """Make the smaller files of a picture, then let pages name them. May run twice: the names stay the same."""
    named.make_sizes(file, _MODELS)


@jobs.handler(FORGET_JOB)
def forget(*, file: str, width: int) -> None:
    """Delete the files of a picture that nothing names any more. May run twice."""
    named.forget(file, width, _MODELS)


def _taken_for(model: type[Pictured], row_id: int, content: bytes, *, alt: str) -> Cover:
    if session().scalar(sa.select(model.id).where(model.id == row_id)) is None:
        raise NotFound()
    database.release()
    return take_cover(content, alt=alt)


def _put(row: Pictured, cover: Cover, *, by: Actor) -> None:
    _record(row, {"file": (row.file, cover.file), "alt": (row.alt or None, cover.alt)}, by=by)
    _forget_file(row)
    row.file, row.alt, row.sizes = cover.file, cover.alt, None
    row.width, row.height = cover.width, cover.height
    _look_at(row)
    jobs.enqueue(SIZES_JOB, {"file": cover.file}, key=f"{SIZES_JOB}:{cover.file}")


def _describe(row: Pictured, words: str, *, by: Actor) -> bool:
    if row.file is None:
        raise NotFound()
    if row.alt == words:
        return False
    _record(row, {"alt": (row.alt, words)}, by=by)
    row.alt = words
    _look_at(row)
    return True


def _take_down(row: Pictured, *, by: Actor) -> None:
    if row.file is None:
        return
    _record(row, {"file": (row.file, None), "alt": (row.alt, None)}, by=by)
    _forget_file(row)
    row.file = row.sizes = row.width = row.height = None
    row.alt = ""
    if isinstance(row, Post):
        look_at(text_of(row))


def _look_at(row: Pictured) -> None:
    """Mark what a post says now that its cover says something else. Raises Refused where it is public and anything is
    open."""
    if not isinstance(row, Post):
        return
    unanswered = look_at(text_of(row))
    if row.state == PostState.PUBLISHED:
        refuse_open(unanswered, field="alt")


def _words(alt: str) -> str:
    words = PictureWords(alt).tidied()
    words.check()
    return words.alt


def _forget_file(row: Pictured) -> None:
    if row.file:
        key = f"{FORGET_JOB}:{row.file}"
        jobs.enqueue(FORGET_JOB, {"file": row.file, "width": row.width}, key=key)


def _record(row: Pictured, changes: _Changes, *, by: Actor) -> None:
    if isinstance(row, Post):
        row.updated_at = clock.now()
        audit.record("post.cover", subject=("post", row.id), actor=by, detail=changes)
    else:
        audit.record("author.picture", subject=("author", row.id), actor=by, detail=changes)
