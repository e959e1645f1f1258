"""Addresses that posts and pages had before they moved in lead to where they are, and nowhere else."""

import re
from pathlib import Path

import pytest
from flask import Flask

from storefront.catalogue.stale import fingerprint
from storefront.content import actions, naming
from storefront.content.naming import TagTexts
from storefront.transfer.posts import import_posts
from tests.books import changed_tables, whole_database
from tests.builders.content import EDITOR, the_post_at
from tests.client import ShopClient
from tests.counting import Counting
from tests.transfer.wxr_files import an_export, entry, term

OLD = "https://old.example"


@pytest.fixture
def moved(app: Flask, tmp_path: Path) -> Flask:
    """A shop into which some posts have moved."""
    with app.app_context():
        import_posts(
            an_export(
                tmp_path,
                entry(
                    11,
                    term("category", "Hot drinks", "drinks"),
                    term("post_tag", "Green Tea", "green"),
                    term("post_tag", "Καφές", "%ce%ba%ce%b1%cf%86%ce%ad%cf%82"),
                    link=f"{OLD}/2012/01/tea/",
                    post_name="tea",
                    creator="j.lark@old.example",
                ),
                entry(12, link=f"{OLD}/about/us/", post_name="us", post_type="page"),
                entry(13, link=f"{OLD}//greek/%ce%b5%cf%80%ce%af/", post_name="%ce%b5%cf%80%ce%af"),
                entry(
                    14,
                    term("category", "Secret", "secret"),
                    link=f"{OLD}/?p=14",
                    post_name="",
                    status="draft",
                ),
                entry(15, link=f"{OLD}/2012/01/gone/", post_name="gone"),
                entry(16, link="https://evil.example//evil.example/x", post_name="//evil.example"),
            )
        )
        actions.withdraw(the_post_at("gone").id, by=EDITOR)
    return app


LEADS_TO: dict[str, str | None] = {
    "/2012/01/tea/": "/blog/tea",
    "/2012/01/tea": "/blog/tea",
    "/2012/01/07/tea/": "/blog/tea",
    "/tea/": "/blog/tea",
    "/TEA/": "/blog/tea",
    "/index.php/2012/01/tea/": "/blog/tea",
    "/?p=11": "/blog/tea",
    "/?p=11&preview=true": "/blog/tea",
    "/index.php?p=11": "/blog/tea",
    "/?page_id=12": "/pages/us",
    "/about/us/": "/pages/us",
    "/us/": "/pages/us",
    "/greek/%CE%B5%CF%80%CE%AF/": "/blog/%CE%B5%CF%80%CE%AF",
    "/?p=14": None,
    "/?p=99": None,
    "/?p=x": None,
    "/?p=" + "9" * 30: None,
    "/2012/01/gone/": None,
    "/?p=15": None,
    "/somewhere/tea/": None,
    "/wp-login.php": None,
    "/2012/01/tea/feed/": "/blog/tea",
    "/2012/01/tea/comment-page-2/": "/blog/tea",
    "/tea/amp": "/blog/tea",
    "/feed/": "/blog/feed.xml",
    "/feed": "/blog/feed.xml",
    "/feed/rss2/": "/blog/feed.xml",
    "/comments/feed/": "/blog/feed.xml",
    "/shop/feed/": "/blog/feed.xml",
    "/shop/comments/feed/": "/blog/feed.xml",
    "/index.php/feed/": "/blog/feed.xml",
    "/category/drinks/": "/blog/tags/hot-drinks",
    "/category/drinks": "/blog/tags/hot-drinks",
    "/category/Drinks/page/2/": "/blog/tags/hot-drinks",
    "/category/things/drinks/": "/blog/tags/hot-drinks",
    "/category/things/drinks/feed/atom/": "/blog/tags/hot-drinks/feed.xml",
    "/shop/category/drinks/": "/blog/tags/hot-drinks",
    "/tag/green/": "/blog/tags/green-tea",
    "/tag/green/feed/": "/blog/tags/green-tea/feed.xml",
    "/tag/%CE%BA%CE%B1%CF%86%CE%AD%CF%82/": "/blog/tags/%CE%BA%CE%B1%CF%86%CE%AD%CF%82",
    "/author/j-larkold-example/": "/authors/j-lark-old-example",
    "/author/j-larkold-example/page/3": "/authors/j-lark-old-example",
    "/author/j-larkold-example/feed/": "/authors/j-lark-old-example/feed.xml",
    "/author/jo/": "/authors/jo-lark",
    "/tag/drinks/": None,
    "/category/green/": None,
    "/category/hot-drinks/": None,
    "/category/secret/": None,
    "/category/": None,
    "/tag/": None,
    "/tag//green/x/": None,
    "/author/nobody/": None,
    "/elsewhere/feed/": None,
    "/elsewhere/category/drinks/": None,
    "/feed/x/": None,
    "/" + "a/" * 900 + "feed/": None,
    "/%00": None,
    "/" + "x" * 3_000: None,
}


def test_an_old_address_leads_to_the_present_one(moved: Flask) -> None:
    client = moved.test_client()

    answers = {old: client.get(old) for old in LEADS_TO}

    assert {old: answer.headers.get("Location") for old, answer in answers.items()} == LEADS_TO
    wanted = {old: 301 if to else 200 if old.startswith("/?") else 404 for old, to in LEADS_TO.items()}
    assert {old: answer.status_code for old, answer in answers.items()} == wanted


def test_nobody_is_led_out_of_the_shop(moved: Flask) -> None:
    client = moved.test_client()
    tried = [
        *("//evil.example/tea/", "/?p=16", "/evil.example/x", "//evil.example", "/\\evil.example"),
        *("//evil.example/category/drinks/", "//evil.example/feed/", "/category//evil.example/"),
    ]

    places = [client.get(old).headers.get("Location", "/") for old in tried]

    assert [place for place in places if not re.match(r"/[a-z]*(/[^/\\]*)?$", place)] == []


def test_only_looking_leads_on(moved: Flask) -> None:
    client = moved.test_client()

    assert client.post("/2012/01/tea/").status_code in {403, 404}
    assert client.head("/2012/01/tea/").status_code == 301


def test_pages_that_are_here_ask_nothing_more(moved: Flask, count_queries: Counting) -> None:
    client = moved.test_client()
    client.get("/")

    with count_queries() as sent:
        client.get("/")
        client.get("/blog/tea")

    assert "moved_post" not in str(sent)


def test_a_shop_into_which_nothing_moved_leads_nowhere(client: ShopClient) -> None:
    for old in (
        "/feed/",
        "/comments/feed/",
        "/category/tea/",
        "/tag/tea/",
        "/author/jo/",
        "/?p=1",
        "/2012/01/tea/",
    ):
        answer = client.get(old)
        assert answer.status_code == (200 if old.startswith("/?") else 404), old


def test_a_tag_that_was_renamed_here_is_found_by_its_old_place(moved: Flask) -> None:
    with moved.app_context():
        found = next(each for each in naming.tags() if each.slug == "hot-drinks")
        seen = fingerprint(TagTexts(found.title))
        actions.rename_tag(found.id, TagTexts("Warm drinks"), seen=seen, by=EDITOR)

    answer = moved.test_client().get("/category/drinks/")

    assert answer.headers["Location"] == "/blog/tags/warm-drinks"


def test_what_moved_in_twice_is_known_once(moved: Flask, tmp_path: Path) -> None:
    with moved.app_context():
        before = whole_database()
        import_posts(tmp_path / "export.xml")

        assert changed_tables(before, whole_database()) == {}
