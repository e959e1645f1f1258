"""A post goes to all subscribers, slice by slice: each is one transaction, and writes the job of the next.

Knows how far it has come, and who gets nothing more; refuses to send by itself: each letter is a mail that is owed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, jobs, mail, states
from storefront.config import settings
from storefront.content.models import Post, PostKind, PostState
from storefront.database import insert_ignore, lock, require_transaction, transaction
from storefront.errors import NotFound, Refused
from storefront.mail.models import UNSENT, MailState, OutgoingMail
from storefront.mail.sending import KEEP_TRYING
from storefront.newsletter.models import (
    Letter,
    LetterState,
    Mailing,
    MailingState,
    Subscriber,
    SubscriberState,
)

SEND_JOB = "newsletter.send"
POST_MAIL, PREVIEW_MAIL = "newsletter_post", "newsletter_preview"
# What is owed meanwhile, an order's mail above all, waits for so many letters at most.
SLICE = 20
# How long the next slice waits while those before it are still owed: the first time, and at most.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=5)

Actor = tuple[str, object | None]


def send_post(post_id: int, *, by: Actor) -> bool:
    """Begin to send a published post to all subscribers; whether it began just now. Raises NotFound and Refused.

    Of each post there is one mailing, by the database: a second press finds it under way.
    """
    with transaction() as current:
        _refuse_hidden(post_id)
        is_theirs = Subscriber.state == SubscriberState.SUBSCRIBED
        select = sa.select(sa.func.count(), sa.func.max(Subscriber.id)).where(is_theirs)
        total, last_id = current.execute(select).one()
        if not total:
            raise Refused(_("Nobody has subscribed yet."))
        row = {
            "post_id": post_id,
            "state": MailingState.SENDING,
            "total": total,
            "reached": 0,
            "last_id": last_id,
            "turn": 0,
            "started_at": clock.now(),
        }
        if not insert_ignore(Mailing, row, unique=("post_id",)):
            return False
        _enqueue(_mailing_of(post_id), at=clock.now())
        audit.record("post.sent", subject=("post", post_id), actor=by, code=str(total))
        return True


def stop_sending(post_id: int, *, by: Actor) -> None:
    """Let no further letter leave. Run twice, it changes nothing. Raises NotFound and Refused."""
    with transaction():
        found = _mailing_of(post_id)
        if found.state == MailingState.STOPPED:
            return
        if found.state == MailingState.SENT:
            raise Refused(_("It has been sent already."))
        _stop(found, by=by)


def go_on(post_id: int, *, by: Actor) -> None:
    """Send to all who have got no letter yet. Run twice, it changes nothing. Raises NotFound and Refused."""
    with transaction():
        _refuse_hidden(post_id)
        found = _mailing_of(post_id)
        if found.state == MailingState.SENDING:
            return
        if found.state == MailingState.SENT:
            raise Refused(_("It has been sent already."))
        states.advance(found, MailingState.SENDING)
        # From the beginning: letters that were called back are written again, those that left are passed over.
        found.reached, found.ended_at = 0, None
        # The job of the slice that was due when it stopped is none any more.
        found.turn += 1
        _enqueue(found, at=clock.now())
        audit.record("post.sending_resumed", subject=("post", post_id), actor=by)


@jobs.handler(SEND_JOB)
def send_slice(*, mailing: int, turn: int, waited: int = 0) -> None:
    """Write the letters of one slice, and the job of the next; a slice that was written already is left alone.

    While the letters before are still owed it waits: a mail server that is slow, or away, is not written to faster
    than it takes, and whatever else is owed has its turn.
    """
    with transaction():
        found: Mailing | None = lock(Mailing, mailing)
        if found is None or found.state != MailingState.SENDING or found.turn != turn:
            return
        found.turn += 1
        now = clock.now()
        if not _is_public(found.post_id):
            _stop(found, by=("system", None))
            return
        owed = letters_owed(now)
        following = _following(found, size=_slice_size()) if owed < SLICE else []
        if following:
            _write(found, following, now=now)
            _enqueue(found, at=now + timedelta(minutes=len(following) / _pace()))
        elif owed:
            wait = min(_FIRST_WAIT * 2 ** min(waited, 10), _LONGEST_WAIT)
            _enqueue(found, at=now + wait, waited=waited + 1)
        else:
            states.advance(found, MailingState.SENT)
            found.ended_at = now


def is_still_wanted(letter: OutgoingMail) -> bool:
    """The last look at a letter before it leaves; who left meanwhile gets nothing more. A step.

    Where the post was withdrawn, or sending it was stopped, the letter is as if it had not been written: it can be
    written once more when sending goes on.
    """
    current = require_transaction()
    post_id, subscriber_id = letter.facts["post_id"], letter.facts["subscriber_id"]
    subscriber: Subscriber | None = lock(Subscriber, subscriber_id)
    written = current.get(Letter, (subscriber_id, post_id))
    stopped = sa.select(Mailing.id).where(Mailing.post_id == post_id, Mailing.state == MailingState.STOPPED)
    if not _is_public(post_id) or current.scalar(stopped) is not None:
        if written is not None:
            current.delete(written)
            # Should the post be public again before the next slice, that one begins anew.
            current.execute(sa.update(Mailing).where(Mailing.post_id == post_id).values(reached=0))
        return False
    if _gets_letters(subscriber, letter.recipient):
        return True
    if written is not None and states.may(written, LetterState.LEFT_OUT):
        states.advance(written, LetterState.LEFT_OUT)
    return False


def owe_preview(post_id: int, *, to: str, key: str) -> None:
    """Owe whoever asks the letter as readers get it, of a post in any state. Raises NotFound."""
    with transaction() as current:
        if current.get(Post, post_id) is None:
            raise NotFound()
        mail.owe(PREVIEW_MAIL, subject=f"preview:{key}", recipient=to, facts={"post_id": post_id})


def letters_owed(now: datetime) -> int:
    """How many letters, of whichever post, have not left yet; those that nobody tries any more do not count."""
    owed = sa.select(sa.func.count()).where(
        sa.text(UNSENT),
        OutgoingMail.state == MailState.OWED,
        OutgoingMail.created_at > now - KEEP_TRYING,
        OutgoingMail.kind == POST_MAIL,
    )
    return int(require_transaction().scalar(owed) or 0)


def _gets_letters(subscriber: Subscriber | None, recipient: str) -> bool:
    return (
        subscriber is not None
        and subscriber.state == SubscriberState.SUBSCRIBED
        and subscriber.email == recipient
    )


def _refuse_hidden(post_id: int) -> None:
    post = require_transaction().get(Post, post_id)
    if post is None:
        raise NotFound()
    if post.kind != PostKind.POST or post.state != PostState.PUBLISHED:
        raise Refused(_("Only a post that everybody can read is sent to subscribers."))


def _is_public(post_id: int) -> bool:
    post = require_transaction().get(Post, post_id)
    return post is not None and post.kind == PostKind.POST and post.state == PostState.PUBLISHED


def _mailing_of(post_id: int) -> Mailing:
    """The mailing of a post, held until commit. Raises NotFound."""
    found = sa.select(Mailing).where(Mailing.post_id == post_id).with_for_update()
    one: Mailing | None = require_transaction().scalars(found).first()
    if one is None:
        raise NotFound()
    return one


def _stop(found: Mailing, *, by: Actor) -> None:
    states.advance(found, MailingState.STOPPED)
    found.ended_at = clock.now()
    audit.record("post.sending_stopped", subject=("post", found.post_id), actor=by)


def _enqueue(found: Mailing, *, at: datetime, waited: int = 0) -> None:
    args = {"mailing": found.id, "turn": found.turn, "waited": waited}
    jobs.enqueue(SEND_JOB, args, key=f"{SEND_JOB}:{found.id}:{found.turn}", at=at)


def _pace() -> int:
    return max(1, settings().newsletter_pace)


def _slice_size() -> int:
    return min(SLICE, _pace())


def _following(found: Mailing, *, size: int) -> Sequence[Any]:
    """The next subscribers who have got no letter about this post: .id .email."""
    has_one = (
        sa.select(sa.literal(1))
        .where(Letter.subscriber_id == Subscriber.id, Letter.post_id == found.post_id)
        .exists()
    )
    following = (
        sa.select(Subscriber.id, Subscriber.email)
        .where(
            Subscriber.state == SubscriberState.SUBSCRIBED,
            Subscriber.id > found.reached,
            Subscriber.id <= found.last_id,
            ~has_one,
        )
        .order_by(Subscriber.id)
        .limit(size)
    )
    return require_transaction().execute(following).all()


def _write(found: Mailing, following: Sequence[Any], *, now: datetime) -> None:
    """A letter, its mail and its job for each of them."""
    for row in following:
        values = {"subscriber_id": row.id, "post_id": found.post_id, "state": LetterState.WRITTEN, "at": now}
        if insert_ignore(Letter, values, unique=("subscriber_id", "post_id")):
            # The turn makes it another mail, where the letter was called back and is written again.
            subject = f"letter:{found.post_id}:{row.id}:{found.turn}"
            facts = {"post_id": found.post_id, "subscriber_id": row.id}
            mail.owe(POST_MAIL, subject=subject, recipient=row.email, facts=facts)
    found.reached = following[-1].id
