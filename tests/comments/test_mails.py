"""Mails about comments: to whom they go, what they never repeat, and how they are stopped."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from storefront.comments.actions import prove_address, stop_mails
from storefront.comments.models import Comment
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import message, render
from tests.books import mails
from tests.builders.comments import a_comment
from tests.client import ShopClient


def the_mail(kind: str) -> OutgoingMail:
    of_kind = sa.select(OutgoingMail).where(OutgoingMail.kind == kind).order_by(OutgoingMail.id)
    found = session().scalars(of_kind).first()
    assert found is not None
    return found


def answered(**parent: object) -> tuple[Comment, Comment]:
    """A comment whose writer wants to hear of replies and has proved the address, and a published reply."""
    root = a_comment(email="greta@example.org", tells=True, published=True)
    prove_address(root.id)
    return root, a_comment(parent_id=root.id, published=True)


def test_we_write_that_we_have_it_that_it_is_published_and_that_somebody_replied(inside: Flask) -> None:
    answered()

    kinds = [kind for kind, to in mails() if to == "greta@example.org"]
    assert kinds == ["comment_received", "comment_published", "comment_reply"]


def test_of_replies_we_write_to_proved_addresses_alone(inside: Flask) -> None:
    root = a_comment(email="greta@example.org", tells=True, published=True)
    a_comment(parent_id=root.id, published=True)

    assert "comment_reply" not in [kind for kind, _to in mails()]


def test_of_replies_we_write_to_those_alone_who_asked(inside: Flask) -> None:
    root = a_comment(email="greta@example.org", published=True)
    prove_address(root.id)
    a_comment(parent_id=root.id, published=True)

    assert "comment_reply" not in [kind for kind, _to in mails()]


def told_of_replies() -> list[str]:
    return [to for kind, to in mails() if kind == "comment_reply"]


def test_who_wrote_the_reply_that_is_answered_hears_of_it_and_so_does_who_began(inside: Flask) -> None:
    root, reply = answered()
    oskar = a_comment(parent_id=root.id, email="oskar@example.org", tells=True, published=True)
    prove_address(oskar.id)

    a_comment(parent_id=oskar.id, published=True)

    assert told_of_replies() == ["greta@example.org"] * 3 + ["oskar@example.org"]
    assert "oskar" not in reply.email


def test_nobody_hears_of_a_reply_twice_or_of_their_own(inside: Flask) -> None:
    root, _reply = answered()
    again = a_comment(parent_id=root.id, email=root.email, tells=True, published=True)

    a_comment(parent_id=again.id, published=True)
    a_comment(parent_id=again.id, email=root.email, published=True)

    assert told_of_replies() == [root.email] * 2


def test_a_mail_repeats_nothing_that_was_typed(inside: Flask) -> None:
    a_comment(name="Buy <b>cheap</b>", text="Watches at http://spam.example", email="victim@example.org")

    letter = render(the_mail("comment_received"))

    assert not [word for word in ("cheap", "Watches", "spam.example") if word in letter.html + letter.text]
    assert "The fox &amp; the grapes" in letter.html


def test_every_mail_can_be_stopped_by_one_click(inside: Flask) -> None:
    answered()

    for kind in ("comment_received", "comment_published", "comment_reply"):
        mail = the_mail(kind)
        letter = render(mail)
        made = message(mail, letter)
        address = str(made["List-Unsubscribe"]).strip("<>")
        assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert address in letter.text


def test_the_one_click_of_a_mail_program_stops_all_mails_about_comments(
    app: Flask, reader: ShopClient
) -> None:
    with app.app_context():
        a_comment(email="greta@example.org")
        mail = the_mail("comment_received")
        address = str(message(mail, render(mail))["List-Unsubscribe"]).strip("<>")
    reader.come_from(None)

    answer = reader.post(address[address.index("/comments") :], data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    with app.app_context():
        a_comment(email="greta@example.org", published=True)
        assert len(mails()) == 1


def test_stopping_twice_is_stopping_once(inside: Flask) -> None:
    made = a_comment()

    stop_mails(made.id)
    stop_mails(made.id)

    a_comment(email=made.email)
    assert len(mails()) == 1


def test_a_mail_is_sent_as_it_was_written(inside: Flask, drain: Callable[[], int]) -> None:
    a_comment()

    drain()

    assert the_mail("comment_received").state in {"kept", "sent"}
