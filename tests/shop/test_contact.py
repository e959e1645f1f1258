"""Writing to the shop: it reaches support once, an answer reaches its writer, and nothing typed is lost."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.content.models import PostKind
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import message, render
from storefront.privacy.actions import erase_person
from tests.builders.cart import a_policy
from tests.builders.content import a_post
from tests.client import ShopClient
from tests.staff.goods import hidden

TYPED = {"name": "Mara", "email": "mara@example.org", "text": "Where is\n\nmy <b>tea</b>?"}


@pytest.fixture
def shopper(app: Flask, client: ShopClient) -> ShopClient:
    with app.app_context():
        a_policy()

    return client


def sent(client: ShopClient, **typed: str) -> tuple[int, str, str]:
    """Status, body and place of the answer."""
    answer = client.post("/contact", data=hidden(client.get("/contact").text) | TYPED | typed)
    return answer.status_code, answer.text, answer.headers.get("Location", "")


def mails(app: Flask) -> list[OutgoingMail]:
    with app.app_context():
        return list(session().scalars(sa.select(OutgoingMail).where(OutgoingMail.kind == "contact")))


def test_a_message_reaches_support_and_an_answer_its_writer(app: Flask, shopper: ShopClient) -> None:
    status, _body, place = sent(shopper)

    (mail,) = mails(app)
    with app.app_context():
        letter = render(mail)
        made = message(mail, letter)
    assert status == 303
    assert mail.facts["key"][:8].upper() in shopper.get(place).text
    assert (mail.recipient, made["Reply-To"]) == ("support@localhost", "mara@example.org")
    assert "my <b>tea</b>?" in letter.text
    assert "&lt;b&gt;tea" in letter.html


def test_a_form_sent_twice_is_one_message(app: Flask, shopper: ShopClient) -> None:
    filled = hidden(shopper.get("/contact").text) | TYPED

    places = {shopper.post("/contact", data=filled).headers["Location"] for _again in range(2)}

    assert len(places) == 1
    assert len(mails(app)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"email": "mara"},
        {"email": "mara@example.org\r\nBcc: all@example.org"},
        {"email": "a b@example.org"},
        {"text": ""},
        {"text": "a" * 5_001},
        {"website": "https://spam.example"},
        {"csrf_token": "forged"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    app: Flask, shopper: ShopClient, wrong: dict[str, str]
) -> None:
    status, body, _place = sent(shopper, **wrong)

    assert status == 422
    assert 'role="alert"' in body
    assert "name" in wrong or 'value="Mara"' in body
    assert "text" in wrong or "my &lt;b&gt;tea&lt;/b&gt;?" in body
    assert mails(app) == []


def test_who_writes_too_often_keeps_the_words(app: Flask, shopper: ShopClient) -> None:
    for _message in range(5):
        assert sent(shopper)[0] == 303

    status, body, _place = sent(shopper)

    assert status == 429
    assert "my &lt;b&gt;tea&lt;/b&gt;?" in body
    assert len(mails(app)) == 5


def test_the_page_of_that_address_stands_above_the_form(app: Flask, shopper: ShopClient) -> None:
    with app.app_context():
        a_post(title="Contact", kind=PostKind.PAGE, author_id=None, body="We are in *Halle*.")

    moved, page = shopper.get("/pages/contact"), shopper.get("/contact")

    assert (moved.status_code, moved.headers["Location"]) == (301, "/contact")
    assert "<em>Halle</em>" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_who_is_erased_is_erased_from_what_they_wrote(
    app: Flask, shopper: ShopClient, drain: Callable[[], int]
) -> None:
    sent(shopper)
    drain()

    with app.app_context():
        erase_person("mara@example.org", by=("staff", 7))

    (mail,) = mails(app)
    assert (mail.facts, mail.text, mail.html, mail.title) == ({}, None, None, None)
