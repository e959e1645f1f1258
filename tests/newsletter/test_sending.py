"""A post goes to each subscriber once, whatever happens meanwhile; who leaves gets nothing more."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock, jobs
from storefront.claims.words import LEXICON
from storefront.content.actions import publish, withdraw
from storefront.content.models import PostKind
from storefront.database import session
from storefront.errors import NotFound, Refused
from storefront.mail.models import MailState, OutgoingMail
from storefront.mail.rendering import message, render
from storefront.newsletter import queries, sending
from storefront.newsletter.actions import leave
from storefront.newsletter.keeping import mark_bounced, unmark_bounced
from storefront.newsletter.models import Letter, MailingState
from tests.builders.claims import SOURCE, a_public_claim
from tests.builders.content import a_post, an_author
from tests.builders.mail import an_owed_mail
from tests.builders.newsletter import (
    STAFF,
    a_subscriber,
    asked,
    letters,
    mail_to,
    sent_out,
    subscriber_at,
    the_mailing,
    worked,
)
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def slices_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices small enough that a few subscribers take several."""
    monkeypatch.setattr(sending, "SLICE", 2)


def readers(count: int) -> list[str]:
    return [a_subscriber().email for _each in range(count)]


def state_of(post_id: int) -> MailingState:
    return MailingState(the_mailing(post_id).state)


@pytest.mark.usefixtures("slices_of_two")
def test_a_post_goes_to_those_who_confirmed_and_to_nobody_else(inside: Flask) -> None:
    wanted = readers(5)
    asked("waits@example.org")
    leave(a_subscriber().id)
    mark_bounced(a_subscriber().id, by=STAFF)
    post = a_post()

    assert sending.send_post(post.id, by=STAFF)
    sent_out(post.id)

    assert letters() == wanted
    assert state_of(post.id) == MailingState.SENT


def test_a_second_press_sends_nothing_more(inside: Flask) -> None:
    readers(2)
    post = a_post()
    sending.send_post(post.id, by=STAFF)
    sent_out(post.id)

    assert not sending.send_post(post.id, by=STAFF)
    worked()

    assert len(letters()) == 2


@pytest.mark.parametrize("which", ["draft", "withdrawn", "page", "absent"])
def test_only_what_everybody_can_read_is_sent(inside: Flask, which: str) -> None:
    readers(1)
    post_id = 999
    if which != "absent":
        kind = PostKind.PAGE if which == "page" else PostKind.POST
        post_id = a_post(published=which != "draft", kind=kind).id
    if which == "withdrawn":
        withdraw(post_id, by=STAFF)

    with pytest.raises(NotFound if which == "absent" else Refused):
        sending.send_post(post_id, by=STAFF)


def test_without_subscribers_nothing_is_sent(inside: Flask) -> None:
    with pytest.raises(Refused):
        sending.send_post(a_post().id, by=STAFF)


@pytest.mark.usefixtures("slices_of_two")
def test_a_slice_that_is_run_again_after_a_crash_writes_nobody_twice(inside: Flask) -> None:
    wanted = readers(5)
    post = a_post()
    sending.send_post(post.id, by=STAFF)
    mailing = the_mailing(post.id).id

    for turn in (0, 0):
        sending.send_slice(mailing=mailing, turn=turn)
    assert session().scalar(sa.select(sa.func.count()).select_from(Letter)) == 2
    sent_out(post.id)

    assert letters() == wanted


