"""Posts as texts that state something: what they say, who wrote it, and whether a mark holds one back.

Knows posts and their versions; refuses to know what is to be careful with.
"""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from storefront.claims.folding import Form
from storefront.claims.models import ClaimMark
from storefront.claims.subjects import Said, Text, TextKind, Writers, claiming, writer_name
from storefront.content.models import Author, Post, PostFormat, PostState, Revision
from storefront.database import lock_all, session

KIND = "post"


def text_of(post: Any, *, by: tuple[str, object | None] | None = None) -> Text:
    """What a post says; written `by` somebody just now, or by who saved it last. Up to three statements."""
    writers = _last_writers([post.id]).get(post.id, frozenset()) if by is None else {writer_name(by)}
    return _text(post, frozenset(writers) | _account_of(post.author_id))


def parts(*, title: str, summary: str, body: str, form: PostFormat) -> tuple[Said, ...]:
    """What is looked at, by the names of the fields it is typed in."""
    written = Form.HTML if form == PostFormat.HTML else Form.MARKDOWN
    return (Said("title", title), Said("summary", summary), Said("body", body, written))


def _account_of(author_id: int | None) -> Writers:
    """Whose name stands above it wrote it too, whoever typed it."""
    account = author_id and session().scalar(sa.select(Author.customer_id).where(Author.id == author_id))
    return frozenset({f"staff:{account}"} if account else ())


def _text(post: Any, writers: Writers) -> Text:
    return Text(
        kind=KIND,
        id=post.id,
        title=post.title,
        is_public=post.state == PostState.PUBLISHED,
        parts=parts(title=post.title, summary=post.summary, body=post.body, form=PostFormat(post.format)),
        writers=writers - {""},
    )


def _read(ids: Collection[int]) -> Mapping[int, Text]:
    """Posts of these ids, and who saved them last. Two statements."""
    rows = session().execute(
        sa.select(
            *(Post.id, Post.title, Post.summary, Post.body, Post.format, Post.state), Author.customer_id
        )
        .outerjoin(Author, Author.id == Post.author_id)
        .where(Post.id.in_(list(ids)))
    )
    writers = _last_writers(ids)
    return {
        row.id: _text(row, writers.get(row.id, frozenset()) | ({f"staff:{row.customer_id}"} - {"staff:None"}))
        for row in rows
    }


def _hold(ids: Collection[int]) -> Mapping[int, Text]:
    lock_all(Post, sorted(ids))
    return _read(ids)


def _last_writers(ids: Collection[int]) -> dict[int, Writers]:
    newest = (
        sa.select(Revision.post_id, sa.func.max(Revision.number).label("number"))
        .where(Revision.post_id.in_(list(ids)))
        .group_by(Revision.post_id)
        .subquery()
    )
    rows = session().execute(
        sa.select(Revision.post_id, Revision.actor_kind, Revision.actor_id).join(
            newest, (newest.c.post_id == Revision.post_id) & (newest.c.number == Revision.number)
        )
    )
    return {row.post_id: frozenset({writer_name((row.actor_kind, row.actor_id))}) for row in rows}


def _after(post_id: int, most: int) -> list[int]:
    return list(session().scalars(sa.select(Post.id).where(Post.id > post_id).order_by(Post.id).limit(most)))


def is_held_back(post: Any) -> sa.ColumnElement[bool]:
    """Whether marked phrases of a post are open, as a condition beside its row."""
    return (
        sa.select(sa.literal(1))
        .select_from(ClaimMark)
        .where(_marks_of(post), ClaimMark.decision_id.is_(None))
        .exists()
    )


def answered_for(post: Any) -> sa.ColumnElement[str]:
    """What changes whenever a mark of a post is answered for or goes, as a column beside its row."""
    number, newest = sa.func.count(), sa.func.coalesce(sa.func.max(ClaimMark.decision_id), 0)
    both = sa.cast(number, sa.String).concat("-").concat(sa.cast(newest, sa.String))
    return sa.select(both).where(_marks_of(post)).scalar_subquery().label("answered")


def _marks_of(post: Any) -> sa.ColumnElement[bool]:
    return sa.and_(ClaimMark.subject_kind == KIND, ClaimMark.subject_id == post.id)


claiming(KIND, TextKind(read=_read, hold=_hold, after=_after))
