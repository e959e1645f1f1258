"""Who gets letters: whoever asked, confirmed it from their own mailbox, and has not ended them since."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock, mail
from storefront.database import session, transaction
from storefront.errors import NotFound, Refused
from storefront.jobs import Job
from storefront.mail import outbox
from storefront.newsletter import actions
from storefront.newsletter.links import LASTS, Asked, confirming
from storefront.newsletter.models import OptIn, Subscriber
from storefront.newsletter.wording import wording
from tests.books import mails
from tests.builders.newsletter import a_subscriber, asked, link_in, mail_to, subscriber_at
from tests.client import ShopClient

GRETA = "greta@example.org"


def opt_ins() -> list[OptIn]:
    return list(session().scalars(sa.select(OptIn).order_by(OptIn.id)))


def link_of(email: str) -> Asked:
    _mail, letter = mail_to(email, actions.CONFIRM)
    found = confirming(link_in(letter, "confirm").rpartition("/")[2])
    assert found is not None
    return found


def test_a_form_subscribes_nobody_but_brings_a_mail(inside: Flask) -> None:
    asked(GRETA)

    assert subscriber_at(GRETA).state == "asked"
    assert mails() == [(actions.CONFIRM, GRETA)]


def test_the_button_behind_the_link_subscribes_and_is_on_record(inside: Flask, frozen: ModuleType) -> None:
    began = clock.now()
    asked(GRETA, place="post")
    clock.advance(timedelta(hours=1))

    actions.confirm(link_of(GRETA))

    (agreed,) = opt_ins()
    assert subscriber_at(GRETA).state == "subscribed"
    assert (agreed.asked_at, agreed.at) == (began, began + timedelta(hours=1))
    assert (agreed.place, agreed.wording) == ("post", wording())


def test_the_record_names_both_requests(app: Flask, client: ShopClient, drain: Callable[[], int]) -> None:
    client.post("/newsletter", data={"email": GRETA, "place": "footer"})
    drain()
    with app.app_context():
        link = link_in(mail_to(GRETA, actions.CONFIRM)[1], "confirm")

    client.post(link)

    with app.app_context():
        (agreed,) = opt_ins()
        assert agreed.ask_request
        assert agreed.request_id
        assert agreed.ask_request != agreed.request_id


def test_the_same_link_twice_is_one_opt_in(inside: Flask) -> None:
    asked(GRETA)
    link = link_of(GRETA)

    actions.confirm(link)
    actions.confirm(link)

    assert len(opt_ins()) == 1


@pytest.mark.parametrize(("over", "holds"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_a_link_holds_for_a_week(inside: Flask, frozen: ModuleType, over: timedelta, holds: bool) -> None:
    asked(GRETA)
    token = link_in(mail_to(GRETA, actions.CONFIRM)[1], "confirm").rpartition("/")[2]

    clock.advance(LASTS + over)

    assert (confirming(token) is not None) is holds


def test_letters_that_ended_are_not_begun_again_by_an_old_link(inside: Flask) -> None:
    asked(GRETA)
    old = link_of(GRETA)
    actions.confirm(old)
    actions.leave(subscriber_at(GRETA).id)

    with pytest.raises(NotFound):
        actions.confirm(old)

    assert subscriber_at(GRETA).state == "left"


@pytest.mark.parametrize("state", ["left", "bounced"])
def test_who_asks_again_and_confirms_gets_letters_again(inside: Flask, state: str) -> None:
    from storefront.newsletter.keeping import mark_bounced

    found = a_subscriber(GRETA)
    if state == "left":
        actions.leave(found.id)
    else:
        mark_bounced(found.id, by=("staff", 1))

    asked(GRETA)
    actions.confirm(link_of(GRETA))

    assert subscriber_at(GRETA).state == "subscribed"
    assert len(opt_ins()) == 2


def test_who_gets_letters_already_is_told_so_in_their_mailbox_alone(inside: Flask) -> None:
    a_subscriber(GRETA)

    asked(GRETA.upper())

    assert [kind for kind, _to in mails()] == [actions.CONFIRM, actions.ALREADY]
    assert len(opt_ins()) == 1


def test_leaving_twice_is_leaving_once(inside: Flask) -> None:
    found = a_subscriber()

    actions.leave(found.id)
    ended = subscriber_at(found.email).ended_at
    actions.leave(found.id)

    assert subscriber_at(found.email).ended_at == ended


def test_one_mailbox_is_written_to_three_times_an_hour_at_most(inside: Flask, frozen: ModuleType) -> None:
    for _time in range(5):
        asked(GRETA)
    assert len(mails()) == actions.MOST_MAILS

    clock.advance(timedelta(hours=1, seconds=1))
    asked(GRETA)

    assert len(mails()) == actions.MOST_MAILS + 1


def test_the_worker_that_answers_twice_writes_once(inside: Flask) -> None:
    asked(GRETA)
    (job,) = session().scalars(sa.select(Job).where(Job.name == actions.ANSWER_JOB))

    actions.answer(**job.args)

    assert len(mails()) == 1


def test_what_programs_fill_in_is_forgotten(inside: Flask) -> None:
    actions.ask_for_letters(GRETA, place="footer", trap="filled in")

    assert session().scalar(sa.select(sa.func.count(Job.id))) == 0


@pytest.mark.parametrize(
    "typed", ["", "greta", "a@b@c.example", "x\0@example.org", "erased-1@erased.invalid"]
)
def test_what_is_no_address_is_refused(inside: Flask, typed: str) -> None:
    with pytest.raises(Refused):
        actions.ask_for_letters(typed, place="footer")


def test_who_never_confirms_is_forgotten_after_a_month(inside: Flask, frozen: ModuleType) -> None:
    asked(GRETA)
    kept = a_subscriber()

    clock.advance(actions.ASKED_KEPT)
    actions.forget()
    assert subscriber_at(GRETA).state == "asked"
    clock.advance(timedelta(seconds=1))
    actions.forget()

    assert list(session().scalars(sa.select(Subscriber.email))) == [kept.email]


def test_mails_to_who_never_confirmed_are_forgotten_with_them_and_no_others(
    inside: Flask, frozen: ModuleType
) -> None:
    asked(GRETA)
    with transaction():
        sent, _words = mail_to(GRETA, actions.CONFIRM)
        outbox.resend(sent.id, to="greta@elsewhere.example")
        mail.owe("order_sent", subject="order:1", recipient=GRETA, facts={})
    kept = a_subscriber()

    clock.advance(actions.ASKED_KEPT + timedelta(seconds=1))
    actions.forget()

    assert sorted(mails()) == [(actions.CONFIRM, kept.email), ("order_sent", GRETA)]


def test_an_opt_in_has_the_words_of_the_form_whose_link_was_followed(
    inside: Flask, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now()
    asked(GRETA, place="post")
    first = link_of(GRETA)
    clock.advance(timedelta(hours=1))
    monkeypatch.setattr(actions, "wording", lambda: "Other words.")
    asked(GRETA, place="footer")

    actions.confirm(first)

    (agreed,) = opt_ins()
    assert (agreed.asked_at, agreed.place, agreed.wording) == (began, "post", wording())
    last = link_of(GRETA)
    actions.confirm(last)
    assert (opt_ins()[1].asked_at, opt_ins()[1].place, opt_ins()[1].wording) == (
        last.at,
        "footer",
        "Other words.",
    )


def test_an_opt_in_is_neither_changed_nor_removed(inside: Flask) -> None:
    a_subscriber()

    for statement in ("UPDATE opt_in SET wording = 'x'", "DELETE FROM opt_in"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as current:
            current.execute(sa.text(statement))


def test_a_mail_to_confirm_repeats_nothing_that_was_typed(inside: Flask) -> None:
    asked(GRETA)

    _mail, letter = mail_to(GRETA, actions.CONFIRM)

    assert "greta" not in letter.text + letter.html
    assert isinstance(letter, mail.Letter)
