"""Pictures within texts that moved in, and their covers: known by the address they had elsewhere, taken once each.

Knows which are missing and which texts show them; refuses to know how a file is fetched.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront import database
from storefront.content import html, steps
from storefront.content.covers import discard, put_cover, take_cover
from storefront.content.html import Pictures
from storefront.content.markdown import contents_json, parts_json
from storefront.content.models import MovedPicture, MovedPost, Post, PostFormat
from storefront.database import insert_ignore, session, transaction
from storefront.pictures import sizes
from storefront.pictures.plates import Picture

_PAGE = 100
_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A post with pictures of which only the address is known: its cover ("" where it has one), those in its text.

    It is behind where a picture was taken, for another post or by a run that stopped, that its page does not show.
    """

    post_id: int
    slug: str
    cover: str
    cover_alt: str
    pictures: tuple[str, ...]
    is_behind: bool


def pictures_for(body: str, form: PostFormat) -> Pictures:
    """The pictures of a text that were taken, by the address it names them with. One statement, where it has any."""
    return _known(html.pictures_in(body)) if form == PostFormat.HTML else {}


def unfetched(*, after: int = 0) -> tuple[list[Unfetched], int]:
    """What the next posts that moved in, by id, wait for; and the last id looked at, 0 behind all. Two statements."""
    select = (
        sa.select(
            *(Post.id, Post.slug, Post.body, Post.parts, Post.file, Post.format),
            *(MovedPost.cover, MovedPost.cover_alt, MovedPost.hung),
        )
        .join(MovedPost, MovedPost.post_id == Post.id)
        .where(Post.id > after)
        .order_by(Post.id)
        .limit(_PAGE)
    )
    rows = session().execute(select).all()
    named = {row.id: html.pictures_in(row.body) if row.format == PostFormat.HTML else () for row in rows}
    known = _known(address for each in named.values() for address in each)
    found = [_unfetched(row, named[row.id], known) for row in rows]
    wanting = [each for each in found if each.cover or each.pictures or each.is_behind]
    return wanting, rows[-1].id if rows else 0


def _unfetched(row: Any, named: Sequence[str], known: Pictures) -> Unfetched:
    return Unfetched(
        post_id=row.id,
        slug=row.slug,
        cover="" if row.file or row.cover == row.hung else row.cover,
        cover_alt=row.cover_alt,
        pictures=tuple(dict.fromkeys(each for each in named if each not in known)),
        is_behind=any(each in known and known[each].file not in row.parts for each in named),
    )


def is_kept(address: str) -> bool:
    """Whether the picture of an address was taken. One statement."""
    return session().scalar(sa.select(MovedPicture.key).where(MovedPicture.key == _key(address))) is not None


def keep(address: str, content: bytes) -> None:
    """Take the picture of an address through the door, with its sizes; nothing where it is there. Raises Refused."""
    database.release()
    file, taken = sizes.keep(content)
    try:
        made = " ".join(map(str, sizes.make_sizes(file, taken.width)))
        row = {
            "key": _key(address),
            "file": file,
            "sizes": made,
            "width": taken.width,
            "height": taken.height,
        }
        with transaction():
            is_new = insert_ignore(MovedPicture, row | {"address": address}, unique=("key",))
    except BaseException:
        sizes.forget(file, taken.width)
        raise
    if not is_new:
        sizes.forget(file, taken.width)


def hang(post_id: int, address: str, content: bytes, *, alt: str, by: steps.Actor) -> bool:
    """Give a post the cover that it had elsewhere; False where it has one by now. Raises NotFound and Refused."""
    database.release()
    cover = take_cover(content, alt=alt)
    is_hung = False
    try:
        with transaction() as current:
            post = steps.locked_post(post_id)
            may_hang = post.file is None
            if may_hang:
                written_at = post.updated_at
                put_cover(post_id, cover, by=by)
                # It had it there already.
                post.updated_at = written_at
                of_post = sa.update(MovedPost).where(MovedPost.post_id == post_id)
                current.execute(of_post.values(hung=address))
        is_hung = may_hang
    finally:
        if not is_hung:
            discard(cover)
    return is_hung


def redraw(post_id: int) -> None:
    """Show in a text what was taken of its pictures; nothing where somebody saves it meanwhile, which does."""
    found = session().execute(sa.select(Post.body, Post.format, Post.version).where(Post.id == post_id)).one()
    pictures = pictures_for(found.body, found.format)
    database.release()
    made = html.rendered(found.body, pictures)
    with transaction():
        post = steps.locked_post(post_id)
        if post.version == found.version:
            placed = made.placed(steps.product_ids)
            post.parts, post.contents = parts_json(placed.parts), contents_json(placed.contents)
            post.words = placed.words


def _known(addresses: Iterable[str]) -> Pictures:
    keys = {_key(address): address for address in addresses}
    found: dict[str, Picture] = {}
    wanted = list(keys)
    for begin in range(0, len(wanted), _ASKED_AT_ONCE):
        some = sa.select(MovedPicture).where(MovedPicture.key.in_(wanted[begin : begin + _ASKED_AT_ONCE]))
        for row in session().execute(some.with_only_columns(*_COLUMNS)):
            widths = tuple(map(int, row.sizes.split()))
            found[keys[row.key]] = Picture(row.file, "", row.width, row.height, widths)
    return found


_COLUMNS = (
    *(MovedPicture.key, MovedPicture.file, MovedPicture.sizes),
    *(MovedPicture.width, MovedPicture.height),
)


def _key(address: str) -> str:
    """What an address is found by: it may be longer than an index takes."""
    return hashlib.sha256(address.encode()).hexdigest()
