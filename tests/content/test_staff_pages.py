"""Posts for staff: written, previewed, published, restored; two editors at once lose nothing."""

import re
from typing import Any

import pytest
from flask import Flask

from storefront.content.models import PostState
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_product
from tests.builders.content import a_post, an_author, the_post
from tests.client import ShopClient
from tests.staff.goods import fields, hidden, press, send

NASTY = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
def editor(app: Flask) -> ShopClient:
    """Somebody who keeps the magazine, signed in; the shop sells a kit."""
    with app.app_context():
        a_policy()
        a_product("kit", title="Kit")
        an_author()
        person = a_staff_member(role="content").id
    return signed_in(app, person)


def a_saved(app: Flask, **said: Any) -> int:
    with app.app_context():
        return a_post(**said).id


def test_a_post_goes_from_the_form_to_the_journal(app: Flask, editor: ShopClient) -> None:
    with app.app_context():
        author = str(an_author())
    added = send(
        editor, "/staff/posts/new", title="News", body="{{ product: kit }}", author=author, kind="post"
    )
    page = added.headers["Location"]

    press(editor, page, f"{page}/state", "publish")

    assert 'action="/cart/lines"' in editor.get("/blog/news").text
    assert "News" in editor.get("/staff/posts?state=published").text
    assert "News" not in editor.get("/staff/posts?state=draft").text


def test_a_preview_saves_nothing_and_names_what_is_missing(app: Flask, editor: ShopClient) -> None:
    post_id = a_saved(app, title="News", body="Before.")

    shown = send(editor, f"/staff/posts/{post_id}", body="{{ product: nope }}")
    preview = editor.post(
        f"/staff/posts/{post_id}",
        data=fields(editor.get(f"/staff/posts/{post_id}").text)
        | {"body": "*After*\n\n{{ product: nope }}", "to": "preview"},
    ).text

    assert shown.status_code == 400
    assert "<em>After</em>" in preview
    assert "No product has the address “nope”." in preview
    with app.app_context():
        assert the_post(post_id).body == "Before."


def test_the_second_of_two_editors_is_shown_both_versions(app: Flask, editor: ShopClient) -> None:
    post_id = a_saved(app, title="News", body="First.")
    page = f"/staff/posts/{post_id}"
    opened = fields(editor.get(page).text)
    editor.post(page, data=opened | {"body": "Of the first editor."})

    answer = editor.post(page, data=opened | {"body": "Of the second editor."})

    assert answer.status_code == 400
    assert "Of the first editor." in answer.text
    assert "Of the second editor." in answer.text
    with app.app_context():
        assert the_post(post_id).body == "Of the first editor."


def test_an_old_version_is_compared_and_comes_back_as_the_newest(app: Flask, editor: ShopClient) -> None:
    post_id = a_saved(app, title="News", body="Old words.")
    page = f"/staff/posts/{post_id}"
    send(editor, page, body="New words.")

    compared = editor.get(f"{page}/versions/1").text
    token = hidden(compared)["csrf_token"]
    editor.post(f"{page}/versions/1", data={"csrf_token": token})

    assert "Old words.</del>" in compared
    assert "New words.</ins>" in compared
    with app.app_context():
        assert (the_post(post_id).body, the_post(post_id).version) == ("Old words.", 3)


@pytest.mark.parametrize("typed", ["", "soon", "2020-01-01T10:00", "99999-01-01T00:00"])
def test_a_wrong_time_schedules_nothing(app: Flask, editor: ShopClient, typed: str) -> None:
    post_id = a_saved(app, published=False)
    page = f"/staff/posts/{post_id}"

    token = hidden(editor.get(page).text)["csrf_token"]
    answer = editor.post(f"{page}/schedule", data={"csrf_token": token, "day": typed})

    assert answer.status_code == 303
    with app.app_context():
        assert the_post(post_id).state == PostState.DRAFT


def test_nothing_typed_runs_on_any_page(app: Flask, editor: ShopClient) -> None:
    with app.app_context():
        author = an_author(name=NASTY, slug="nasty", bio=NASTY)
    post_id = a_saved(
        app,
        title=NASTY,
        slug="nasty",
        summary=NASTY,
        body=f"## {NASTY}\n\n{NASTY}",
        author_id=author,
        tags=("a",),
    )

    pages = ["/blog", "/blog/nasty", "/authors/nasty", "/staff/posts", f"/staff/posts/{post_id}"]
    pages += [
        f"/staff/posts/{post_id}/versions",
        f"/staff/posts/{post_id}/versions/1",
        "/staff/posts/authors",
    ]
    assert [
        path for path in pages if "<script>alert" in (said := editor.get(path).text) or "<img src=x" in said
    ] == []


