"""Handing mail to a server, with nothing of the database held meanwhile.

Knows SMTP and what a refusal means; refuses to know what is sent.
"""

import smtplib
import ssl
from contextlib import ExitStack, suppress
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

import sqlalchemy as sa

from storefront import clock, jobs, states
from storefront.config import settings
from storefront.database import lock, release, session, transaction
from storefront.jobs import Job, JobState
from storefront.mail import outbox
from storefront.mail.models import MailState, OutgoingMail
from storefront.mail.rendering import Letter, NoAddress, last_look, message, render

TIMEOUT_SECONDS = 10
# RFC 5321, 4.5.4.1: four to five days at least.
KEEP_TRYING = timedelta(days=5)
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class RefusedForGood(Exception):
    """The server will never take this message for this recipient."""


@jobs.handler("mail.send")
def send_mail(*, mail: int) -> None:
    """Send the owed mail of that id, or keep it where mail is kept; a mail that is not owed is left alone.

    Raises whatever is worth another try. Killed between the server's answer and our commit, the next run
    sends it once more, under the same Message-ID and with the same words.
    """
    owed = session().get(OutgoingMail, mail)
    if owed is None or owed.state != MailState.OWED:
        release()
        return
    if not _is_wanted(owed):
        return
    if settings().keeps_mail:
        _keep(mail, None if owed.title is not None else render(owed))
        return
    letter = _written(owed)
    try:
        outgoing = message(owed, letter)
        release()
        deliver(outgoing, url=settings().smtp_url)
    except (RefusedForGood, NoAddress) as refusal:
        _end(mail, MailState.REFUSED, error=str(refusal))
    else:
        _end(mail, MailState.SENT)


def _is_wanted(owed: OutgoingMail) -> bool:
    """Whether a mail that goes to many shall still leave; if not, it is dropped."""
    look = last_look(owed.kind)
    if look is None:
        return True
    with transaction():
        row = lock(OutgoingMail, owed.id)
        wanted = row.state == MailState.OWED and look(row)
        if not wanted and row.state == MailState.OWED:
            states.advance(row, MailState.DROPPED)
    return wanted


def _written(owed: OutgoingMail) -> Letter:
    """The words of the mail: those kept, else rendered now, and kept before anybody sees them unless many get it."""
    if owed.title is None or owed.text is None or owed.html is None:
        mail_id, letter = owed.id, render(owed)
        if last_look(owed.kind) is not None:
            return letter
        with transaction():
            row = lock(OutgoingMail, mail_id)
            _word(row, letter)
        return letter
    return Letter(owed.title, owed.text, owed.html)


def _keep(mail_id: int, letter: Letter | None) -> None:
    """For the mailbox alone: nobody sees the words before they are kept, so that one commit does."""
    with jobs.ending(), transaction():
        row = lock(OutgoingMail, mail_id)
        if row.state == MailState.OWED:
            states.advance(row, MailState.KEPT)
            row.error = None
            if letter is not None:
                _word(row, letter)


def _word(row: OutgoingMail, letter: Letter) -> None:
    row.title, row.text, row.html = letter.title, letter.text, letter.html


def _end(mail_id: int, state: MailState, *, error: str | None = None) -> None:
    with jobs.ending(), transaction():
        row = lock(OutgoingMail, mail_id)
        if row.state == MailState.OWED:
            states.advance(row, state)
            row.error = error
            row.sent_at = clock.now() if state == MailState.SENT else None


@jobs.every("mail.try_again", minutes=60)
def try_again() -> None:
    """Begin anew with mails whose jobs gave up: a server that was away for a weekend costs no letter."""
    with transaction() as current:
        waiting = sa.select(OutgoingMail.id).where(
            OutgoingMail.state == MailState.OWED, OutgoingMail.created_at > clock.now() - KEEP_TRYING
        )
        keys = [outbox.job_key(mail_id) for mail_id in current.scalars(waiting)]
        dead = sa.select(Job.id).where(Job.key.in_(keys), Job.state == JobState.DEAD)
        for job_id in current.scalars(dead).all():
            jobs.retry(job_id)


def deliver(outgoing: EmailMessage, *, url: str) -> None:
    """Hand one message to the server at `url`; raises RefusedForGood where it will never be taken, else the
    error of the connection."""
    parts = urlsplit(url)
    server = _connection(parts)
    try:
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        _hand_over(server, outgoing)
        # It is theirs now: a farewell that fails must not have it sent again.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _hand_over(server: smtplib.SMTP, outgoing: EmailMessage) -> None:
    try:
        server.send_message(outgoing)
    except smtplib.SMTPRecipientsRefused as refusal:
        _judge(*next(iter(refusal.recipients.values())))
        raise
    except smtplib.SMTPDataError as refusal:
        _judge(refusal.smtp_code, refusal.smtp_error)
        raise
    except smtplib.SMTPNotSupportedError as refusal:
        raise RefusedForGood("the server takes no address in this script") from refusal


def _judge(code: int, reason: bytes | str) -> None:
    """A 5xx is final (RFC 5321, 4.2.1); anything else may change its mind."""
    if code >= 500:
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        raise RefusedForGood(f"{code} {said}"[:500])


def _connection(parts: SplitResult) -> smtplib.SMTP:
    """A connection as the URL's scheme says; TLS verifies the server's certificate."""
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if parts.scheme == "smtps":
        tls = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=tls)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    if parts.scheme == "smtp+starttls":
        with ExitStack() as unless_safe:
            unless_safe.callback(server.close)
            server.starttls(context=ssl.create_default_context())
            unless_safe.pop_all()
    return server
