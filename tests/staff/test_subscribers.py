"""The staff's pages about subscribers, and the page that sends a post to them."""

from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.audit import AuditEntry
from storefront.database import session
from storefront.newsletter import queries
from storefront.newsletter.keeping import mark_bounced
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.content import a_post
from tests.builders.newsletter import (
    STAFF,
    a_subscriber,
    asked,
    letters,
    mail_to,
    sent_out,
    subscriber_at,
    worked,
)
from tests.client import ShopClient
from tests.staff.goods import press

LIST = "/staff/subscribers"


@pytest.fixture
def editor(app: Flask) -> ShopClient:
    """Somebody who keeps the magazine, signed in."""
    with app.app_context():
        person = a_staff_member(role="content", email="luca@example.org")
    return signed_in(app, person)


@pytest.mark.parametrize("role", ["orders", "catalogue", "support"])
def test_subscribers_are_not_there_for_others(app: Flask, role: str) -> None:
    with app.app_context():
        person, found, post = a_staff_member(role=role), a_subscriber(), a_post()
    client = signed_in(app, person)

    paths = (LIST, f"{LIST}.csv", f"{LIST}/{found.id}", f"/staff/posts/{post.id}/letters")
    assert [client.get(path).status_code for path in paths] == [404] * 4
    assert client.post(f"{LIST}/{found.id}/state").status_code == 404
    assert client.post(f"/staff/posts/{post.id}/letters").status_code == 404


def test_the_list_finds_narrows_and_turns_pages(
    app: Flask, editor: ShopClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        greta = a_subscriber("greta@example.org")
        waits = asked("waits@example.org")
        mark_bounced(a_subscriber("back@example.org").id, by=STAFF)

    assert greta.email in editor.get(f"{LIST}?find=GRETA").text
    assert waits not in editor.get(f"{LIST}?find=greta").text
    assert "back@example.org" in editor.get(f"{LIST}?state=bounced").text
    assert waits not in editor.get(f"{LIST}?state=bounced").text
    with app.app_context():
        first, after = queries.subscribers("", "", size=2)
        rest, end = queries.subscribers("", "", after=after, size=2)
    assert [row.email for row in (*first, *rest)] == ["back@example.org", waits, greta.email]
    assert end is None


def test_the_file_runs_in_no_spreadsheet_and_is_on_record(app: Flask, editor: ShopClient) -> None:
    with app.app_context():
        a_subscriber("=cmd@example.org")
        a_subscriber()

    lines = editor.get(f"{LIST}.csv").text.splitlines()

    assert len(lines) == 3
    assert lines[2].startswith("'=cmd@example.org")
    with app.app_context():
        verbs = session().scalars(sa.select(AuditEntry.verb).where(AuditEntry.actor_kind == "staff"))
        assert "subscribers.exported" in set(verbs)


def test_an_address_is_marked_and_unmarked(app: Flask, editor: ShopClient) -> None:
    with app.app_context():
        found = a_subscriber()
    page = f"{LIST}/{found.id}"

    assert press(editor, page, f"{page}/state", "subscribe").status_code == 404
    for act, state in (("bounced", "bounced"), ("unbounced", "subscribed"), ("left", "left")):
        assert press(editor, page, f"{page}/state", act).status_code == 303
        with app.app_context():
            assert subscriber_at(found.email).state == state


def test_a_page_shows_what_was_agreed_to(app: Flask, editor: ShopClient) -> None:
    with app.app_context():
        found = a_subscriber()

    page = editor.get(f"{LIST}/{found.id}").text

    assert "We use your address for nothing else" in page
    assert "Foot of a page" in page
    assert editor.get(f"{LIST}/999").status_code == 404


def test_a_post_is_sent_from_its_page_after_a_question(
    app: Flask, editor: ShopClient, frozen: ModuleType
) -> None:
    with app.app_context():
        wanted = [a_subscriber().email for _each in range(3)]
        post = a_post()
    page = f"/staff/posts/{post.id}/letters"

    assert page in editor.get(f"/staff/posts/{post.id}").text
    assert "Send to 3 subscribers" in editor.get(page).text
    press(editor, page, page, "send")
    assert "Being sent" in editor.get(page).text
    press(editor, page, page, "send")
    with app.app_context():
        sent_out(post.id)
        assert letters() == wanted

    assert "3 letters of 3 have left" in editor.get(page).text


def test_sending_is_stopped_and_goes_on(app: Flask, editor: ShopClient, frozen: ModuleType) -> None:
    with app.app_context():
        wanted = [a_subscriber().email]
        post = a_post()
    page = f"/staff/posts/{post.id}/letters"

    press(editor, page, page, "send")
    press(editor, page, page, "stop")
    assert "Go on sending" in editor.get(page).text
    with app.app_context():
        worked()
        assert letters() == []
    press(editor, page, page, "go_on")

    with app.app_context():
        sent_out(post.id)
        assert letters() == wanted


def test_a_letter_to_oneself_comes_before(app: Flask, editor: ShopClient) -> None:
    with app.app_context():
        post = a_post(published=False, title="Not yet")
    page = f"/staff/posts/{post.id}/letters"

    press(editor, page, page, "preview")

    with app.app_context():
        worked()
        assert mail_to("luca@example.org", "newsletter_preview")[1].title == "Not yet"
