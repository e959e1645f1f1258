"""Owing mails: once per event, with the event's own transaction."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import mail
from storefront.database import Misuse, session, transaction
from storefront.errors import NotFound
from storefront.jobs import Job
from storefront.mail.models import MailState, OutgoingMail
from tests.builders.mail import GREETING, an_owed_mail, the_newest_mail


def _count(model: type) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_mail_is_owed_with_the_job_that_sends_it(inside: Flask) -> None:
    made = an_owed_mail()

    job = session().scalars(sa.select(Job).where(Job.name == "mail.send")).one()
    assert (job.args, job.key) == ({"mail": made}, f"mail:{made}")
    assert the_newest_mail().state == MailState.OWED


def test_of_each_kind_there_is_one_mail_per_subject(inside: Flask) -> None:
    an_owed_mail(words="first", subject="visit:1")

    with transaction():
        written = mail.owe(
            GREETING, subject="visit:1", recipient="other@example.org", facts={"words": "second"}
        )

    assert not written
    assert (_count(OutgoingMail), _count(Job)) == (1, 1)
    assert the_newest_mail().facts == {"words": "first"}


def test_another_subject_is_another_mail(inside: Flask) -> None:
    an_owed_mail(subject="visit:1")

    an_owed_mail(subject="visit:2")

    assert _count(OutgoingMail) == 2


def test_a_transaction_that_fails_owes_nothing(inside: Flask) -> None:
    with pytest.raises(RuntimeError):
        _owe_and_fail()

    assert (_count(OutgoingMail), _count(Job)) == (0, 0)


def _owe_and_fail() -> None:
    with transaction():
        mail.owe(GREETING, subject="visit:1", recipient="mara@example.org", facts={"words": "Hello"})
        raise RuntimeError("the event did not happen")


def test_a_mail_is_owed_inside_a_transaction_only(inside: Flask) -> None:
    with pytest.raises(Misuse):
        mail.owe(GREETING, subject="visit:1", recipient="mara@example.org", facts={})


def test_a_resend_repeats_the_words_under_a_new_id(inside: Flask) -> None:
    first = an_owed_mail()
    mail.send_mail(mail=first)

    with transaction():
        again = mail.resend(first)

    copy = the_newest_mail()
    assert (copy.id, copy.resend_of, copy.state) == (again, first, MailState.OWED)
    assert (copy.title, copy.text) == ("Good morning", "Good morning\n")


def test_a_mail_may_be_resent_more_than_once(inside: Flask) -> None:
    first = an_owed_mail()

    with transaction():
        again = mail.resend(mail.resend(first))

    assert (again, the_newest_mail().resend_of) == (first + 2, first)


def test_a_mail_that_never_was_cannot_be_resent(inside: Flask) -> None:
    with pytest.raises(NotFound), transaction():
        mail.resend(404)
