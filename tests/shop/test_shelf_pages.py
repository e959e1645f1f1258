"""Shelves: sorted and narrowed by their address, paged, and deaf to nonsense."""

import re
from html import unescape

import pytest
from flask import Flask

from storefront.catalogue import shelves
from tests.builders.cart import a_policy, words
from tests.builders.catalogue import a_collection, a_product, variant_facts
from tests.client import ShopClient


@pytest.fixture(autouse=True)
def _shelf(app: Flask) -> None:
    with app.app_context():
        a_policy()
        a_collection("kits", title="Growing kits")
        for slug, price, on_hand in (("a", 300, 9), ("b", 100, 0), ("c", 200, 2)):
            facts = variant_facts(price_minor=price, on_hand=on_hand)
            a_product(slug, facts, title=slug.upper(), collections=("kits",))


def _slugs(text: str) -> list[str]:
    return re.findall(r'<h3><a href="/products/([^"]+)"', text)


def _link(text: str, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', text)
    assert found, text
    return unescape(found[1])


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("?sort=price", ["b", "c", "a"]),
        ("?sort=price-down", ["a", "c", "b"]),
        ("?sort=title", ["a", "b", "c"]),
        ("?sort=price&in-stock=1", ["c", "a"]),
    ],
)
def test_the_address_sorts_and_narrows(client: ShopClient, query: str, slugs: list[str]) -> None:
    assert _slugs(client.get("/collections/kits" + query).text) == slugs


def test_a_filter_in_force_can_be_taken_away_alone(client: ShopClient) -> None:
    page = client.get("/collections/kits?in-stock=1&sort=price").text

    assert 'href="/collections/kits?sort=price"' in page


def test_tags_say_what_is_left(client: ShopClient) -> None:
    said = words(client.get("/products"))

    assert "2 left" in said
    assert "Sold out" in said
    assert "9 left" not in said


def test_the_number_of_goods_is_told_as_a_status(client: ShopClient) -> None:
    assert (
        '<p class="push" role="status" data-part="count"><strong>3 goods</strong></p>'
        in client.get("/products").text
    )


@pytest.mark.parametrize(
    "query",
    [
        "?page=-1",
        "?page=10000000000",
        "?sort=x",
        "?sort=",
        "?sort=price&sort=x",
        "?in-stock=yes",
        "?after=-1",
        "?after=0",
        "?after=1e3",
        "?after=１２",
        "?after=1_0",
        "?after=%00",
        "?before=' OR 1=1",
        "?after=" + "9" * 5000,
        "?" + "a" * 2000 + "=1",
    ],
)
def test_nonsense_in_the_address_shows_the_first_page(client: ShopClient, query: str) -> None:
    answer = client.get("/collections/kits" + query)

    assert answer.status_code == 200
    assert len(_slugs(answer.text)) == 3


@pytest.mark.parametrize("query", ["?after=1000000000", "?before=1000000000", "?after=9999999999999999999"])
def test_a_page_that_never_was_is_a_404(client: ShopClient, query: str) -> None:
    assert client.get("/collections/kits" + query).status_code == 404


def test_pages_lead_on_and_back(client: ShopClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        shelves.listing, "__kwdefaults__", {**(shelves.listing.__kwdefaults__ or {}), "size": 2}
    )

    first = client.get("/collections/kits?sort=title").text
    second = client.get(_link(first, "next")).text
    again = client.get(_link(second, "prev")).text

    assert (_slugs(first), _slugs(second), _slugs(again)) == (["a", "b"], ["c"], ["a", "b"])
    assert 'rel="next"' not in second


def test_every_good_leads_to_its_page(client: ShopClient) -> None:
    for slug in _slugs(client.get("/products").text):
        assert client.get(f"/products/{slug}").status_code == 200
