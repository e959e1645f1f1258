"""The thread beneath a text, the page of one's own comment, and the pages that our mails lead to."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from storefront.comments.deciding import close_thread, decide_comments
from storefront.comments.models import Comment, Verdict
from storefront.comments.queries import found_thread
from storefront.comments.verdicts import own_token, prove_url, stop_url
from storefront.database import db
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import words as text_of
from tests.builders.comments import BUYER, DRAFT, KIND, RETURNER, STAFF, a_comment, the_comment
from tests.client import ShopClient
from tests.counting import counting

FORM = f"/comments/about/{KIND}/1"
TYPED = {"name": "Greta W.", "email": "greta@example.org", "text": "Does it mind\n12 degrees at night?"}
Reading = Callable[..., tuple[Flask, ShopClient]]

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)",
    "javascript:alert(1)",
    'http://a.example/"onclick="alert(1)',
    "https://a.example/<svg/onload=alert(1)>",
    "{{ 7*7 }}",
    "</textarea><script>alert(1)</script>",
    "[x](javascript:alert(1))",
)


def send(client: ShopClient, form: str = FORM, **typed: Any) -> TestResponse:
    return client.post(form, data={**TYPED, **typed})


def test_whoever_sends_a_comment_sees_their_words_and_the_way_back(reader: ShopClient) -> None:
    sent = send(reader)
    page = reader.get(sent.location)

    assert sent.status_code == 303
    assert page.headers["Cache-Control"] == "no-store"
    assert "Waiting to be read" in page.text
    assert "Does it mind<br>12 degrees at night?" in page.text
    assert 'href="/fables/1#thread"' in page.text
    assert "greta@example.org" not in page.text
    assert text_of(reader.get("/fables/1")).count("Does it mind") == 0


def test_the_form_sent_twice_leads_to_the_same_page(reader: ShopClient) -> None:
    assert send(reader).location == send(reader, text="does it mind 12 degrees at NIGHT").location


def test_what_has_to_be_mended_is_said_and_what_was_typed_is_kept(reader: ShopClient) -> None:
    answer = send(reader, email="nobody", text="Kept words", tells="y")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Kept words" in answer.text
    assert 'aria-describedby="comment-email-hint comment-email-wrong"' in answer.text


def test_a_fourth_comment_within_ten_minutes_waits(reader: ShopClient) -> None:
    answers = [send(reader, text=f"Thought {number}").status_code for number in range(4)]

    assert answers == [303, 303, 303, 429]


def test_what_was_refused_does_not_count(reader: ShopClient) -> None:
    answers = [send(reader, name="").status_code for _time in range(5)]

    assert answers == [422] * 5
    assert send(reader).status_code == 303


def test_another_site_sends_no_comment(reader: ShopClient) -> None:
    reader.come_from("cross-site")

    assert send(reader).status_code == 403


@pytest.mark.parametrize(
    "path", [f"/comments/about/{KIND}/{DRAFT}", "/comments/about/invoice/1", f"/comments/about/{KIND}/99"]
)
def test_there_is_no_form_where_there_is_nothing_to_read(reader: ShopClient, path: str) -> None:
    assert send(reader, path).status_code == 404


def test_a_closed_thread_keeps_what_was_said_and_takes_no_more(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        a_comment(text="Before it was closed", published=True)
        close_thread(KIND, 1, by=STAFF)

    page = reader.get("/fables/1")

    assert "Before it was closed" in page.text
    assert "data-comment-form" not in page.text
    assert send(reader).status_code == 422


def test_a_thread_shows_what_is_published_with_its_replies(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        root = a_comment(name="Greta", text="First", published=True)
        a_comment(text="Second", published=True)
        a_comment(name="Tomas", text="Answer", parent_id=root.id, published=True)
        a_comment(text="Held")

    page = text_of(reader.get("/fables/1"))

    assert "3 comments" in page
    assert page.index("First") < page.index("Answer") < page.index("Second")
    assert "Held" not in page


def test_replies_to_what_was_taken_back_are_not_shown_or_counted(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        root = a_comment(published=True)
        a_comment(text="Answer", parent_id=root.id, published=True)
        decide_comments([root.id], Verdict.REJECT, reason="abuse", by=STAFF)

    page = text_of(reader.get("/fables/1"))

    assert "No comments yet" in page
    assert "Answer" not in page


def test_twenty_threads_are_on_a_page_and_each_comment_has_an_address_that_stays(
    app: Flask, reader: ShopClient
) -> None:
    with app.app_context():
        ids = [a_comment(text=f"Thought {number}", published=True).id for number in range(45)]
        reply = a_comment(parent_id=ids[21], published=True).id

    first, last = reader.get("/fables/1").text, reader.get("/fables/1?comments=3").text

    assert (first.count("<article"), last.count("<article")) == (20, 5)
    assert 'href="/fables/1?comments=2#thread" rel="next"' in first
    assert reader.get(f"/comments/{reply}").location == f"/fables/1?comments=2#comment-{reply}"


def test_a_thread_is_read_by_one_statement(app: Flask) -> None:
    with app.app_context():
        for number in range(25):
            a_comment(text=f"Thought {number}", published=True)
        with counting(db.engine) as counted:
            found = found_thread(KIND, 1)

    assert (len(found.comments), found.count) == (20, 25)
    assert len(counted.statements) == 1


def test_insiders_buyers_and_those_who_only_seem_to_belong_are_marked(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        iris, jonna = a_staff_member(name="Iris Weller"), a_customer(name="Jonna Reuter")
        told: list[Comment] = [
            a_comment(name="Iris Weller", email=iris.email, customer_id=iris.id, published=True),
            a_comment(name="J", email=jonna.email, customer_id=jonna.id, published=True),
            a_comment(name="lris Weller", published=True),
            a_comment(name="Buyer", email=BUYER, published=True),
            a_comment(name="Back", email=RETURNER, published=True),
        ]
    before = reader.get("/fables/1").text
    for made in told[3:]:
        with app.test_request_context():
            path = prove_url(made.id).partition("localhost")[2]
            path = path[path.index("/comments") :]
        reader.post(path)
    after = reader.get("/fables/1").text

    tags = {each.id: re.findall(r'<span class="tag[^"]*">([^<]+)', _article(after, each.id)) for each in told}
    assert list(tags.values()) == [
        [app.config["STOREFRONT"].shop_name],
        ["Author"],
        ["Reader, not of the shop"],
        ["Verified buyer"],
        ["Bought it, money back"],
    ]
    assert "Verified buyer" not in before


def _article(page: str, comment_id: int) -> str:
    found = re.search(rf'<article[^>]* id="comment-{comment_id}".*?</article>', page, re.S)
    assert found
    return found[0]


def test_whoever_works_here_is_marked_under_a_proved_address_too(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        iris = a_staff_member(name="Iris Weller")
        made = a_comment(name="A happy reader", email=iris.email)
        refused = decide_comments([made.id], Verdict.PUBLISH, by=STAFF)
    with app.test_request_context():
        path = prove_url(made.id)
    reader.post(path[path.index("/comments") :])
    with app.app_context():
        published = decide_comments([made.id], Verdict.PUBLISH, by=STAFF)

    assert (refused.changed, published.changed) == (0, 1)
    assert "who has not confirmed it" in refused.kept[0]
    assert "tag-marker" in _article(reader.get("/fables/1").text, made.id)


def test_what_is_signed_in_writes_under_its_own_address(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org")
    answer = send(signed_in(app, mara), email="somebody.else@example.org")

    with app.app_context():
        made = the_comment(1)
    assert answer.status_code == 303
    assert (made.email, made.customer_id) == ("mara@example.org", mara.id)
    assert made.verified_at is not None


def test_the_links_of_our_mails_open_a_page_with_one_button_and_change_nothing(
    app: Flask, reader: ShopClient
) -> None:
    with app.app_context():
        made = a_comment()
    with app.test_request_context():
        paths = [url[url.index("/comments") :] for url in (prove_url(made.id), stop_url(made.id))]

    pages = [reader.get(path) for path in paths]

    assert [page.text.count("<main") for page in pages] == [1, 1]
    with app.app_context():
        assert the_comment(made.id).verified_at is None


def test_a_signed_address_opens_its_own_page_and_no_other(app: Flask, reader: ShopClient) -> None:
    with app.app_context():
        made = a_comment()
        token = own_token(made.id)

    answers = [
        reader.get(path).status_code
        for path in (
            f"/comments/{token}",
            f"/comments/{token}x",
            f"/comments/{token}/address",
            f"/comments/{token}/mails",
        )
    ]

    assert answers == [200, 404, 404, 404]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_is_typed_runs_anywhere(reading_in: Reading, payload: str) -> None:
    app, reader = reading_in(limit_comments="100 per minute", comment_links="9")
    with app.app_context():
        made = a_comment(name=f"A {payload}"[:80], text=f"x {payload} y", published=True)
    pages = [
        reader.get("/fables/1").text,
        reader.get(f"/comments/{made.id}/reply").text,
        send(reader, name=payload, email=payload, text=payload).text,
    ]

    for page in pages:
        assert _dangerous(page[page.index("<main") : page.index("</main>")]) == []
        assert "A 49" not in page


def _dangerous(html: str) -> list[str]:
    """The elements and attributes by which typed text could run."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag in {"script", "img", "svg", "iframe"}:
                found.append(tag)
            found.extend(name for name, _value in attrs if name.startswith("on"))
            links = [value or "" for name, value in attrs if name in {"href", "src", "action"}]
            found.extend(link for link in links if not link.startswith(("/", "#", "http")))

    Reader(convert_charrefs=True).feed(html)
    return found
