"""Subscribers and mailings as staff see them, and a post as its letter tells it.

Knows how to read them; refuses to write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import ngettext

from storefront import people
from storefront.claims.models import ClaimMark
from storefront.claims.printed import Notes, notes
from storefront.claims.queries import printed_claims
from storefront.content.claimed import KIND as CLAIMING
from storefront.content.models import Author, Post, PostState
from storefront.content.shown import minutes
from storefront.database import session
from storefront.errors import NotFound
from storefront.mail.models import UNSENT, MailState, OutgoingMail
from storefront.newsletter.models import (
    Letter,
    LetterState,
    Mailing,
    MailingState,
    OptIn,
    Subscriber,
    SubscriberState,
)
from storefront.newsletter.sending import POST_MAIL

PAGE = 50


@dataclass(frozen=True, slots=True)
class PostTold:
    """What a letter says of a post; `parts` as the column keeps them, `notes` what its page lists under it."""

    title: str
    slug: str
    summary: str
    parts: str
    author: str
    minutes: str
    notes: Notes


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mailing has come. `left` are letters that a server took, or that the mailbox keeps."""

    state: MailingState
    total: int
    written: int
    left: int
    owed: int
    refused: int
    left_out: int
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PostToSend:
    """A post as the page to send it sees it; `progress` is None before anybody pressed the button."""

    id: int
    title: str
    is_public: bool
    subscribers: int
    progress: Progress | None


def post_told(post_id: int) -> PostTold:
    """A post of any state. Two statements. Raises NotFound."""
    columns = (Post.title, Post.slug, Post.summary, Post.parts, Post.words)
    name = sa.func.coalesce(Author.name, "").label("author")
    select = sa.select(*columns, name).outerjoin(Author, Author.id == Post.author_id)
    found = session().execute(select.where(Post.id == post_id)).one_or_none()
    if found is None:
        raise NotFound()
    reading = ngettext("%(num)s minute to read", "%(num)s minutes to read", minutes(found.words))
    stated = printed_claims(CLAIMING, post_id).order_by(ClaimMark.position, ClaimMark.id)
    printed = [(row.words, row.title, row.url, row.disclaimer) for row in session().execute(stated)]
    return PostTold(
        found.title, found.slug, found.summary, found.parts, found.author, reading, notes(printed)
    )


def post_to_send(post_id: int) -> PostToSend:
    """A post, how many would get it now, and how far it has come. Four statements at most. Raises NotFound."""
    found = session().execute(sa.select(Post.title, Post.state).where(Post.id == post_id)).one_or_none()
    if found is None:
        raise NotFound()
    return PostToSend(
        id=post_id,
        title=found.title,
        is_public=found.state == PostState.PUBLISHED,
        subscribers=counts().get(SubscriberState.SUBSCRIBED, 0),
        progress=_progress(post_id),
    )


def subscriber_by_id(subscriber_id: int) -> Subscriber:
    """One subscriber. Raises NotFound."""
    found = session().get(Subscriber, subscriber_id)
    if found is None:
        raise NotFound()
    return found


def find_subscriber(email: str) -> Subscriber | None:
    """The subscriber of an address, asked or left ones too. Only for whom it was proved to be theirs."""
    of_address = sa.select(Subscriber).where(Subscriber.email == people.email_key(email))
    return session().scalars(of_address).one_or_none()


def opt_ins(subscriber_id: int) -> tuple[OptIn, ...]:
    """When they agreed, the newest first."""
    theirs = sa.select(OptIn).where(OptIn.subscriber_id == subscriber_id)
    return tuple(session().scalars(theirs.order_by(OptIn.id.desc()).limit(PAGE)))


def letters_of(subscriber_id: int) -> tuple[Any, ...]:
    """The newest posts that were written to them: .post_id .title .state .at."""
    select = (
        sa.select(Letter.post_id, Post.title, Letter.state, Letter.at)
        .join(Post, Post.id == Letter.post_id)
        .where(Letter.subscriber_id == subscriber_id)
        .order_by(Letter.at.desc(), Letter.post_id.desc())
        .limit(PAGE)
    )
    return tuple(session().execute(select).all())


def subscribers(
    find: str, state: str, *, after: int | None = None, size: int = PAGE
) -> tuple[tuple[Any, ...], int | None]:
    """Subscribers whose address contains `find`, the newest first, behind the one `after`, and where the next page
    begins: .id .email .state .asked_at .subscribed_at .ended_at. One statement."""
    columns = (Subscriber.id, Subscriber.email, Subscriber.state, Subscriber.asked_at)
    select = sa.select(*columns, Subscriber.subscribed_at, Subscriber.ended_at, Subscriber.place)
    if find:
        select = select.where(Subscriber.email.icontains(find, autoescape=True))
    if state:
        select = select.where(Subscriber.state == state)
    if after is not None:
        select = select.where(Subscriber.id < after)
    rows = tuple(session().execute(select.order_by(Subscriber.id.desc()).limit(size + 1)).all())
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def counts() -> Mapping[SubscriberState, int]:
    """How many subscribers are in each state. One statement."""
    select = sa.select(Subscriber.state, sa.func.count()).group_by(Subscriber.state)
    return {SubscriberState(state): count for state, count in session().execute(select)}


def _progress(post_id: int) -> Progress | None:
    found = session().scalars(sa.select(Mailing).where(Mailing.post_id == post_id)).one_or_none()
    if found is None:
        return None
    of_post = sa.select(Letter.state, sa.func.count()).where(Letter.post_id == post_id)
    letters = dict(session().execute(of_post.group_by(Letter.state)).all())
    unsent = sa.select(OutgoingMail.state, sa.func.count()).where(
        sa.text(UNSENT),
        OutgoingMail.kind == POST_MAIL,
        OutgoingMail.subject.startswith(f"letter:{post_id}:"),
    )
    waiting = dict(session().execute(unsent.group_by(OutgoingMail.state)).all())
    written = letters.get(LetterState.WRITTEN, 0)
    owed, refused = waiting.get(MailState.OWED, 0), waiting.get(MailState.REFUSED, 0)
    return Progress(
        state=MailingState(found.state),
        total=found.total,
        written=written,
        left=max(0, written - owed - refused),
        owed=owed,
        refused=refused,
        left_out=letters.get(LetterState.LEFT_OUT, 0),
        started_at=found.started_at,
        ended_at=found.ended_at,
    )
