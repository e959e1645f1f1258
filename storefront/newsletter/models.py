"""Who subscribed, on which words, and which post was sent to whom.

Knows rows and their states; refuses to know how letters leave.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, append_only, db


class SubscriberState(StrEnum):
    """asked: a form was sent, nobody has confirmed it; subscribed; left: wants no more; bounced: staff saw mails to
    the address come back."""

    ASKED = "asked"
    SUBSCRIBED = "subscribed"
    LEFT = "left"
    BOUNCED = "bounced"


class MailingState(StrEnum):
    """sending: letters are being written; stopped: the post was withdrawn, or staff said so; sent: to everybody."""

    SENDING = "sending"
    STOPPED = "stopped"
    SENT = "sent"


class LetterState(StrEnum):
    """written: its mail is owed, or has left; left_out: nobody wanted it any more before it left."""

    WRITTEN = "written"
    LEFT_OUT = "left_out"


class Subscriber(db.Model):
    """An address. `ask` to `ask_request` are those of the last form that was sent with it; `ended_at` is when letters
    to it ended last: what was asked before does not begin them again."""

    __tablename__ = "subscriber"
    __table_args__ = (
        sa.CheckConstraint("state IN ('asked', 'subscribed', 'left', 'bounced')", name="state"),
        sa.CheckConstraint("state <> 'subscribed' OR subscribed_at IS NOT NULL", name="confirmed"),
        sa.Index("ix_subscriber_state", "state", "id"),
    )
    TRANSITIONS: ClassVar[dict[SubscriberState, set[SubscriberState]]] = {
        SubscriberState.ASKED: {SubscriberState.SUBSCRIBED},
        SubscriberState.SUBSCRIBED: {SubscriberState.LEFT, SubscriberState.BOUNCED},
        SubscriberState.LEFT: {SubscriberState.SUBSCRIBED},
        SubscriberState.BOUNCED: {SubscriberState.SUBSCRIBED, SubscriberState.LEFT},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    state: Mapped[SubscriberState] = mapped_column(sa.String(12), default=SubscriberState.ASKED)
    ask: Mapped[str] = mapped_column(sa.String(32))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    place: Mapped[str] = mapped_column(sa.String(12))
    wording: Mapped[str] = mapped_column(sa.Text)
    ask_request: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    subscribed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class OptIn(db.Model):
    """That a button was pressed behind the link in our mail: which form it began with, and the words beside that."""

    __tablename__ = "opt_in"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(sa.ForeignKey("subscriber.id"), index=True)
    ask: Mapped[str] = mapped_column(sa.String(32), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    place: Mapped[str] = mapped_column(sa.String(12))
    wording: Mapped[str] = mapped_column(sa.Text)
    ask_request: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    request_id: Mapped[str] = mapped_column(sa.String(40))


append_only("opt_in", why="that somebody agreed, and to what, has to be shown years later")


class Mailing(db.Model):
    """A post on its way to all subscribers: of each post there is one. `reached` is the last subscriber a letter was
    written to, `last_id` the last of all; `turn` counts the slices, so that each is written once."""

    __tablename__ = "mailing"
    __table_args__ = (
        sa.CheckConstraint("state IN ('sending', 'stopped', 'sent')", name="state"),
        sa.Index("uq_mailing_post", "post_id", unique=True),
    )
    TRANSITIONS: ClassVar[dict[MailingState, set[MailingState]]] = {
        MailingState.SENDING: {MailingState.STOPPED, MailingState.SENT},
        MailingState.STOPPED: {MailingState.SENDING},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    state: Mapped[MailingState] = mapped_column(sa.String(10), default=MailingState.SENDING)
    total: Mapped[int] = mapped_column()
    reached: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    last_id: Mapped[int] = mapped_column(sa.BigInteger)
    turn: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Letter(db.Model):
    """A post to one subscriber: never twice, whatever happens."""

    __tablename__ = "letter"
    __table_args__ = (
        sa.CheckConstraint("state IN ('written', 'left_out')", name="state"),
        sa.Index("ix_letter_post", "post_id", "state"),
    )
    TRANSITIONS: ClassVar[dict[LetterState, set[LetterState]]] = {LetterState.WRITTEN: {LetterState.LEFT_OUT}}

    subscriber_id: Mapped[int] = mapped_column(sa.ForeignKey("subscriber.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"), primary_key=True)
    state: Mapped[LetterState] = mapped_column(sa.String(10), default=LetterState.WRITTEN)
    at: Mapped[datetime] = mapped_column(Instant)
