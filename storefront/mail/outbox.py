"""Owing a mail: the row and its job, in the transaction of the event itself.

Knows that each event is written about once; refuses to send or word anything.
"""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from storefront import clock, jobs, people, states
from storefront.database import insert_new, lock, require_transaction
from storefront.errors import NotFound
from storefront.mail.models import MailState, OutgoingMail

# The condition of the unique index, as models.py says it.
_NO_RESEND = "resend_of IS NULL"


def owe(kind: str, *, subject: str, recipient: str, facts: Mapping[str, Any]) -> bool:
    """Owe `recipient` a mail about `subject` (the event's own row, such as `order:12`); whether it was new.

    Of each kind there is one per subject: owing it again changes nothing, and so does writing to somebody who was
    erased. `facts` (JSON) are the renderer's. A step.
    """
    require_transaction()
    if people.is_erased(recipient):
        return False
    mail_id = insert_new(
        OutgoingMail,
        {
            "kind": kind,
            "subject": subject,
            "recipient": recipient,
            "facts": dict(facts),
            "state": MailState.OWED,
            "created_at": clock.now(),
        },
        unique=("kind", "subject"),
        where=_NO_RESEND,
    )
    if mail_id is None:
        return False
    _enqueue(mail_id)
    return True


def resend(mail_id: int, *, to: str | None = None) -> int:
    """Owe the same mail once more, to the same address unless `to` is another, and answer the new row's id; raises
    NotFound. What was written stays so.

    A step.
    """
    session = require_transaction()
    first = session.get(OutgoingMail, mail_id)
    if first is None:
        raise NotFound()
    again = OutgoingMail(
        kind=first.kind,
        subject=first.subject,
        recipient=to or first.recipient,
        facts=first.facts,
        title=first.title,
        text=first.text,
        html=first.html,
        resend_of=first.resend_of or first.id,
        created_at=clock.now(),
    )
    session.add(again)
    session.flush()
    _enqueue(again.id)
    return again.id


def owe_again(mail_id: int) -> str:
    """Let a refused mail be tried again and answer its subject; raises NotFound where it is not refused. A step."""
    require_transaction()
    refused: OutgoingMail | None = lock(OutgoingMail, mail_id)
    if refused is None or refused.state != MailState.REFUSED:
        raise NotFound()
    states.advance(refused, MailState.OWED)
    refused.error = None
    # Without a key: that of its first job is spent.
    jobs.enqueue("mail.send", {"mail": mail_id})
    return refused.subject


def forget(kind: str, *, to: Collection[str]) -> None:
    """Remove mails of a kind to people of whom nothing is kept, wherever they were sent once more. A step."""
    theirs = sa.select(OutgoingMail.id).where(OutgoingMail.kind == kind, OutgoingMail.recipient.in_(list(to)))
    those = OutgoingMail.id.in_(theirs) | OutgoingMail.resend_of.in_(theirs)
    require_transaction().execute(sa.delete(OutgoingMail).where(those))


def job_key(mail_id: int) -> str:
    """The key of the one job that sends a mail."""
    return f"mail:{mail_id}"


def _enqueue(mail_id: int) -> None:
    jobs.enqueue("mail.send", {"mail": mail_id}, key=job_key(mail_id))
