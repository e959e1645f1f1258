"""Mail goes out over SMTP, once; a server that is down or says no changes nothing else."""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront import jobs, mail
from storefront.database import db, session
from storefront.jobs import Job, JobState, worker
from storefront.mail import sending
from storefront.mail.models import MailState
from tests.builders.mail import an_owed_mail, the_newest_mail
from tests.servers.smtp import SmtpServer

MakeApp = Callable[..., Flask]


def test_the_worker_hands_an_owed_mail_to_the_server(make_app: MakeApp, smtp: SmtpServer) -> None:
    app = make_app(smtp_url=smtp.url)
    with app.app_context():
        made = an_owed_mail(words="Good morning")

    jobs.drain(app)

    assert [message["Message-ID"] for message in smtp.messages] == [f"<mail-{made}@localhost>"]
    assert smtp.envelopes[0].rcpt_tos == ["mara@example.org"]
    with app.app_context():
        sent = the_newest_mail()
        assert (sent.state, sent.text, sent.sent_at is None) == (MailState.SENT, "Good morning\n", False)


def test_a_mail_that_was_sent_is_not_sent_again(make_app: MakeApp, smtp: SmtpServer) -> None:
    app = make_app(smtp_url=smtp.url)
    with app.app_context():
        made = an_owed_mail()
        mail.send_mail(mail=made)

        mail.send_mail(mail=made)

    assert len(smtp.messages) == 1


def test_where_mail_is_kept_nothing_is_sent(make_app: MakeApp) -> None:
    app = make_app(smtp_url="mailbox:")
    with app.app_context():
        mail.send_mail(mail=an_owed_mail(words="Good morning"))

        kept = the_newest_mail()
        assert (kept.state, kept.title, kept.sent_at) == (MailState.KEPT, "Good morning", None)


def test_a_server_that_is_down_leaves_the_mail_owed_and_the_job_waiting(
    make_app: MakeApp, smtp: SmtpServer, frozen: ModuleType
) -> None:
    app = make_app(smtp_url=smtp.url)
    with app.app_context():
        an_owed_mail()
    smtp.stop()

    jobs.drain(app)

    with app.app_context():
        job = session().query(Job).filter_by(name="mail.send").one()
        assert (the_newest_mail().state, job.state, job.tries) == (MailState.OWED, JobState.QUEUED, 1)


def test_mails_that_waited_go_out_once_when_the_server_is_back(
    make_app: MakeApp, smtp: SmtpServer, frozen: ModuleType
) -> None:
    app = make_app(smtp_url=smtp.url)
    with app.app_context():
        an_owed_mail(words="As it was said first")
    smtp.stop()
    jobs.drain(app)
    smtp.start()

    with app.app_context():
        for _try in range(3):
            mail.send_mail(mail=the_newest_mail().id)

    assert [message["Subject"] for message in smtp.messages] == ["As it was said first"]


def test_a_mail_whose_job_gave_up_goes_out_all_the_same(
    make_app: MakeApp, smtp: SmtpServer, frozen: ModuleType
) -> None:
    app = make_app(smtp_url=smtp.url)
    with app.app_context():
        an_owed_mail()
    smtp.stop()
    for _try in range(worker.MOST_TRIES):
        frozen.advance(worker.LONGEST_BACKOFF * 2)
        jobs.drain(app)
    smtp.start()

    frozen.advance(timedelta(hours=1))
    for _round in range(2):
        jobs.drain(app)

    assert len(smtp.messages) == 1


def test_a_server_that_says_later_is_asked_later(make_app: MakeApp, smtp: SmtpServer) -> None:
    app = make_app(smtp_url=smtp.url)
    smtp.answer = "451 4.3.0 later"
    with app.app_context():
        made = an_owed_mail()

        with pytest.raises(smtplib.SMTPDataError):
            mail.send_mail(mail=made)

        assert the_newest_mail().state == MailState.OWED


def test_a_server_that_says_never_is_not_asked_again(make_app: MakeApp, smtp: SmtpServer) -> None:
    app = make_app(smtp_url=smtp.url)
    smtp.answer = "550 5.1.1 nobody of that name"
    with app.app_context():
        mail.send_mail(mail=an_owed_mail())

        refused = the_newest_mail()
        assert (refused.state, refused.error) == (MailState.REFUSED, "550 5.1.1 nobody of that name")


def test_a_recipient_that_is_no_address_is_refused_before_any_server_is_asked(
    make_app: MakeApp, smtp: SmtpServer
) -> None:
    app = make_app(smtp_url=smtp.url)
    with app.app_context():
        mail.send_mail(mail=an_owed_mail(recipient="mara@example.org\r\nRCPT TO:<all@example.org>"))

        assert the_newest_mail().state == MailState.REFUSED
    assert smtp.envelopes == []


def test_nothing_of_the_database_is_held_while_the_server_answers(
    make_app: MakeApp, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(smtp_url=smtp.url)
    held: list[str] = []
    monkeypatch.setattr(sending, "deliver", lambda *_args, **_named: held.append(db.engine.pool.status()))
    with app.app_context():
        mail.send_mail(mail=an_owed_mail())

    assert "Current Checked out connections: 0" in held[0]


def test_a_crash_after_the_server_took_it_repeats_it_under_the_same_id(
    make_app: MakeApp, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(smtp_url=smtp.url)
    with app.app_context():
        made = an_owed_mail()
        with monkeypatch.context() as halfway:
            halfway.setattr(sending, "_end", _crash)
            with pytest.raises(KeyboardInterrupt):
                mail.send_mail(mail=made)

        mail.send_mail(mail=made)
        mail.send_mail(mail=made)

    first, second = smtp.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_body(("plain",)).get_content() == second.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def _crash(*_args: object, **_named: object) -> None:
    raise KeyboardInterrupt


def test_a_farewell_that_fails_does_not_send_the_mail_twice(
    make_app: MakeApp, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(smtp_url=smtp.url)
    monkeypatch.setattr(smtplib.SMTP, "quit", _hang_up)
    with app.app_context():
        mail.send_mail(mail=an_owed_mail())

        assert the_newest_mail().state == MailState.SENT


def _hang_up(_server: smtplib.SMTP) -> None:
    raise smtplib.SMTPServerDisconnected("gone")


def test_a_mail_never_goes_unencrypted_where_tls_was_asked_for(make_app: MakeApp, smtp: SmtpServer) -> None:
    app = make_app(smtp_url=smtp.url.replace("smtp://", "smtp+starttls://"))
    with app.app_context():
        made = an_owed_mail()

        with pytest.raises(smtplib.SMTPException):
            mail.send_mail(mail=made)

        assert the_newest_mail().state == MailState.OWED
    assert smtp.messages == []


def test_a_password_is_never_given_to_a_server_that_does_not_ask(make_app: MakeApp, smtp: SmtpServer) -> None:
    app = make_app(smtp_url=smtp.url.replace("smtp://", "smtp://mara:secret@"))
    with app.app_context():
        made = an_owed_mail()

        with pytest.raises(smtplib.SMTPException):
            mail.send_mail(mail=made)

        assert the_newest_mail().state == MailState.OWED
