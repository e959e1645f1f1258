"""Subscribers for tests, made as readers make them, and the links in what they are sent.

Knows forms, jobs and mails; refuses to write rows of its own.
"""

from itertools import count
from typing import Any

import sqlalchemy as sa
from flask import current_app

from storefront import clock, jobs
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, render
from storefront.newsletter import actions, sending
from storefront.newsletter.links import Asked, leave_url
from storefront.newsletter.models import Mailing, MailingState, Subscriber

STAFF = ("staff", 1)

_numbers = count(1)


def asked(email: str = "", **typed: Any) -> str:
    """The address of somebody who sent the form, and was looked at by the worker."""
    email = email or f"reader{next(_numbers)}@example.org"
    actions.ask_for_letters(email, **{"place": "footer", **typed})
    worked(actions.ANSWER_JOB)
    return email


def a_subscriber(email: str = "") -> Subscriber:
    """Somebody who confirmed it."""
    found = subscriber_at(asked(email))
    actions.confirm(Asked(found.id, found.ask, found.asked_at))
    return subscriber_at(found.email)


def subscriber_at(email: str) -> Subscriber:
    """The subscriber with an address as they stand now, apart from the session."""
    select = sa.select(Subscriber).where(Subscriber.email == email)
    found: Subscriber = session().scalars(select, execution_options={"populate_existing": True}).one()
    session().expunge(found)
    return found


def worked(*names: str) -> int:
    """What a worker did by now; of those names alone, if any are given."""
    return jobs.drain(current_app._get_current_object(), only=names)  # type: ignore[attr-defined]


def sent_out(post_id: int) -> None:
    """Let time go on, which has to be frozen, until the mailing of a post is over."""
    for _turn in range(200):
        worked(sending.SEND_JOB, "mail.send")
        if the_mailing(post_id).state != MailingState.SENDING:
            return
        clock.advance(sending._FIRST_WAIT)
    raise AssertionError("it never ends")


def the_mailing(post_id: int) -> Mailing:
    """The mailing of a post as it stands now."""
    select = sa.select(Mailing).where(Mailing.post_id == post_id)
    return session().scalars(select, execution_options={"populate_existing": True}).one()


def letters() -> list[str]:
    """To whom letters have left, in their order."""
    left = sa.select(OutgoingMail.recipient).where(
        OutgoingMail.kind == sending.POST_MAIL, OutgoingMail.state.in_(("sent", "kept"))
    )
    return list(session().scalars(left.order_by(OutgoingMail.id)))


def mail_to(email: str, kind: str) -> tuple[OutgoingMail, Letter]:
    """The newest mail of a kind to an address, and its words."""
    select = sa.select(OutgoingMail).where(OutgoingMail.recipient == email, OutgoingMail.kind == kind)
    found = session().scalars(select.order_by(OutgoingMail.id.desc())).first()
    assert found is not None
    return found, render(found)


def link_in(letter: Letter, part: str) -> str:
    """The path of the link in a letter whose address has that part."""
    (link,) = {word for word in letter.text.split() if f"/newsletter/{part}/" in word}
    return link[link.index("/newsletter") :]


def leave_path(subscriber_id: int) -> str:
    """The path of the page at which a subscriber leaves."""
    with current_app.test_request_context():
        url = leave_url(subscriber_id)
    return url[url.index("/newsletter") :]
