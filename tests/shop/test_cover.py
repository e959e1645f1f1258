"""What the front page opens with: the words and the picture of the settings, or the first shelf's own."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront.catalogue.actions import save_collection
from storefront.catalogue.facts import CollectionFacts
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_product
from tests.client import browser


def front_page(app: Flask) -> str:
    with app.app_context():
        a_policy()
        save_collection(
            CollectionFacts(slug="kits", title="Growing kits", intro="Mist twice a day, and wait.")
        )
        a_product("kit", collections=("kits",))
    return browser(app).get("/").text


def test_without_words_of_its_own_the_first_shelf_opens_the_shop(make_app: Callable[..., Flask]) -> None:
    page = front_page(make_app())

    assert "<h1>Growing kits</h1>" in page
    assert "Mist twice a day, and wait." in page


def test_the_settings_say_how_the_shop_opens(make_app: Callable[..., Flask]) -> None:
    app = make_app(
        cover_title="Something to grow", cover_lead="And tea.", cover_picture="demo/cover-shelf.svg"
    )

    page = front_page(app)

    assert "<h1>Something to grow</h1>" in page
    assert '<p class="lead">And tea.</p>' in page
    assert "/static/demo/cover-shelf." in page


@pytest.mark.parametrize("path", ["demo/not-there.svg", "../wsgi.py", "/etc/passwd"])
def test_a_cover_picture_that_is_not_there_is_not_shown(make_app: Callable[..., Flask], path: str) -> None:
    page = front_page(make_app(cover_picture=path))

    assert path.rpartition("/")[2].partition(".")[0] not in page


def test_search_engines_are_told_which_pages_are_somebodys_own(make_app: Callable[..., Flask]) -> None:
    answer = browser(make_app()).get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert answer.text.splitlines()[0] == "User-agent: *"
    assert "Disallow: /cart" in answer.text
    assert "Disallow: /products" not in answer.text
