"""The cover of a post: one picture, or none.

Knows the door that pictures come through and the jobs that make their sizes; refuses to know where it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from storefront import audit, clock, database, jobs
from storefront.catalogue.gallery import PictureWords
from storefront.content.models import Post
from storefront.content.steps import Actor, locked_post
from storefront.database import require_transaction, session, transaction
from storefront.errors import NotFound
from storefront.pictures import sizes

SIZES_JOB = "content.cover_sizes"
FORGET_JOB = "content.cover_forget"


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture that was taken and saved, and what it shows; `discard` it where no post came to have it."""

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
    """Delete the files of a cover that no post has. May be run again."""
    sizes.forget(cover.file, cover.width)


def hang_cover(post_id: int, content: bytes, *, alt: str, by: Actor) -> None:
    """Give a post its cover, in place of the one it had. Raises NotFound and Refused."""
    if session().scalar(sa.select(Post.id).where(Post.id == post_id)) is None:
        raise NotFound()
    database.release()
    cover = take_cover(content, alt=alt)
    try:
        with transaction():
            put_cover(post_id, cover, by=by)
    except BaseException:
        discard(cover)
        raise


def describe_cover(post_id: int, *, alt: str, by: Actor) -> bool:
    """Say in other words what a cover shows; whether they are others. Raises NotFound, where it has none too,
    and Refused."""
    words = _words(alt)
    with transaction():
        post = locked_post(post_id)
        if post.file is None:
            raise NotFound()
        if post.alt == words:
            return False
        _record(post, {"alt": (post.alt, words)}, by=by)
        post.alt = words
        return True


def take_cover_down(post_id: int, *, by: Actor) -> None:
    """Take a post's cover away; its files go once this is committed. May be run again. Raises NotFound."""
    with transaction():
        post = locked_post(post_id)
        if post.file is None:
            return
        _record(post, {"file": (post.file, None), "alt": (post.alt, None)}, by=by)
        _forget_file(post)
        post.file = post.sizes = post.width = post.height = None
        post.alt = ""


def put_cover(post_id: int, cover: Cover, *, by: Actor) -> None:
    """Give a post a cover that was taken before; its sizes are made later. A step. Raises NotFound."""
    require_transaction()
    post = locked_post(post_id)
    _record(post, {"file": (post.file, cover.file), "alt": (post.alt or None, cover.alt)}, by=by)
    _forget_file(post)
    post.file, post.alt, post.sizes = cover.file, cover.alt, None
    post.width, post.height = cover.width, cover.height
    jobs.enqueue(SIZES_JOB, {"file": cover.file}, key=f"{SIZES_JOB}:{cover.file}")


@jobs.handler(SIZES_JOB)
def make_sizes(*, file: str) -> None:
    """Make the smaller files of a cover, then let pages name them. May run twice: the names stay the same."""
    width = _width(file)
    database.release()
    if width is None:
        return
    made = " ".join(map(str, sizes.make_sizes(file, width)))
    with transaction() as current:
        named = list(current.scalars(sa.select(Post).where(Post.file == file).with_for_update()))
        for post in named:
            post.sizes = made
    if not named:
        # Removed meanwhile: whoever did so could not know of these.
        sizes.forget(file, width)


@jobs.handler(FORGET_JOB)
def forget(*, file: str, width: int) -> None:
    """Delete the files of a cover that no post names any more. May run twice."""
    if _width(file) is None:
        sizes.forget(file, width)


def _words(alt: str) -> str:
    words = PictureWords(alt).tidied()
    words.check()
    return words.alt


def _width(file: str) -> int | None:
    return session().scalar(sa.select(Post.width).where(Post.file == file))


def _forget_file(post: Post) -> None:
    if post.file:
        key = f"{FORGET_JOB}:{post.file}"
        jobs.enqueue(FORGET_JOB, {"file": post.file, "width": post.width}, key=key)


def _record(post: Post, detail: Mapping[str, tuple[str | None, str | None]], *, by: Actor) -> None:
    post.updated_at = clock.now()
    audit.record("post.cover", subject=("post", post.id), actor=by, detail=detail)
