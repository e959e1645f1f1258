"""Mails as the mailbox and staff see them.

Knows how to read what was written; refuses to write.
"""

from collections.abc import Collection

import sqlalchemy as sa

from storefront.database import session
from storefront.errors import NotFound
from storefront.mail.models import UNSENT, MailState, OutgoingMail

PAGE = 50


def kept_mails(*, before: int | None = None) -> list[OutgoingMail]:
    """The newest kept mails by when they were written, those before the one of the given id where there is one; one
    more than `PAGE` if more follow."""
    kept = sa.select(OutgoingMail).where(OutgoingMail.state == MailState.KEPT)
    if before is not None:
        last = sa.select(OutgoingMail.created_at).where(OutgoingMail.id == before).scalar_subquery()
        at_once = sa.and_(OutgoingMail.created_at == last, OutgoingMail.id < before)
        kept = kept.where(sa.or_(OutgoingMail.created_at < last, at_once))
    return list(
        session().scalars(
            kept.order_by(OutgoingMail.created_at.desc(), OutgoingMail.id.desc()).limit(PAGE + 1)
        )
    )


def kept_mail(mail_id: int) -> OutgoingMail:
    """One kept mail; raises NotFound."""
    found = session().get(OutgoingMail, mail_id)
    if found is None or found.state != MailState.KEPT:
        raise NotFound()
    return found


def refused_mails() -> list[OutgoingMail]:
    """The newest mails that no server took, `PAGE` at most."""
    refused = sa.select(OutgoingMail).where(sa.text(UNSENT), OutgoingMail.state == MailState.REFUSED)
    return list(session().scalars(refused.order_by(OutgoingMail.id.desc()).limit(PAGE)))


def refused_mail(mail_id: int) -> OutgoingMail:
    """One mail that no server took; raises NotFound."""
    found = session().get(OutgoingMail, mail_id)
    if found is None or found.state != MailState.REFUSED:
        raise NotFound()
    return found


def mails_by_id(mail_ids: Collection[int]) -> dict[int, OutgoingMail]:
    """Those of the mails that exist. One statement."""
    found = session().scalars(sa.select(OutgoingMail).where(OutgoingMail.id.in_(list(mail_ids))))
    return {each.id: each for each in found}


def sent_of(kind: str, *, subject: str) -> list[OutgoingMail]:
    """A mail about a subject and each time it was sent once more, the first first. One statement."""
    same = sa.select(OutgoingMail).where(OutgoingMail.kind == kind, OutgoingMail.subject == subject)
    return list(session().scalars(same.order_by(OutgoingMail.id)))


def mail_of_id(mail_id: int, *, order_id: int) -> OutgoingMail:
    """One mail whose facts name the order, whatever became of it; raises NotFound."""
    found = session().get(OutgoingMail, mail_id) if 0 < mail_id < 2**63 else None
    if found is None or found.facts.get("order_id") != order_id:
        raise NotFound()
    return found