def test_a_new_post_begins_with_the_only_author_and_without_one_is_not_published(
    app: Flask, editor: ShopClient
) -> None:
    with app.app_context():
        author_id = an_author()
        post_id = a_post(author_id=None, published=False).id
    page = editor.get("/staff/posts/new").text

    answer = press(editor, f"/staff/posts/{post_id}", f"/staff/posts/{post_id}/state", "publish")

    assert f'<option selected value="{author_id}">Jonna' in page
    assert answer.status_code == 409
    assert 'id="author-wrong"' in answer.text


def test_an_author_is_added_once(app: Flask, editor: ShopClient) -> None:
    first = send(editor, "/staff/posts/authors", name="Tomas Brandt", bio="He packs.")
    second = send(editor, "/staff/posts/authors", name="Tomas Brandt", bio="")

    assert (first.status_code, second.status_code) == (303, 400)
    assert editor.get("/authors/tomas-brandt").status_code == 200


def test_an_editor_finds_goods_and_puts_their_card_behind_the_text(app: Flask, editor: ShopClient) -> None:
    post_id = a_saved(app, title="News", body="Before.")
    page = f"/staff/posts/{post_id}"
    typed = fields(editor.get(page).text) | {"body": "Typed."}

    found = editor.post(page, data=typed | {"find": "KI", "to": "find"}).text
    nothing = editor.post(page, data=typed | {"find": "%", "to": "find"}).text
    put = editor.post(page, data=typed | {"card": "kit"}).text

    assert 'name="card" value="kit"' in found
    assert "Typed." in found
    assert "No product that is sold fits." in nothing
    assert "Typed.\n\n{{ product: kit }}" in put
    with app.app_context():
        assert the_post(post_id).body == "Before."


def test_a_version_tells_what_else_was_said_and_who_saved_it(app: Flask, editor: ShopClient) -> None:
    page = f"/staff/posts/{a_saved(app, title='News', slug='news', tags=('Rain',))}"
    send(editor, page, title="Weather", slug="weather", tags="Rain, Sun", summary="Wet.")

    compared, listed = editor.get(f"{page}/versions/1").text, editor.get(f"{page}/versions").text

    changed = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td>', compared)
    assert changed == [
        ("Title", "<del>News</del>", "<ins>Weather</ins>"),
        ("Summary", '<span class="soft">nothing</span>', "<ins>Wet.</ins>"),
        ("Address", "<del>news</del>", "<ins>weather</ins>"),
        ("Tags", "<del>Rain</del>", "<ins>Rain, Sun</ins>"),
    ]
    assert "The text is the same as now." in compared
    assert re.findall(r">2</a></th><td>Weather</td><td>.*?</td><td>(.*?)</td>", listed) == ["Iris Weller"]


@pytest.mark.parametrize(
    ("sought", "answer"),
    [("ki", 'name="card" value="kit"'), ("", "Nothing is saved yet"), (" ", "Type a word")],
)
def test_enter_looks_for_goods_and_never_saves(
    app: Flask, editor: ShopClient, sought: str, answer: str
) -> None:
    post_id = a_saved(app, title="News", body="Before.")
    page = f"/staff/posts/{post_id}"
    shown = editor.get(page).text
    typed = fields(shown) | {"body": "Half a thought", "find": sought}

    first_button = re.findall(r'data-editor.*?<button[^>]*name="(\w+)" value="(\w+)"', shown, re.DOTALL)[0]
    pressed = editor.post(page, data=typed | dict([first_button]))

    assert (pressed.status_code, answer in pressed.text) == (200, True)
    assert "Half a thought" in pressed.text
    with app.app_context():
        assert the_post(post_id).body == "Before."


def test_the_comments_on_a_post_are_closed_and_opened_again(app: Flask, editor: ShopClient) -> None:
    page = f"/staff/posts/{a_saved(app, title='News', slug='news')}"

    press(editor, page, f"{page}/thread", "close")
    closed = editor.get("/blog/news").text
    press(editor, page, f"{page}/thread", "open")

    assert "Comments on this are closed" in closed
    assert "Comments on this are closed" not in editor.get("/blog/news").text


@pytest.mark.parametrize(("published", "offered"), [(False, True), (True, False)])
def test_a_time_to_appear_is_offered_to_what_has_not_appeared_yet(
    app: Flask, editor: ShopClient, published: bool, offered: bool
) -> None:
    page = f"/staff/posts/{a_saved(app, published=published)}"

    assert (f'action="{page}/schedule"' in editor.get(page).text) is offered
