"""Pages that are the same for everyone: few queries, no cookie, an ETag, and nothing that breaks them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue.models import Collection, ProductState
from storefront.database import transaction
from tests.builders.cart import a_policy, words
from tests.builders.catalogue import a_collection, a_product, variant_facts
from tests.client import ShopClient
from tests.counting import Counted

CountQueries = Callable[[], AbstractContextManager[Counted]]

PAGES = ["/", "/products", "/collections/kits", "/products/lions-mane"]


@pytest.fixture(autouse=True)
def _shelf(app: Flask) -> None:
    with app.app_context():
        a_policy()
        a_collection("kits", title="Growing kits")
        for slug in ("lions-mane", "oyster", "shiitake"):
            sizes = (variant_facts("1 kg"), variant_facts("3 kg", price_minor=3900))
            a_product(slug, *sizes, title=slug.title(), options=("Size",), collections=("kits",))


@pytest.mark.parametrize(("path", "most"), [("/products/lions-mane", 3), ("/products", 3), ("/", 4)])
def test_a_page_costs_few_queries(
    client: ShopClient, count_queries: CountQueries, path: str, most: int
) -> None:
    with count_queries() as counted:
        answer = client.get(path)

    assert answer.status_code == 200
    assert counted.selects <= most, str(counted)
    assert counted.writes == 0


def test_a_collection_costs_three_queries_however_it_is_narrowed(
    client: ShopClient, count_queries: CountQueries
) -> None:
    with count_queries() as counted:
        client.get("/collections/kits?in-stock=1&sort=price-down")

    assert counted.selects <= 3, str(counted)


def test_a_shop_without_collections_has_pages(app: Flask, client: ShopClient) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Collection).values(in_menu=False))

    answer = client.get("/products/lions-mane")

    assert answer.status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_sets_no_cookie_and_is_revalidated(client: ShopClient, path: str) -> None:
    answer = client.get(path)

    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", PAGES)
def test_what_has_not_changed_is_not_sent_again(client: ShopClient, path: str) -> None:
    etag = client.get(path).headers["ETag"]

    answer = client.get(path, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.data) == (304, b"")


def test_a_page_is_the_same_whatever_cookies_are_sent(client: ShopClient) -> None:
    plain = client.get("/products/lions-mane").data
    for name in ("cart", "orders", "session", "draft"):
        client.set_cookie(name, "anything")

    assert client.get("/products/lions-mane").data == plain


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_and_a_way_past_the_menu(client: ShopClient, path: str) -> None:
    text = client.get(path).text

    assert text.count("<h1") == 1
    assert text.index('class="skip"') < text.index("<header")


@pytest.mark.parametrize(
    "path",
    [
        "/products/nothing",
        "/collections/nothing",
        "/products/draft",
        "/products/a%00b",
        "/collections/a%00b",
        "/nothing",
    ],
)
def test_what_is_not_there_is_a_404_in_the_shops_frame(app: Flask, client: ShopClient, path: str) -> None:
    with app.app_context():
        a_product("draft", state=ProductState.DRAFT)

    answer = client.get(path)

    assert answer.status_code == 404
    assert "/products" in answer.text


def test_the_menu_names_the_collections_and_where_one_is(client: ShopClient) -> None:
    text = client.get("/collections/kits").text

    assert '<a href="/collections/kits" aria-current="page">Growing kits</a>' in text


def test_the_promises_are_those_of_the_policy(client: ShopClient) -> None:
    said = words(client.get("/"))

    assert "Free shipping on all orders, no minimum" in said
    assert "60-day money-back guarantee" in said


def test_a_sandbox_says_that_no_money_moves(client: ShopClient) -> None:
    assert "Demo shop: no money moves" in words(client.get("/products"))


def test_a_shop_without_goods_still_opens(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        for slug in ("lions-mane", "oyster", "shiitake"):
            a_product(slug, state=ProductState.WITHDRAWN)

    assert app.test_client().get("http://localhost/").status_code == 200
