"""The picture of an author: taken by the one door, on their page and beside their name, gone when removed."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.content import covers
from storefront.content.models import Author
from storefront.database import session
from storefront.errors import NotFound, Refused
from storefront.pictures.storage import storage
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.content import EDITOR, a_post, an_author
from tests.builders.pictures import bytes_of
from tests.client import ShopClient
from tests.counting import Counting
from tests.staff.goods import hidden

PAGE, POST = "/authors/jonna-reuter", "/blog/rain"


def the_author() -> Author:
    """The author as they now stand."""
    return session().scalars(sa.select(Author).execution_options(populate_existing=True)).one()


@pytest.fixture
def pictured(app: Flask, drain: Callable[[], int]) -> Flask:
    """A shop with a post by an author who has a picture in all its sizes."""
    with app.app_context():
        a_policy()
        a_post(title="Rain", slug="rain")
        covers.hang_portrait(an_author(), bytes_of(size=(700, 700)), alt="Jonna in a hat", by=EDITOR)
    drain()
    return app


def linked(page: str) -> list[dict[str, Any]]:
    """What a page says to machines."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return [each for text in found for each in json.loads(text)["@graph"]]


def test_an_author_is_seen_on_their_page_and_beside_their_name(pictured: Flask) -> None:
    client = pictured.test_client()
    with pictured.app_context():
        file = str(the_author().file)
    stem = file.rpartition(".")[0]

    page, post = client.get(PAGE).text, client.get(POST).text

    assert f"{stem}-640.webp 640w" in page
    assert 'alt="Jonna in a hat"' in page
    (profile,) = [each for each in linked(page) if each["@type"] == "ProfilePage"]
    assert profile["mainEntity"]["image"].endswith(f"/pictures/{file}")
    # The name beside it says it all.
    (face,) = re.findall(r'<span class="face">(.*?)</span>', post)
    assert f"{stem}-320.webp 320w" in face
    assert 'alt=""' in face
    (article,) = [each for each in linked(post) if each["@type"] == "BlogPosting"]
    assert article["author"]["image"].endswith(f"/pictures/{file}")


def test_without_a_picture_nothing_stands_in_its_place(app: Flask) -> None:
    with app.app_context():
        a_policy()
        a_post(title="Rain", slug="rain")
    client = app.test_client()

    page, post = client.get(PAGE).text, client.get(POST).text

    assert "opener-faced" not in page
    assert 'class="face"' not in post
    assert "image" not in linked(post)[0]["author"]
    assert "image" not in linked(page)[0]["mainEntity"]


def test_a_picture_costs_no_statement(pictured: Flask, count_queries: Counting) -> None:
    client = pictured.test_client()
    for path in (PAGE, POST):
        client.get(path)

        with count_queries() as sent:
            client.get(path)

        assert sent.selects <= 3, str(sent)


def test_a_picture_is_replaced_and_removed_with_its_files(pictured: Flask, drain: Callable[[], int]) -> None:
    with pictured.app_context():
        author_id, first = the_author().id, str(the_author().file)
        covers.hang_portrait(author_id, bytes_of(size=(400, 400)), alt="Jonna", by=EDITOR)
        second = str(the_author().file)
    drain()
    with pictured.app_context():
        with pytest.raises(FileNotFoundError):
            storage().open(first)
        covers.take_portrait_down(author_id, by=EDITOR)
        covers.take_portrait_down(author_id, by=EDITOR)
    drain()

    with pictured.app_context(), pytest.raises(FileNotFoundError):
        storage().open(second)
    assert "opener-faced" not in pictured.test_client().get(PAGE).text


def test_no_picture_without_words_none_that_is_none_and_none_of_nobody(app: Flask) -> None:
    with app.app_context():
        author_id = an_author()

        for content, alt in ((bytes_of(), " "), (b"<svg onload=alert(1)>", "Jonna")):
            with pytest.raises(Refused):
                covers.hang_portrait(author_id, content, alt=alt, by=EDITOR)
        for refused in (
            lambda: covers.hang_portrait(author_id + 1, bytes_of(), alt="Jonna", by=EDITOR),
            lambda: covers.describe_portrait(author_id, alt="Jonna", by=EDITOR),
        ):
            with pytest.raises(NotFound):
                refused()

        assert the_author().file is None


def test_an_editor_hangs_describes_and_removes_a_picture(app: Flask) -> None:
    with app.app_context():
        a_policy()
        author_id, person = an_author(), a_staff_member(role="content").id
    editor: ShopClient = signed_in(app, person)
    page = f"/staff/posts/authors/{author_id}"

    def sent(to: str, **data: object) -> int:
        token = hidden(editor.get(page).text)["csrf_token"]
        return editor.post(f"{page}/{to}", data={"csrf_token": token, **data}).status_code

    assert sent("picture", file=(BytesIO(bytes_of()), "x.jpg"), alt="") == 400
    assert sent("picture", file=(BytesIO(b"no picture"), "x.jpg"), alt="Jonna") == 400
    assert sent("picture", file=(BytesIO(bytes_of()), "x.jpg"), alt="Jonna") == 303
    assert sent("picture", alt="Jonna in a hat") == 303
    with app.app_context():
        assert the_author().alt == "Jonna in a hat"
    assert "Remove the picture" in editor.get(page).text
    assert sent("picture/remove") == 303
    with app.app_context():
        assert the_author().file is None
