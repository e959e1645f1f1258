"""The journal's pages: few queries, no cookie, live cards, old addresses, feeds and words for machines."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask

from storefront.catalogue.models import ProductState
from storefront.content import actions
from storefront.content.models import PostKind
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_product, the_product, the_variants, variant_facts
from tests.builders.content import EDITOR, a_post, an_author, post_texts, seen
from tests.client import ShopClient
from tests.counting import Counted

CountQueries = Callable[[], AbstractContextManager[Counted]]

BODY = """Opening words.

{{ product: kit }}

## First

Text.

{{ product: cup }}

## Second

More.

{{ product: tea }}

## Third

End."""
PAGES = ["/blog", "/blog/twelve-days", "/blog/tags/growing", "/authors/jonna-reuter", "/pages/about"]
FEEDS = ["/blog/feed.xml", "/blog/tags/growing/feed.xml", "/authors/jonna-reuter/feed.xml"]


@pytest.fixture(autouse=True)
def _magazine(app: Flask) -> None:
    with app.app_context():
        a_policy()
        a_product("kit", title="Kit")
        a_product("cup", variant_facts("Small"), variant_facts("Large", price_minor=3000), options=("Size",))
        a_product("tea", variant_facts(on_hand=0), title="Tea")
        an_author(bio="She grows.")
        a_post(title="Before", tags=("Growing",))
        a_post(title="Twelve days", summary="A diary.", body=BODY, tags=("Growing", "Kits"))
        a_post(title="After", tags=("Brewing",))
        a_post(title="About", kind=PostKind.PAGE, author_id=None)
        a_post(title="Hidden", tags=("Secret",), published=False)


@pytest.mark.parametrize("path", [*PAGES, *FEEDS])
def test_a_page_of_the_journal_costs_four_queries_at_most(
    client: ShopClient, count_queries: CountQueries, path: str
) -> None:
    with count_queries() as counted:
        answer = client.get(path)

    assert answer.status_code == 200
    # Feeds carry whole texts, and so what was answered for them.
    assert counted.selects <= (4 if path in FEEDS else 3), str(counted)
    assert counted.writes == 0


def test_a_post_with_cards_and_its_thread_costs_three_queries(
    client: ShopClient, count_queries: CountQueries
) -> None:
    with count_queries() as counted:
        client.get("/blog/twelve-days")

    assert counted.selects == 3, str(counted)


@pytest.mark.parametrize("path", [*PAGES, *FEEDS])
def test_a_page_of_the_journal_sets_no_cookie_and_is_revalidated(client: ShopClient, path: str) -> None:
    answer = client.get(path)
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert "Set-Cookie" not in answer.headers
    assert again.status_code == 304


@pytest.mark.parametrize("path", PAGES[:4])
def test_instants_are_written_to_the_second(client: ShopClient, path: str) -> None:
    """HTML takes thousandths at most, and nobody reads them."""
    html = client.get(path).text

    found = re.findall(r'(?:datetime|published_time" content)="([^"]*)"|"date\w+": ?"([^"]*)"', html)
    written = [first or second for first, second in found]
    assert written
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", each) for each in written), written


def test_a_card_carries_its_post_and_the_variants_that_can_be_had(app: Flask, client: ShopClient) -> None:
    page = client.get("/blog/twelve-days").text

    with app.app_context():
        small, large = (variant.id for variant in the_variants("cup"))
    assert page.count('action="/cart/lines"') == 2
    assert page.count('name="post"') == 2
    assert f'<option value="{small}">Small, €24.00</option>' in page
    assert f'<option value="{large}">Large, €30.00</option>' in page


def test_what_cannot_be_had_becomes_a_sentence(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("kit", title="Kit", state=ProductState.WITHDRAWN)

    page = client.get("/blog/twelve-days").text

    assert "It is sold out at the moment." in page
    assert '<a href="/products/kit">Kit</a>: We no longer sell this.' in page
    assert page.count('action="/cart/lines"') == 1


def test_a_card_shows_the_price_of_now_not_of_when_it_was_written(app: Flask, client: ShopClient) -> None:
    before = client.get("/blog/twelve-days").text
    with app.app_context():
        a_product("kit", variant_facts(price_minor=1999), title="Kit")

    after = client.get("/blog/twelve-days").text

    assert "€19.99" not in before
    assert "€19.99" in after


def test_a_post_that_shows_our_goods_says_so(client: ShopClient) -> None:
    assert "We sell the goods this shows." in client.get("/blog/twelve-days").text
    assert "We sell the goods this shows." not in client.get("/blog/before").text


def test_a_long_post_has_contents_and_a_short_one_has_none(client: ShopClient) -> None:
    assert re.findall(r'<li><a href="#(s-\w+)">', client.get("/blog/twelve-days").text) == [
        "s-first",
        "s-second",
        "s-third",
    ]
    assert 'class="toc"' not in client.get("/blog/before").text


def test_a_post_leads_to_its_neighbours_and_to_its_like(client: ShopClient) -> None:
    page = client.get("/blog/twelve-days").text

    nearby, alike = page.split('id="post-next"')[1].split('id="post-related"')
    assert re.findall(r'<h3><a href="([^"]+)"', nearby) == ["/blog/before", "/blog/after"]
    assert re.findall(r'<h3><a href="([^"]+)"', alike) == ["/blog/before"]


@pytest.mark.parametrize("path", ["/blog/hidden", "/blog/tags/secret", "/pages/twelve-days", "/blog/about"])
def test_what_is_not_public_or_stands_elsewhere_is_not_found(client: ShopClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_withdrawn_post_is_gone_from_everywhere(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        post = a_post(title="Mistake", tags=("Growing",))
        actions.withdraw(post.id, by=EDITOR)

    assert client.get("/blog/mistake").status_code == 404
    assert [path for path in [*PAGES, *FEEDS, "/"] if "Mistake" in client.get(path).text] == []


def test_an_address_that_a_post_had_leads_to_the_present_one(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        post = a_post(title="Old name")
        texts = post_texts(title="New name", slug="new-name")
        actions.change_post(post.id, texts, seen=seen(post.id), by=EDITOR)

    answer = client.get("/blog/old-name")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/blog/new-name")
    assert client.get("/blog/new-name").status_code == 200


def test_machines_are_told_what_the_page_says(client: ShopClient) -> None:
    page = client.get("/blog/twelve-days").text

    said: dict[str, Any] = json.loads(
        re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[0]
    )
    article, way = said["@graph"]
    assert article["headline"] == "Twelve days"
    assert article["author"]["name"] == "Jonna Reuter"
    assert [step["name"] for step in way["itemListElement"]][1:] == ["Journal", "Growing", "Twelve days"]
    assert '<meta property="og:title" content="Twelve days">' in page


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        (FEEDS[0], ["After", "Twelve days", "Before"]),
        (FEEDS[1], ["Twelve days", "Before"]),
        (FEEDS[2], ["After", "Twelve days", "Before"]),
    ],
)
def test_a_feed_is_atom_with_whole_posts(client: ShopClient, path: str, titles: list[str]) -> None:
    answer = client.get(path)

    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(answer.text)
    assert answer.mimetype == "application/atom+xml"
    assert [each.findtext(f"{atom}title") for each in feed.findall(f"{atom}entry")] == titles
    contents = [each.findtext(f"{atom}content") or "" for each in feed.findall(f"{atom}entry")]
    assert any("<h2" in each and "/products/kit" in each for each in contents)


def test_a_feed_was_changed_when_a_post_appeared_in_it(
    app: Flask, client: ShopClient, frozen: ModuleType
) -> None:
    with app.app_context():
        later = a_post(title="Later", published=False).id
        frozen.advance(timedelta(days=1))
        actions.publish(later, by=EDITOR)

    feed = ElementTree.fromstring(client.get(FEEDS[0]).text)

    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.findtext(f"{atom}updated") == feed.findtext(f"{atom}entry/{atom}updated")


def test_the_journal_turns_its_pages(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        for number in range(12):
            a_post(title=f"More {number}")

    first, second = client.get("/blog").text, client.get("/blog?page=2").text

    assert "/blog/before" not in first
    assert 'href="/blog?page=2"' in first
    assert "/blog/before" in second
    assert client.get("/blog?page=3").status_code == 404
    assert client.get("/blog?page=wrong").status_code == 200


def test_a_product_leads_to_what_is_written_about_it(client: ShopClient) -> None:
    assert '<h3><a href="/blog/twelve-days">Twelve days</a></h3>' in client.get("/products/kit").text


def test_the_products_page_is_untouched_by_a_draft(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        assert the_product("kit").id
        a_post(title="Unready", body="{{ product: kit }}", published=False)

    assert "Unready" not in client.get("/products/kit").text
