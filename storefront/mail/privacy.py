"""What mails know of a person: to whom, about what, in which words.

That a mail was owed and sent stays: the books of mails are proved by kind and subject. Words and addresses go.
"""

from typing import Any

import sqlalchemy as sa

from storefront import people, states
from storefront.config import settings
from storefront.database import require_transaction
from storefront.jobs import Job
from storefront.mail.models import MONEY, MailState, OutgoingMail

_WORDS = {"title": None, "text": None, "html": None, "error": None}
# Mails of these rooms sign people in, prove who they are, or are money in the hand of whoever reads them.
_WITH_KEYS = ("account_", "privacy_", "newsletter_confirm", MONEY)
_KEPT = ("kind", "subject", "state")


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Mails to the person, mails about what is theirs, and why sending them failed."""
    about, mine, theirs = _about(person), _to(person), _by(person)
    failed = sa.select(OutgoingMail.id).where(about | mine | theirs)
    # What a link in it opens is the mailbox's alone: staff who hand out a copy must not come in by it.
    opens = sa.or_(*(OutgoingMail.kind.startswith(room, autoescape=True) for room in _WITH_KEYS))
    mails = people.table_of(OutgoingMail)
    gone: dict[str, Any] = {"recipient": person.pseudonym, "facts": {}, **_WORDS}
    return (
        people.Holding(
            people.table_of(Job),
            Job.args["mail"].as_integer().in_(failed) & Job.error.is_not(None),
            forget={"error": None},
            keeps=("name", "args", "key", "state", "lease"),
        ),
        people.Holding(mails, mine & ~opens, forget=gone, keeps=_KEPT, hidden=("html",)),
        people.Holding(mails, mine & opens, forget=gone, keeps=_KEPT, hidden=("html", "text", "facts")),
        # What they wrote to us by the form.
        people.Holding(mails, theirs & ~mine, forget={"facts": {}, **_WORDS}, keeps=("recipient", *_KEPT)),
        # To staff, about an order of theirs: whom it was sent to is not about them.
        people.Holding(
            mails,
            about & ~mine,
            forget=_WORDS,
            keeps=("recipient", "facts", *_KEPT),
            told=False,
        ),
    )


@people.lets_go
def stop_writing(person: people.Person) -> None:
    """What is still owed to the person, and what they wrote to us, will not be sent. A step."""
    owed = sa.select(OutgoingMail).where(_to(person) | _by(person), OutgoingMail.state == MailState.OWED)
    for mail in require_transaction().scalars(owed.with_for_update()):
        states.advance(mail, MailState.REFUSED)


def _to(person: people.Person) -> sa.ColumnElement[bool]:
    to_them = people.is_one_of(OutgoingMail.recipient, person.emails)
    # Also under an address that an order had for a while, or that an account was to move to.
    to_another_of_theirs = _about(person) & (OutgoingMail.recipient != (settings().staff_email or ""))
    return (to_them | to_another_of_theirs) & (OutgoingMail.created_at <= person.until)


def _by(person: people.Person) -> sa.ColumnElement[bool]:
    answered_at = OutgoingMail.facts["reply_to"].as_string()
    return people.is_one_of(answered_at, person.emails) & (OutgoingMail.created_at <= person.until)


def _about(person: people.Person) -> sa.ColumnElement[bool]:
    names_it = OutgoingMail.facts["order_id"].as_integer().in_(person.order_ids)
    return OutgoingMail.subject.in_(person.references) | names_it
