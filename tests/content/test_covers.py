"""The cover of a post: taken by the one door, in its sizes, shown wherever the post is, and gone when removed."""

import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from storefront.content import covers
from storefront.errors import Refused
from storefront.pictures.storage import storage
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.content import EDITOR, a_post, the_post
from tests.builders.pictures import bytes_of
from tests.client import ShopClient
from tests.staff.goods import hidden


def a_covered(app: Flask, drain: Callable[[], int]) -> tuple[int, str]:
    """A public post with a cover in all its sizes: its id and the cover's file."""
    with app.app_context():
        a_policy()
        post = a_post(title="Rain", slug="rain")
        covers.hang_cover(post.id, bytes_of(size=(1400, 700)), alt="Rain on a roof", by=EDITOR)
    drain()
    with app.app_context():
        return post.id, str(the_post(post.id).file)


def test_a_cover_is_shown_wherever_its_post_is(app: Flask, drain: Callable[[], int]) -> None:
    _id, file = a_covered(app, drain)
    client = app.test_client()

    page, journal = client.get("/blog/rain").text, client.get("/blog").text

    stem = file.rpartition(".")[0]
    assert f"{stem}-960.webp 960w" in page
    assert 'alt="Rain on a roof"' in page
    assert re.search(rf'<meta property="og:image" content="http[^"]*/pictures/{stem}[^"]*">', page)
    linked = [
        json.loads(each) for each in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    ]
    assert any(f"/pictures/{file}" in json.dumps(each) for each in linked)
    assert f"{stem}-640.webp 640w" in journal


def test_a_cover_is_replaced_and_removed_with_its_files(app: Flask, drain: Callable[[], int]) -> None:
    post_id, first = a_covered(app, drain)

    with app.app_context():
        covers.hang_cover(post_id, bytes_of(size=(900, 450)), alt="Snow", by=EDITOR)
        second = str(the_post(post_id).file)
    drain()
    with app.app_context(), pytest.raises(FileNotFoundError):
        storage().open(first)
    with app.app_context():
        covers.take_cover_down(post_id, by=EDITOR)
        covers.take_cover_down(post_id, by=EDITOR)
    drain()

    with app.app_context(), pytest.raises(FileNotFoundError):
        storage().open(second)
    assert "og:image" not in app.test_client().get("/blog/rain").text


def test_no_cover_without_words_and_none_that_is_no_picture(app: Flask) -> None:
    with app.app_context():
        post = a_post(title="Rain")

        for content, alt in ((bytes_of(), " "), (b"<svg onload=alert(1)>", "Rain")):
            with pytest.raises(Refused):
                covers.hang_cover(post.id, content, alt=alt, by=EDITOR)

        assert the_post(post.id).file is None


def test_an_editor_hangs_describes_and_removes_a_cover(app: Flask) -> None:
    with app.app_context():
        a_policy()
        post_id, person = a_post(title="Rain").id, a_staff_member(role="content").id
    editor: ShopClient = signed_in(app, person)
    page = f"/staff/posts/{post_id}"

    def sent(to: str, **data: object) -> int:
        token = hidden(editor.get(page).text)["csrf_token"]
        return editor.post(f"{page}/{to}", data={"csrf_token": token, **data}).status_code

    assert sent("cover", file=(BytesIO(bytes_of()), "x.jpg"), alt="") == 400
    assert sent("cover", file=(BytesIO(bytes_of()), "x.jpg"), alt="Rain") == 303
    assert sent("cover", alt="Much rain") == 303
    with app.app_context():
        assert the_post(post_id).alt == "Much rain"
    assert sent("cover/remove") == 303
    with app.app_context():
        assert the_post(post_id).file is None
