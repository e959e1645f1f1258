"""Mails for tests, owed as every room owes them.

Knows one kind that needs no other room; refuses to write rows of its own.
"""

import sqlalchemy as sa

from storefront import mail
from storefront.database import session, transaction
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders

GREETING = "greeting"


@renders(GREETING)
def _greeting(owed: OutgoingMail) -> Letter:
    words = owed.facts["words"]
    return Letter(title=words, text=f"{words}\n", html=f"<style>p {{ color: red }}</style><p>{words}</p>")


def an_owed_mail(
    *, words: str = "Good morning", subject: str = "visit:1", recipient: str = "mara@example.org"
) -> int:
    """The id of a mail that waits to be sent. Opens a transaction."""
    with transaction():
        mail.owe(GREETING, subject=subject, recipient=recipient, facts={"words": words})
    return the_newest_mail().id


def the_newest_mail() -> OutgoingMail:
    """The mail owed last, as it now stands."""
    newest = sa.select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(1)
    return session().scalars(newest, execution_options={"populate_existing": True}).one()
