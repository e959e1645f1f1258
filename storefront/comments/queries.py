"""What is read of comments: a page of a thread by one statement, and one comment by itself.

Knows what its readers may see; refuses to write.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from storefront.comments.insiders import works_here
from storefront.comments.models import ClosedThread, Comment, CommentState, Decision
from storefront.comments.subjects import SubjectKind, kind_called
from storefront.database import Prepared, read, session
from storefront.errors import NotFound
from storefront.web import tagged

# So many threads are on a page, each with its replies.
PAGE = 20
THREADS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Spoken:
    """A published comment as it was found; `standing` is "bought", "returned" or ""."""

    id: int
    parent_id: int | None
    name: str
    text: str
    created_at: datetime
    insider: str
    standing: str
    is_namesake: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a thread: its comments in the order they came, how many there are in all, and how many threads."""

    comments: tuple[Spoken, ...]
    count: int
    threads: int
    is_closed: bool
    page: int

    @property
    def pages(self) -> int:
        """How many pages the thread has; an empty one has one."""
        return max(1, -(-self.threads // PAGE))

    @property
    def is_beyond(self) -> bool:
        """Whether there is no such page."""
        return self.page > self.pages


def found_thread(kind: str, subject_id: int, *, page: int = 1) -> Found:
    """The published comments on a subject, the oldest threads first. One statement, however many there are."""
    tagged(f"comments:{kind}:{subject_id}")
    number = max(page, 1)
    asked = {"kind": kind, "subject_id": subject_id, "skip": (number - 1) * PAGE}
    return _found(tuple(read(_statement(kind_called(kind)), asked)), number)


# The same object for the same rows: a page that was made of it is known again by that.
@lru_cache(maxsize=THREADS_KEPT)
def _found(rows: tuple[Any, ...], page: int) -> Found:
    spoken = tuple(_spoken(row) for row in rows if row.id is not None)
    first = rows[0]
    return Found(spoken, int(first.count), int(first.threads), bool(first.is_closed), page)


def _spoken(row: Any) -> Spoken:
    label = "author" if row.by_author else "staff" if row.works_here else row.insider
    return Spoken(
        row.id,
        row.parent_id,
        row.name,
        row.text,
        row.created_at,
        label,
        "" if label else row.standing or "",
        not label and "namesake" in row.flags.split(),
    )


def _of(comment: Any, kind: Any, subject_id: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        comment.subject_kind == kind,
        comment.subject_id == subject_id,
        comment.state == CommentState.PUBLISHED,
    )


_KIND: Any = sa.bindparam("kind", type_=sa.String)
_SUBJECT: Any = sa.bindparam("subject_id", type_=sa.BigInteger)


@lru_cache(maxsize=16)
def _statement(how: SubjectKind) -> Prepared:
    """The row about the thread as a whole, beside each comment of the page; alone where there is none."""
    root, counted, above = aliased(Comment), aliased(Comment), aliased(Comment)
    first = sa.and_(_of(root, _KIND, _SUBJECT), root.parent_id.is_(None))
    is_seen = counted.parent_id.is_(None) | sa.exists().where(
        above.id == counted.parent_id, above.state == CommentState.PUBLISHED
    )
    whole = sa.select(
        sa.select(sa.func.count(counted.id))
        .where(_of(counted, _KIND, _SUBJECT), is_seen)
        .scalar_subquery()
        .label("count"),
        sa.select(sa.func.count(root.id)).where(first).scalar_subquery().label("threads"),
        sa.exists()
        .where(ClosedThread.subject_kind == _KIND, ClosedThread.subject_id == _SUBJECT)
        .label("is_closed"),
    ).subquery()
    roots = (
        sa.select(root.id)
        .where(first)
        .order_by(root.id)
        .limit(PAGE)
        .offset(sa.bindparam("skip", type_=sa.Integer))
    )
    shown = _shown(how, roots).subquery()
    return Prepared(
        sa.select(whole, shown).select_from(whole.outerjoin(shown, sa.true())).order_by(shown.c.id),
        known=THREADS_KEPT,
    )


def _shown(how: SubjectKind, roots: sa.Select[Any]) -> Any:
    return sa.select(
        Comment.id,
        Comment.parent_id,
        Comment.name,
        Comment.text,
        Comment.created_at,
        Comment.insider,
        Comment.flags,
        works_here(Comment).label("works_here"),
        how.by_author(Comment).label("by_author"),
        how.standing(Comment).label("standing"),
    ).where(
        _of(Comment, _KIND, _SUBJECT),
        sa.func.coalesce(Comment.parent_id, Comment.id).in_(roots),
    )


def page_of(comment_id: int) -> tuple[str, int, int]:
    """Where a published comment stands now: the kind and id of its subject, and the page of the thread. Raises
    NotFound."""
    made = published_comment(comment_id)
    root_id = made.parent_id or made.id
    before = sa.select(sa.func.count(Comment.id)).where(
        _of(Comment, made.subject_kind, made.subject_id), Comment.parent_id.is_(None), Comment.id < root_id
    )
    return made.subject_kind, made.subject_id, int(session().scalar(before) or 0) // PAGE + 1


def published_comment(comment_id: int) -> Comment:
    """A comment that everybody can read: it is published, and so is what it stands beneath. Raises NotFound."""
    made = comment_by_id(comment_id)
    if made.state != CommentState.PUBLISHED:
        raise NotFound()
    if made.parent_id:
        published_comment(made.parent_id)
    return made


def comment_by_id(comment_id: int) -> Comment:
    """One comment, whatever became of it; raises NotFound."""
    made = session().get(Comment, comment_id) if 0 < comment_id < 2**63 else None
    if made is None:
        raise NotFound()
    return made


def last_decision(comment_id: int) -> Decision | None:
    """What was decided last about a comment."""
    newest = sa.select(Decision).where(Decision.comment_id == comment_id).order_by(Decision.id.desc())
    found: Decision | None = session().scalar(newest.limit(1))
    return found
