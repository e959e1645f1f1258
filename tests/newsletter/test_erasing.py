"""What a reader is told of what is known, and what is left of them once they are forgotten."""

from types import ModuleType

import sqlalchemy as sa
from flask import Flask

from storefront.database import session
from storefront.newsletter import sending
from storefront.newsletter.models import Letter, OptIn, Subscriber, SubscriberState
from storefront.newsletter.wording import wording
from storefront.privacy.actions import erase_person
from storefront.privacy.queries import copy_of
from tests.books import whole_database
from tests.builders.content import a_post
from tests.builders.newsletter import STAFF, a_subscriber, asked, leave_path, letters, sent_out, worked
from tests.client import ShopClient, browser

GRETA = "greta@example.org"


def test_a_reader_is_told_what_they_agreed_to_and_what_they_got(inside: Flask, frozen: ModuleType) -> None:
    a_subscriber(GRETA)
    post = a_post()
    sending.send_post(post.id, by=STAFF)
    sent_out(post.id)

    tables = copy_of(GRETA).tables

    assert [row["wording"] for row in tables["opt_in"]] == [wording()]
    assert [row["post_id"] for row in tables["letter"]] == [post.id]
    assert [row["email"] for row in tables["subscriber"]] == [GRETA]
    assert "ask" not in tables["opt_in"][0]
    # The link that confirms is the mailbox's alone.
    confirm = [row for row in tables["outgoing_mail"] if row["kind"] == "newsletter_confirm"]
    assert "text" not in confirm[0]


def test_an_erased_reader_gets_nothing_more_and_is_nowhere_named(app: Flask, frozen: ModuleType) -> None:
    with app.app_context():
        found = a_subscriber(GRETA)
        post = a_post()
        sending.send_post(post.id, by=STAFF)
        worked(sending.SEND_JOB)

        erase_person(GRETA, by=STAFF)

        sent_out(post.id)
        assert letters() == []
        assert session().scalars(sa.select(Subscriber.state)).all() == [SubscriberState.LEFT]
        for table in (OptIn, Letter):
            assert session().scalar(sa.select(sa.func.count()).select_from(table)) == 1
        assert GRETA not in str(whole_database())
        leave = leave_path(found.id)

    # The link in the letters they have still works, and does nothing.
    client: ShopClient = browser(app)
    assert client.post(leave).status_code == 200
    assert client.post(f"{leave}/again").status_code == 404


def test_who_was_erased_may_ask_anew(inside: Flask) -> None:
    a_subscriber(GRETA)
    erase_person(GRETA, by=STAFF)

    asked(GRETA)

    states = sa.select(Subscriber.state).order_by(Subscriber.id)
    assert session().scalars(states).all() == [SubscriberState.LEFT, SubscriberState.ASKED]
