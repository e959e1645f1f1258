"""The pages of the newsletter: the same answer for everybody, nothing by GET, one click to leave."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.database import session
from storefront.jobs import Job
from storefront.mail.rendering import message
from storefront.newsletter import actions
from storefront.newsletter.models import Subscriber
from tests.books import changed_tables, whole_database
from tests.builders.cart import a_policy
from tests.builders.content import a_post
from tests.builders.newsletter import a_subscriber, asked, leave_path, link_in, mail_to, subscriber_at
from tests.client import ShopClient, browser

GRETA = "greta@example.org"


@pytest.fixture
def reader(app: Flask) -> ShopClient:
    """Somebody who reads; the shop has a policy, since each page says what it promises."""
    with app.app_context():
        a_policy()
    return browser(app)


def path_of(url: str) -> str:
    return url[url.index("/newsletter") :]


def test_the_form_stands_on_pages_without_a_cookie(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        slug = a_post(title="News").slug

    for page, times in (("/blog", 1), (f"/blog/{slug}", 2), ("/newsletter", 2)):
        answer = reader.get(page)
        assert answer.text.count('action="/newsletter"') == times, page
        assert "Set-Cookie" not in answer.headers
        assert "no-store" not in answer.headers["Cache-Control"]


def test_the_answer_and_the_work_are_the_same_for_every_address(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        known = a_subscriber().email

    seen = []
    for email in (known, "nobody@example.org"):
        with app.app_context():
            before = whole_database()
        answer = reader.post("/newsletter", data={"email": email, "place": "footer"})
        with app.app_context():
            changed = {
                name: sum(rows.values()) for name, rows in changed_tables(before, whole_database()).items()
            }
        seen.append((answer.status_code, answer.headers["Location"], changed))

    assert seen[0] == seen[1] == (303, "/newsletter/asked", {"job": 1})


def test_another_site_sends_no_form(reader: ShopClient) -> None:
    reader.come_from("cross-site")

    assert reader.post("/newsletter", data={"email": GRETA}).status_code == 403


def test_a_sixth_form_within_ten_minutes_waits(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        a_policy()
    client = browser(app)

    answers = [client.post("/newsletter", data={"email": GRETA}).status_code for _form in range(6)]

    assert answers == [303] * 5 + [429]


def test_what_is_wrong_is_said_beside_the_field(reader: ShopClient) -> None:
    answer = reader.post("/newsletter", data={"email": "greta"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="greta"' in answer.text


def test_the_links_of_our_mails_change_nothing_until_their_button_is_pressed(
    app: Flask, reader: ShopClient
) -> None:
    with app.app_context():
        asked(GRETA)
        confirm = link_in(mail_to(GRETA, actions.CONFIRM)[1], "confirm")
        leave = leave_path(a_subscriber().id)
        before = whole_database()

    pages = [reader.get(page) for page in (confirm, leave)]

    with app.app_context():
        assert changed_tables(before, whole_database()) == {}
    for page in pages:
        assert page.text.count('<form class="stack"') == 1
        assert "no-store" in page.headers["Cache-Control"]


def test_the_button_subscribes_and_the_other_one_ends_it(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        asked(GRETA)
        confirm = link_in(mail_to(GRETA, actions.CONFIRM)[1], "confirm")

    said = reader.post(confirm)
    assert said.status_code == 200
    with app.app_context():
        found = subscriber_at(GRETA)
        leave = leave_path(found.id)
    assert found.state == "subscribed"

    assert reader.post(leave).status_code == 200
    assert reader.post(leave).status_code == 200
    with app.app_context():
        assert subscriber_at(GRETA).state == "left"


def test_a_token_opens_its_own_page_and_no_other(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        asked(GRETA)
        confirm = link_in(mail_to(GRETA, actions.CONFIRM)[1], "confirm").rpartition("/")[2]
        leave = leave_path(a_subscriber().id).rpartition("/")[2]

    for page in (f"confirm/{leave}", f"leave/{confirm}", "confirm/x.y", "leave/1", f"confirm/{confirm}x"):
        assert reader.get(f"/newsletter/{page}").status_code == 404, page
        assert reader.post(f"/newsletter/{page}").status_code == 404, page


def test_the_one_click_of_a_mail_program_ends_letters_without_a_cookie(
    app: Flask, reader: ShopClient
) -> None:
    with app.app_context():
        asked(a_subscriber(GRETA).email)
        mail, letter = mail_to(GRETA, actions.ALREADY)
        made = message(mail, letter)
    reader.come_from(None)

    answer = reader.post(
        path_of(str(made["List-Unsubscribe"]).strip("<>")), data={"List-Unsubscribe": "One-Click"}
    )

    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    with app.app_context():
        assert subscriber_at(GRETA).state == "left"


def test_who_left_by_mistake_begins_again_by_the_mail_alone(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        leave = leave_path(a_subscriber(GRETA).id)
    reader.post(leave)

    answer = reader.post(f"{leave}/again")

    assert answer.status_code == 303
    with app.app_context():
        assert subscriber_at(GRETA).state == "left"
        waiting = session().scalars(
            sa.select(Job).where(Job.name == actions.ANSWER_JOB, Job.state == "queued")
        )
        assert [job.args["place"] for job in waiting] == ["again"]
        assert session().scalar(sa.select(sa.func.count(Subscriber.id))) == 1
