"""The moderators' pages: the queue, one comment, decisions, and the report of what was not published."""

import re

import pytest
from flask import Flask

from storefront.comments.deciding import decide_comments
from storefront.comments.models import CommentState, Verdict
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.comments import LONG, STAFF, a_comment, the_comment
from tests.client import ShopClient

QUEUE = "/staff/comments"


@pytest.fixture
def moderator(app: Flask) -> ShopClient:
    """A browser of somebody whose role is content."""
    with app.app_context():
        iris = a_staff_member(role="content", name="Iris Weller")
    return signed_in(app, iris)


def decide(client: ShopClient, ids: list[int], verdict: str, **more: str) -> int:
    csrf = token(client.get(f"/staff/comments/{ids[0]}"))
    data = {"csrf_token": csrf, "comment": ids, "verdict": verdict, **more}
    return client.post(f"{QUEUE}/decisions", data=data).status_code


def states(app: Flask, ids: list[int]) -> list[CommentState]:
    with app.app_context():
        return [the_comment(each).state for each in ids]


@pytest.mark.parametrize("role", ["orders", "refunds", "catalogue"])
def test_the_queue_is_not_there_for_others(app: Flask, role: str) -> None:
    with app.app_context():
        person, made = a_staff_member(role=role), a_comment()
    client = signed_in(app, person)

    paths = (QUEUE, f"{QUEUE}/{made.id}", f"{QUEUE}/report", f"{QUEUE}/report.csv")
    assert [client.get(path).status_code for path in paths] == [404] * 4


def test_the_queue_shows_a_copy_beside_the_first(app: Flask, moderator: ShopClient) -> None:
    with app.app_context():
        a_comment(name="Greta First", text=LONG, published=True)
        a_comment(name="Lene Second", text=LONG.upper())

    page = moderator.get(QUEUE).text

    row = re.search(r"<tbody>.*?</tbody>", page, re.S)
    assert row
    assert "Lene Second" in row[0]
    assert "Greta First" in row[0]
    assert "Like words before" in row[0]


def test_many_are_decided_about_after_a_question(app: Flask, moderator: ShopClient) -> None:
    with app.app_context():
        ids = [a_comment().id for _time in range(3)]

    asked = decide(moderator, ids[:2], "publish")
    before = states(app, ids)
    done = decide(moderator, ids[:2], "publish", sure="1")

    assert (asked, done) == (200, 303)
    assert before == [CommentState.HELD] * 3
    assert states(app, ids) == [CommentState.PUBLISHED, CommentState.PUBLISHED, CommentState.HELD]


def test_a_rejection_wants_a_reason(app: Flask, moderator: ShopClient) -> None:
    with app.app_context():
        made = a_comment()

    assert decide(moderator, [made.id], "reject", sure="1") == 422
    assert decide(moderator, [made.id], "reject", sure="1", reason="advert") == 303
    assert states(app, [made.id]) == [CommentState.REJECTED]


def test_after_one_decision_comes_the_next_that_waits(app: Flask, moderator: ShopClient) -> None:
    with app.app_context():
        first, second = a_comment(), a_comment()
    path = f"{QUEUE}/{first.id}"

    csrf = token(moderator.get(path))
    answer = moderator.post(f"{path}/decision", data={"csrf_token": csrf, "verdict": "spam"})

    assert answer.location == f"{QUEUE}/{second.id}"
    assert states(app, [first.id]) == [CommentState.SPAM]


def test_without_its_token_nothing_is_decided(app: Flask, moderator: ShopClient) -> None:
    with app.app_context():
        made = a_comment()

    moderator.post(f"{QUEUE}/{made.id}/decision", data={"verdict": "publish"})

    assert states(app, [made.id]) == [CommentState.HELD]


def test_one_comment_stands_beside_what_else_its_writer_said(app: Flask, moderator: ShopClient) -> None:
    with app.app_context():
        a_comment(email="greta@example.org", text="Said before", published=True)
        made = a_comment(email="greta@example.org", text="Said now")

    page = words(moderator.get(f"{QUEUE}/{made.id}"))

    assert "Said now" in page
    assert "Said before" in page


def test_the_report_says_what_was_rejected_by_whom_and_why(app: Flask, moderator: ShopClient) -> None:
    with app.app_context():
        made = a_comment(name="=cmd()", text="Too dear for what it is, says everybody")
        a_comment(published=True)
        decide_comments([made.id], Verdict.REJECT, reason="off_topic", by=STAFF)

    page = words(moderator.get(f"{QUEUE}/report"))
    file = moderator.get(f"{QUEUE}/report.csv?span=7&_external=1").text

    assert "Is about something else" in page
    assert "Too dear" in page
    assert "'=cmd()" in file
    assert file.count("\n") == 2


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"]
)
def test_what_is_typed_is_shown_to_moderators_as_text(app: Flask, moderator: ShopClient, typed: str) -> None:
    with app.app_context():
        made = a_comment(name=f"A{typed}", text=typed)
        decide_comments([made.id], Verdict.REJECT, reason="abuse", by=STAFF)
    paths = (f"{QUEUE}?state=rejected", f"{QUEUE}/{made.id}", f"{QUEUE}/report")

    for page in (moderator.get(path).text for path in paths):
        inside = page[page.index("<main") :]
        assert typed[:10] in inside.replace("&lt;", "<").replace("&#34;", '"').replace("&gt;", ">")
        assert "<script>alert" not in inside
        assert "<img" not in inside
        assert "A49" not in inside


@pytest.mark.parametrize("query", ["state=nothing", "after=-1", "after=x", "after=99999999999999999999"])
def test_nonsense_in_the_address_is_the_usual_list(moderator: ShopClient, query: str) -> None:
    assert moderator.get(f"{QUEUE}?{query}").status_code == 200


def test_a_thread_is_closed_from_any_comment_in_it(app: Flask, moderator: ShopClient) -> None:
    with app.app_context():
        page = f"{QUEUE}/{a_comment().id}"

    answer = moderator.post(f"{page}/thread", data={"csrf_token": token(moderator.get(page)), "to": "close"})

    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert "Open the comments again" in moderator.get(page).text
    nothing = moderator.post(f"{page}/thread", data={"csrf_token": token(moderator.get(page)), "to": "burn"})
    assert nothing.status_code == 404
