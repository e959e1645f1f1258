"""Parts of what happens to comments, within their caller's transaction.

Knows rows, marks and mails; refuses to decide about any comment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront import clock, mail
from storefront.comments.likeness import ALIKE, likeness, marks_of, pairs_of
from storefront.comments.models import (
    Comment,
    CommentState,
    Decision,
    Likeness,
    MovedComment,
    MutedAddress,
    Verdict,
)
from storefront.database import insert_ignore, require_transaction

# Of those that share marks so many are read and compared, those with the most shared marks first.
MOST_COMPARED = 20


@dataclass(frozen=True, slots=True)
class Marked:
    """A text's pairs of words and the marks made of them, reckoned before the transaction."""

    pairs: frozenset[int]
    marks: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Marked":
        """Those of a text; none of one that is too short."""
        pairs = pairs_of(text)
        return cls(pairs, tuple(marks_of(pairs)))


def find_original(marked: Marked) -> int | None:
    """The first comment that says nearly the same, on any subject, under any name; found by marks, never by a scan.
    A step."""
    if not marked.marks:
        return None
    current = require_transaction()
    shared = sa.func.count()
    rows = current.execute(
        sa.select(Likeness.comment_id)
        .where(Likeness.mark.in_(marked.marks))
        .group_by(Likeness.comment_id)
        .order_by(shared.desc(), Likeness.comment_id)
        .limit(MOST_COMPARED)
    )
    candidates = [row.comment_id for row in rows]
    if not candidates:
        return None
    texts = current.execute(
        sa.select(Comment.id, Comment.text).where(Comment.id.in_(candidates)).order_by(Comment.id)
    )
    alike = {row.id: likeness(marked.pairs, pairs_of(row.text)) for row in texts}
    best = max(alike, key=lambda each: alike[each])
    return best if alike[best] >= ALIKE else None


def remember_likeness(comment_id: int, marked: Marked) -> None:
    """Keep the marks of the first of its kind; copies are found by it, so that a flood stays quick. A step."""
    if marked.marks:
        require_transaction().execute(
            sa.insert(Likeness), [{"mark": mark, "comment_id": comment_id} for mark in set(marked.marks)]
        )


def note_decision(
    comment_id: int, verdict: Verdict, *, reason: str, by: tuple[str, object | None], at: datetime
) -> None:
    """Write a decision down. A step."""
    actor_id = None if by[1] is None else str(by[1])
    require_transaction().add(
        Decision(
            comment_id=comment_id,
            verdict=verdict,
            reason=reason,
            actor_kind=by[0],
            actor_id=actor_id,
            at=at,
        )
    )


def owe_mail(kind: str, *, about: int | str, to: str, facts: Mapping[str, Any]) -> None:
    """Owe a mail about comment `about`, unless that address wants none; one of a kind. A step."""
    if require_transaction().get(MutedAddress, to) is None:
        mail.owe(kind, subject=f"comment:{about}", recipient=to, facts=facts)


def announce(made: Comment) -> None:
    """Tell its writer that a comment is published, and those whom it answers that somebody replied, if they asked for
    that and their address is proved: who began the thread, and who wrote the reply that it answers. Whoever wrote
    elsewhere hears nothing: they never wrote to us. A step."""
    moved = sa.select(MovedComment.comment_id).where(MovedComment.comment_id == made.id)
    if require_transaction().execute(moved.limit(1)).first() is not None:
        return
    owe_mail("comment_published", about=made.id, to=made.email, facts={"comment_id": made.id})
    told = {made.email}
    for about, answered_id in ((made.id, made.parent_id), (f"{made.id}:answered", made.answered_id)):
        answered = require_transaction().get(Comment, answered_id) if answered_id else None
        if (
            answered is None
            or not answered.tells
            or answered.verified_at is None
            or answered.state != CommentState.PUBLISHED
            or answered.email in told
        ):
            continue
        told.add(answered.email)
        facts = {"comment_id": answered.id, "reply_id": made.id}
        owe_mail("comment_reply", about=about, to=answered.email, facts=facts)


def mute(email: str) -> None:
    """Write to that address about comments no more. A step; run twice, it changes nothing."""
    insert_ignore(MutedAddress, {"email": email, "at": clock.now()}, unique=("email",))


def unmute(email: str) -> None:
    """Write to that address again: its owner has asked for it. A step."""
    require_transaction().execute(sa.delete(MutedAddress).where(MutedAddress.email == email))
