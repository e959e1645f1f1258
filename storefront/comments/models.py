"""Comments, the decisions about them, and the marks by which like texts are found.

Knows what is always true of them; refuses to know what they are about but by kind and id.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, append_only, db


class CommentState(StrEnum):
    """held: a person reads it first; published; rejected: not shown, for a reason; spam: nobody wrote it to us."""

    HELD = "held"
    PUBLISHED = "published"
    REJECTED = "rejected"
    SPAM = "spam"


class Verdict(StrEnum):
    """What can be decided about a comment."""

    PUBLISH = "publish"
    REJECT = "reject"
    SPAM = "spam"
    RESTORE = "restore"


class Comment(db.Model):
    """One person's words. `insider` is what they were when they wrote ("", staff, author); `flags` are the codes, by
    spaces, of what a moderator should look at; `original_id` is the first comment with like words."""

    __tablename__ = "comment"
    __table_args__ = (
        sa.UniqueConstraint("subject_kind", "subject_id", "email", "text_digest"),
        sa.CheckConstraint("state IN ('held', 'published', 'rejected', 'spam')", name="state"),
        sa.CheckConstraint("insider IN ('', 'staff', 'author')", name="insider"),
        sa.CheckConstraint("parent_id IS NULL OR parent_id < id", name="parent"),
        sa.CheckConstraint("original_id IS NULL OR original_id <> id", name="original"),
        sa.Index("ix_comment_thread", "subject_kind", "subject_id", "state", "id"),
        sa.Index("ix_comment_queue", "state", "id"),
    )
    TRANSITIONS: ClassVar[dict[CommentState, set[CommentState]]] = {
        CommentState.HELD: {CommentState.PUBLISHED, CommentState.REJECTED, CommentState.SPAM},
        CommentState.PUBLISHED: {CommentState.REJECTED, CommentState.SPAM},
        CommentState.REJECTED: {CommentState.HELD},
        CommentState.SPAM: {CommentState.HELD},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comment.id"), index=True)
    # The reply that it answers; none where it answers the first of its thread.
    answered_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    original_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comment.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    email: Mapped[str] = mapped_column(sa.String(320), index=True)
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    text_digest: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[CommentState] = mapped_column(sa.String(10), default=CommentState.HELD)
    insider: Mapped[str] = mapped_column(sa.String(10), default="")
    flags: Mapped[str] = mapped_column(sa.String(120), default="")
    # Whether they want to be written to when somebody replies.
    tells: Mapped[bool] = mapped_column(default=False)
    # When the address was proved to be theirs: by the link in a mail, or by an account.
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Decision(db.Model):
    """What was decided about a comment, by whom and why."""

    __tablename__ = "decision"
    __table_args__ = (
        sa.CheckConstraint("verdict IN ('publish', 'reject', 'spam', 'restore')", name="verdict"),
        sa.Index("ix_decision_report", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"), index=True)
    verdict: Mapped[Verdict] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(30))
    actor_kind: Mapped[str] = mapped_column(sa.String(30))
    actor_id: Mapped[str | None] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(Instant)


append_only("decision", why="what was rejected, and why, can be shown to anybody who asks")


class Likeness(db.Model):
    """One of the marks of a text: comments that share one may say nearly the same."""

    __tablename__ = "likeness"

    mark: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"), primary_key=True, index=True)


class ClosedThread(db.Model):
    """Nobody can add to the comments on this subject any more; what was said stays."""

    __tablename__ = "closed_thread"

    subject_kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)


class MutedAddress(db.Model):
    """Somebody who wants no mail about comments."""

    __tablename__ = "muted_address"

    email: Mapped[str] = mapped_column(sa.String(320), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class MovedComment(db.Model):
    """A comment that came from elsewhere; whoever wrote it there is not written to. Several of one person's that say
    the same are one comment here."""

    __tablename__ = "moved_comment"

    source: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    source_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"), index=True)
