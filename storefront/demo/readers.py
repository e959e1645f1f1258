"""The demo shop's subscribers: some in each state, and one post that was sent to them.

Knows who asked and what became of it; refuses to add to subscribers that there are. Only a shop that keeps its mail
and pays at the sandbox gets any: nobody is written to.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from storefront import clock, jobs
from storefront.accounts.models import Customer
from storefront.config import settings
from storefront.content.models import Post, PostKind, PostState
from storefront.database import release, session
from storefront.demo import crew
from storefront.demo.loading import is_demo
from storefront.newsletter import keeping, sending
from storefront.newsletter.actions import ANSWER_JOB, ask_for_letters, confirm, leave
from storefront.newsletter.links import Asked
from storefront.newsletter.models import Mailing, MailingState, Subscriber

# Address, where their form stood, how many days ago, and what became of it.
READERS: tuple[tuple[str, str, int, str], ...] = (
    ("agnes.winter@example.org", "footer", 150, ""),
    ("theo.larsen@example.org", "post", 143, ""),
    ("pavel.novak@example.org", "post", 137, "bounced"),
    ("frieda.roth@example.org", "footer", 121, ""),
    ("noor.haddad@example.org", "post", 118, ""),
    ("emil.brandt@example.org", "page", 104, "left"),
    ("lina.vogel@example.org", "post", 97, ""),
    ("oskar.berger@example.org", "footer", 88, ""),
    ("clara.dubois@example.org", "post", 81, ""),
    ("yusuf.okafor@example.org", "post", 73, ""),
    ("ida.sorensen@example.org", "footer", 66, "left"),
    ("samuel.keller@example.org", "footer", 59, ""),
    ("marta.kowalska@example.org", "post", 51, ""),
    ("tomasz.petrov@example.org", "page", 44, "bounced"),
    ("johanna.huber@example.org", "post", 37, ""),
    ("milan.costa@example.org", "footer", 30, ""),
    ("sofia.ferrari@example.org", "post", 12, ""),
    ("paul.moreau@example.org", "post", 4, "waits"),
    ("hanna.janssen@example.org", "footer", 2, "waits"),
    ("luca.weiss@example.org", "post", 1, "waits"),
)
_CONFIRMED_AFTER = timedelta(minutes=20)


def subscribe() -> bool:
    """Let readers of a demo shop subscribe, and send its newest post to them, once; whether that was done."""
    if not (settings().is_sandbox and settings().keeps_mail and is_demo()) or _has_subscribers():
        release()
        return False
    now, by = clock.now(), ("staff", _editor())
    release()
    for email, place, days_ago, became in READERS:
        with clock.frozen(now - timedelta(days=days_ago)):
            ask_for_letters(email, place=place)
            _work(ANSWER_JOB, "mail.send")
        if became != "waits":
            with clock.frozen(now - timedelta(days=days_ago) + _CONFIRMED_AFTER):
                _confirm(email)
    _send(by=by)
    for email, _place, days_ago, became in READERS:
        with clock.frozen(now - timedelta(days=days_ago // 2)):
            _end(email, became, by=by)
    return True


def _has_subscribers() -> bool:
    return session().scalar(sa.select(Subscriber.id).limit(1)) is not None


def _editor() -> int:
    email, _name = crew.STAFF["content"]
    return int(session().scalars(sa.select(Customer.id).where(Customer.email == email)).one())


def _confirm(email: str) -> None:
    found = _subscriber(email)
    release()
    confirm(Asked(found.id, found.ask, found.asked_at))


def _end(email: str, became: str, *, by: keeping.Actor) -> None:
    found = _subscriber(email)
    release()
    if became == "left":
        leave(found.id)
    elif became == "bounced":
        keeping.mark_bounced(found.id, by=by)


def _subscriber(email: str) -> Subscriber:
    return session().scalars(sa.select(Subscriber).where(Subscriber.email == email)).one()


def _send(*, by: keeping.Actor) -> None:
    """Send the newest post, an hour after it appeared."""
    newest = sa.select(Post.id, Post.published_at).where(
        Post.kind == PostKind.POST, Post.state == PostState.PUBLISHED
    )
    post = session().execute(newest.order_by(Post.published_at.desc(), Post.id).limit(1)).one_or_none()
    release()
    if post is None:
        return
    at = post.published_at + timedelta(hours=1)
    while True:
        with clock.frozen(at):
            sending.send_post(post.id, by=by)
            _work(sending.SEND_JOB, "mail.send")
        state = session().scalar(sa.select(Mailing.state).where(Mailing.post_id == post.id))
        release()
        if state != MailingState.SENDING:
            return
        at += timedelta(minutes=1)


def _work(*names: str) -> None:
    """What a worker would have done meanwhile."""
    jobs.drain(current_app._get_current_object(), only=names)  # type: ignore[attr-defined]