@pytest.mark.usefixtures("slices_of_two")
def test_a_slice_is_whole_or_not_at_all(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = readers(3)
    post = a_post()
    sending.send_post(post.id, by=STAFF)

    with monkeypatch.context() as broken:
        broken.setattr(sending, "_enqueue", lambda *_said, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sending.send_slice(mailing=the_mailing(post.id).id, turn=0)
    assert session().scalar(sa.select(sa.func.count()).select_from(Letter)) == 0
    sent_out(post.id)

    assert letters() == wanted


def left_meanwhile(kind: str) -> tuple[int, str, list[str]]:
    """A post whose letters are written and owed, one of which is wanted no more."""
    staying, going = readers(2), a_subscriber()
    post = a_post()
    sending.send_post(post.id, by=STAFF)
    worked(sending.SEND_JOB)
    if kind == "left":
        leave(going.id)
    else:
        mark_bounced(going.id, by=STAFF)
    return post.id, going.email, staying


@pytest.mark.parametrize("kind", ["left", "bounced"])
def test_who_left_meanwhile_gets_nothing_though_the_letter_was_written(inside: Flask, kind: str) -> None:
    post_id, _gone, staying = left_meanwhile(kind)

    sent_out(post_id)

    assert letters() == staying
    progress = queries.post_to_send(post_id).progress
    assert progress
    assert (progress.left, progress.left_out, progress.owed) == (2, 1, 0)
    assert progress.state == MailingState.SENT


def test_without_the_last_look_who_left_would_get_it(inside: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    post_id, gone, staying = left_meanwhile("left")
    # The guard taken away: nobody looks once more before a letter leaves.
    monkeypatch.setattr("storefront.mail.sending.last_look", lambda _kind: None)

    sent_out(post_id)

    assert letters() == [*staying, gone]


@pytest.mark.usefixtures("slices_of_two")
@pytest.mark.parametrize("how", ["withdrawn", "stopped"])
def test_a_withdrawn_post_or_staff_stop_it_and_it_goes_on_later(inside: Flask, how: str) -> None:
    wanted = readers(5)
    post = a_post()
    sending.send_post(post.id, by=STAFF)
    worked(sending.SEND_JOB, "mail.send")
    clock.advance(timedelta(minutes=1))
    worked(sending.SEND_JOB)
    assert letters() == wanted[:2]
    if how == "withdrawn":
        withdraw(post.id, by=STAFF)
    else:
        sending.stop_sending(post.id, by=STAFF)

    # Those of the second slice are owed already, and called back.
    worked("mail.send")
    clock.advance(timedelta(minutes=1))
    worked()
    assert letters() == wanted[:2]
    assert state_of(post.id) == MailingState.STOPPED

    if how == "withdrawn":
        with pytest.raises(Refused):
            sending.go_on(post.id, by=STAFF)
        publish(post.id, by=STAFF)
    sending.go_on(post.id, by=STAFF)
    sent_out(post.id)
    assert letters() == wanted


@pytest.mark.usefixtures("slices_of_two")
def test_an_orders_mail_waits_for_one_slice_at_most(make_app: Any, smtp: SmtpServer) -> None:
    app = make_app(smtp_url=smtp.url, newsletter_pace="6000")
    with app.app_context():
        readers(9)
        jobs.drain(app)
        smtp.messages.clear()
        sending.send_post(a_post().id, by=STAFF)
        worked(sending.SEND_JOB)
        clock.advance(timedelta(seconds=1))
        an_owed_mail(recipient="buyer@example.org")
        # A worker that was slow: by now the next slice is due as well.
        clock.advance(timedelta(minutes=1))
        worked()

    order = [str(each["To"]) for each in smtp.messages]
    assert order.index("buyer@example.org") == 2


@pytest.mark.usefixtures("slices_of_two")
def test_a_server_that_is_away_is_not_written_to_without_end(make_app: Any, smtp: SmtpServer) -> None:
    app = make_app(smtp_url=smtp.url)
    with app.app_context():
        wanted = readers(6)
        jobs.drain(app)
        smtp.messages.clear()
        post = a_post()
        smtp.stop()
        sending.send_post(post.id, by=STAFF)
        for _minute in range(3):
            worked(sending.SEND_JOB, "mail.send")
            clock.advance(timedelta(minutes=1))
        owed = sa.select(sa.func.count(OutgoingMail.id)).where(OutgoingMail.state == MailState.OWED)
        assert session().scalar(owed) == 2
        smtp.start()
        for _minute in range(12):
            clock.advance(timedelta(minutes=5))
            worked(sending.SEND_JOB, "mail.send")

        assert sorted(str(each["To"]) for each in smtp.messages) == sorted(wanted)
        assert state_of(post.id) == MailingState.SENT
        # Ten thousand copies of one letter would fill the database.
        kept = sa.select(OutgoingMail.html).where(OutgoingMail.kind == sending.POST_MAIL)
        assert set(session().scalars(kept)) == {None}


def test_the_pace_is_the_settings(make_app: Any) -> None:
    app = make_app(newsletter_pace="3")
    with app.app_context():
        readers(5)
        sending.send_post(a_post().id, by=STAFF)

        for so_many in (3, 3, 5):
            worked(sending.SEND_JOB, "mail.send")
            assert len(letters()) == so_many
            clock.advance(timedelta(seconds=30))


def test_a_letter_begins_the_post_and_ends_by_one_click(inside: Flask) -> None:
    (email,) = readers(1)
    body = "First *words*.\n\n- a list\n\n![Picture](/pictures/0123456789abcdef.jpg)\n\nMore & more."
    post = a_post(title="On <b>water</b>", summary="A summary.", body=body, author_id=an_author())
    sending.send_post(post.id, by=STAFF)
    sent_out(post.id)

    mail, letter = mail_to(email, sending.POST_MAIL)
    made = message(mail, letter)

    for said in ("A summary.", "First words.", "More & more.", f"/blog/{post.slug}", "Jonna Reuter"):
        assert said in letter.text, said
    assert "On &lt;b&gt;water&lt;/b&gt;" in letter.html
    assert "<b>" not in letter.html
    address = str(made["List-Unsubscribe"]).strip("<>")
    assert address in letter.text
    assert address in letter.html
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_preview_goes_to_whoever_asks_of_a_draft_too(inside: Flask) -> None:
    post = a_post(published=False, title="Not yet")

    sending.owe_preview(post.id, to="luca@example.org", key="one")
    worked()

    mail, letter = mail_to("luca@example.org", sending.PREVIEW_MAIL)
    assert mail.state == MailState.KEPT
    assert letter.title == "Not yet"
    assert "/newsletter/leave" not in letter.text
    assert message(mail, render(mail))["List-Unsubscribe"] is None


def test_sources_and_disclaimers_stand_under_a_letter(inside: Flask) -> None:
    disclaimer = next(each.disclaimer for each in LEXICON if each.code == "cure")

    sending.owe_preview(a_public_claim(), to="luca@example.org", key="one")

    _mail, letter = mail_to("luca@example.org", sending.PREVIEW_MAIL)
    for said in (*SOURCE, disclaimer):
        assert said in " ".join(letter.text.split())
        assert said in letter.html


def test_an_address_that_works_again_gets_the_next_post(inside: Flask) -> None:
    found = a_subscriber()
    mark_bounced(found.id, by=STAFF)
    mark_bounced(found.id, by=STAFF)

    unmark_bounced(found.id, by=STAFF)
    post = a_post()
    sending.send_post(post.id, by=STAFF)
    sent_out(post.id)

    assert letters() == [found.email]


def test_staff_bring_nobody_back_who_left(inside: Flask) -> None:
    found = a_subscriber()
    leave(found.id)

    for act in (mark_bounced, unmark_bounced):
        with pytest.raises(Refused):
            act(found.id, by=STAFF)

    assert subscriber_at(found.email).state == "left"
