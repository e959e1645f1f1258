"""Mails as the mailbox shows them.

Knows how to read what was written; refuses to write.
"""

import sqlalchemy as sa

from storefront.database import session
from storefront.errors import NotFound
from storefront.mail.models import MailState, OutgoingMail

PAGE = 50


def kept_mails(*, before: int | None = None) -> list[OutgoingMail]:
    """The newest kept mails, those before the given id where there is one; one more than `PAGE` if more follow."""
    kept = sa.select(OutgoingMail).where(OutgoingMail.state == MailState.KEPT)
    if before is not None:
        kept = kept.where(OutgoingMail.id < before)
    return list(session().scalars(kept.order_by(OutgoingMail.id.desc()).limit(PAGE + 1)))


def kept_mail(mail_id: int) -> OutgoingMail:
    """One kept mail; raises NotFound."""
    found = session().get(OutgoingMail, mail_id)
    if found is None or found.state != MailState.KEPT:
        raise NotFound()
    return found
