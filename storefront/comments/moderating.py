"""What a moderator looks at: those that wait, what stands beside them, and what was decided.

Knows comments and decisions; refuses to write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront.accounts.models import Customer
from storefront.comments.models import ClosedThread, Comment, CommentState, Decision, Verdict
from storefront.comments.queries import comment_by_id
from storefront.comments.subjects import Subject, subjects_by_key
from storefront.database import session

PAGE = 30
# So many others of the same writer, or with like words, are shown beside one.
MOST_BESIDE = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """A comment of the queue, the first with like words, and what it is about (None: it is gone)."""

    comment: Comment
    original: Comment | None
    subject: Subject | None


@dataclass(frozen=True, slots=True)
class Looked:
    """One comment with all that stands beside it: like words, others of its writer, what was decided, by whom."""

    comment: Comment
    subject: Subject | None
    parent: Comment | None
    copies: Sequence[Comment]
    others: Sequence[Comment]
    counts: dict[str, int]
    decisions: Sequence[tuple[Decision, str]]
    next_id: int | None


@dataclass(frozen=True, slots=True)
class Reported:
    """A decision as the report tells it."""

    decision: Decision
    comment: Comment
    subject: Subject | None
    who: str


def is_thread_closed(kind: str, subject_id: int) -> bool:
    """Whether nobody may add to what was said about a subject. One statement."""
    closed = sa.exists().where(ClosedThread.subject_kind == kind, ClosedThread.subject_id == subject_id)
    return bool(session().scalar(sa.select(closed)))


def held_comments() -> sa.Select[Any]:
    """Those that wait, one row each: for counting."""
    return sa.select(Comment.id).where(Comment.state == CommentState.HELD)


def waiting_comments(state: CommentState, *, after: int = 0) -> list[Waiting]:
    """Comments in a state, one more than `PAGE` if more follow: those that wait by age, all others the newest
    first. Two statements, and one for each kind of subject."""
    rows = sa.select(Comment).where(Comment.state == state)
    if state == CommentState.HELD:
        rows = rows.where(Comment.id > after).order_by(Comment.id)
    else:
        rows = (rows.where(Comment.id < after) if after else rows).order_by(Comment.id.desc())
    found = session().scalars(rows.limit(PAGE + 1)).all()
    return _with_subjects(found)


def comments_called(ids: Sequence[int]) -> list[Waiting]:
    """The comments of these ids that exist, by age."""
    known = [each for each in ids if 0 < each < 2**63]
    return _with_subjects(
        session().scalars(sa.select(Comment).where(Comment.id.in_(known)).order_by(Comment.id)).all()
    )


def _with_subjects(found: Sequence[Comment]) -> list[Waiting]:
    firsts = {each.original_id for each in found} - {None}
    originals = {
        each.id: each for each in session().scalars(sa.select(Comment).where(Comment.id.in_(firsts)))
    }
    subjects = _subjects(found)
    return [
        Waiting(
            each, originals.get(each.original_id or 0), subjects.get((each.subject_kind, each.subject_id))
        )
        for each in found
    ]


def _subjects(found: Sequence[Comment]) -> dict[tuple[str, int], Subject]:
    return subjects_by_key({(each.subject_kind, each.subject_id) for each in found})


def looked_at(comment_id: int) -> Looked:
    """One comment for its moderator; raises NotFound."""
    made = comment_by_id(comment_id)
    first_id = made.original_id or made.id
    like = sa.or_(Comment.id == first_id, Comment.original_id == first_id)
    theirs = Comment.email == made.email
    if made.customer_id is not None:
        theirs |= Comment.customer_id == made.customer_id
    counts = sa.select(Comment.state, sa.func.count()).where(theirs).group_by(Comment.state)
    after = sa.select(sa.func.min(Comment.id)).where(Comment.state == CommentState.HELD, Comment.id > made.id)
    return Looked(
        comment=made,
        subject=_subjects([made]).get((made.subject_kind, made.subject_id)),
        parent=session().get(Comment, made.answered_id or made.parent_id) if made.parent_id else None,
        copies=_beside(like, made),
        others=_beside(theirs, made),
        counts={str(state): int(count) for state, count in session().execute(counts)},
        decisions=[
            (decision, name)
            for decision, name in session().execute(
                _decided().where(Decision.comment_id == made.id).order_by(Decision.id)
            )
        ],
        next_id=session().scalar(after),
    )


def _beside(condition: Any, made: Comment) -> Sequence[Comment]:
    rows = sa.select(Comment).where(condition, Comment.id != made.id).order_by(Comment.id.desc())
    return session().scalars(rows.limit(MOST_BESIDE)).all()


def _decided() -> Any:
    """Decisions with the name of who made each ("" for the shop itself)."""
    name = sa.func.coalesce(sa.func.nullif(Customer.name, ""), Customer.email, "")
    is_theirs = (Decision.actor_kind == "staff") & (sa.cast(Customer.id, sa.String) == Decision.actor_id)
    return sa.select(Decision, name).outerjoin(Customer, is_theirs)


def withheld(first: datetime, end: datetime) -> list[Reported]:
    """Every decision of these days by which something was not published, or brought back, the newest first."""
    rows = (
        session()
        .execute(
            _decided()
            .add_columns(Comment)
            .join(Comment, Comment.id == Decision.comment_id)
            .where(Decision.at >= first, Decision.at < end, Decision.verdict != Verdict.PUBLISH)
            .order_by(Decision.id.desc())
        )
        .all()
    )
    subjects = _subjects([made for _decision, _name, made in rows])
    return [
        Reported(decision, made, subjects.get((made.subject_kind, made.subject_id)), name)
        for decision, name, made in rows
    ]


def verdicts_by_reason(first: datetime, end: datetime) -> list[tuple[Verdict, str, int]]:
    """How often was decided what, and why, in these days; the most frequent first."""
    count = sa.func.count()
    rows = session().execute(
        sa.select(Decision.verdict, Decision.reason, count)
        .where(Decision.at >= first, Decision.at < end)
        .group_by(Decision.verdict, Decision.reason)
        .order_by(count.desc(), Decision.verdict, Decision.reason)
    )
    return [(Verdict(verdict), reason, int(number)) for verdict, reason, number in rows]
