"""Posts as texts that state something: what they say, who wrote it, and whether a mark holds one back.

Knows posts and their versions; refuses to know what is to be careful with.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storefront.claims.folding import Form
from storefront.claims.models import ClaimMark, PromiseStated
from storefront.claims.recorded import picture_versions
from storefront.claims.subjects import Said, Text, TextKind, Version, Writers, claiming, writer
from storefront.content.models import Author, Post, PostFormat, PostState, Revision
from storefront.database import lock_all, session

KIND = "post"
# So many versions of a post are read for who wrote a sentence; whoever saved one before may have written it.
MOST_READ = 200


def text_of(post: Any) -> Text:
    """What a post says, and its cover. One statement."""
    account = post.author_id and session().scalar(
        sa.select(Author.customer_id).where(Author.id == post.author_id)
    )
    return _text(post, account)


def parts(*, title: str, summary: str, body: str, form: PostFormat, alt: str = "") -> tuple[Said, ...]:
    """What is looked at, by the names of the fields it is typed in; `alt` says what the cover shows."""
    written = Form.HTML if form == PostFormat.HTML else Form.MARKDOWN
    return (
        Said("title", title, Form.PLAIN),
        Said("summary", summary, Form.PLAIN),
        Said("body", body, written),
        *((Said("cover", alt, Form.PLAIN),) if alt else ()),
    )


def _text(post: Any, account: int | None) -> Text:
    return Text(
        kind=KIND,
        id=post.id,
        title=post.title,
        is_public=post.state == PostState.PUBLISHED,
        parts=_said_in(post, post.format, alt=post.alt),
        # Whose name stands above it wrote it too, whoever typed it.
        names=writer(("staff", account)),
    )


def _said_in(row: Any, form: str, *, alt: str = "") -> tuple[Said, ...]:
    return parts(title=row.title, summary=row.summary, body=row.body, form=PostFormat(form), alt=alt)


def _read(ids: Collection[int]) -> Mapping[int, Text]:
    """Posts of these ids. One statement."""
    rows = session().execute(
        sa.select(
            *(Post.id, Post.title, Post.summary, Post.body, Post.format, Post.state, Post.alt),
            Author.customer_id,
        )
        .outerjoin(Author, Author.id == Post.author_id)
        .where(Post.id.in_(list(ids)))
    )
    return {row.id: _text(row, row.customer_id) for row in rows}


def _hold(ids: Collection[int]) -> Mapping[int, Text]:
    lock_all(Post, sorted(ids))
    return _read(ids)


def _versions(ids: Collection[int]) -> Iterator[tuple[int, Sequence[Version]]]:
    """The versions of posts, of one after the other: texts are long; and of what their covers show. Two statements
    for each, and one."""
    yield from picture_versions(KIND, ids, field="cover").items()
    for post_id in sorted(ids):
        select = (
            sa.select(
                *(Revision.number, Revision.title, Revision.summary, Revision.body),
                *(Revision.actor_kind, Revision.actor_id, Post.format),
            )
            .join(Post, Post.id == Revision.post_id)
            .where(Revision.post_id == post_id)
            .order_by(Revision.number.desc())
            .limit(MOST_READ)
        )
        rows = session().execute(select).all()[::-1]
        yield (
            post_id,
            [
                Version(
                    writer((row.actor_kind, row.actor_id)) if place else _savers(post_id, row.number),
                    _said_in(row, row.format),
                )
                for place, row in enumerate(rows)
            ],
        )


def _savers(post_id: int, number: int) -> Writers:
    """Who saved a version up to one: what stands in that one may be theirs."""
    rows = session().execute(
        sa.select(Revision.actor_kind, Revision.actor_id)
        .where(Revision.post_id == post_id, Revision.number <= number)
        .distinct()
    )
    return frozenset().union(*(writer((row.actor_kind, row.actor_id)) for row in rows))


def _after(post_id: int, most: int) -> list[int]:
    return list(session().scalars(sa.select(Post.id).where(Post.id > post_id).order_by(Post.id).limit(most)))


def is_held_back(post: Any) -> sa.ColumnElement[bool]:
    """Whether marked phrases of a post are open, or it promises what is not true, as a condition beside its row."""
    nothing = sa.select(sa.literal(1))
    marked = nothing.select_from(ClaimMark).where(_marks_of(post), ClaimMark.decision_id.is_(None))
    untrue = nothing.select_from(PromiseStated).where(_untrue_of(post))
    return marked.exists() | untrue.exists()


def answered_for(post: Any) -> sa.ColumnElement[str]:
    """What changes whenever a mark of a post is answered for or goes, or a promise of it becomes true or untrue, as a
    column beside its row."""
    number, newest = sa.func.count(), sa.func.coalesce(sa.func.max(ClaimMark.decision_id), 0)
    both = sa.cast(number, sa.String).concat("-").concat(sa.cast(newest, sa.String))
    untrue = sa.select(sa.cast(number, sa.String)).select_from(PromiseStated).where(_untrue_of(post))
    marks = sa.select(both).where(_marks_of(post)).scalar_subquery()
    return marks.concat("-").concat(untrue.scalar_subquery()).label("answered")


def _marks_of(post: Any) -> sa.ColumnElement[bool]:
    return sa.and_(ClaimMark.subject_kind == KIND, ClaimMark.subject_id == post.id)


def _untrue_of(post: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        PromiseStated.subject_kind == KIND,
        PromiseStated.subject_id == post.id,
        PromiseStated.is_kept.is_(False),
    )


claiming(KIND, TextKind(read=_read, hold=_hold, after=_after, versions=_versions))
