"""What each public page says it depends on: whatever changes it is among its tags."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from storefront.catalogue.models import ProductState
from storefront.claims.actions import change_category
from storefront.claims.queries import categories
from storefront.config import settings
from storefront.content import covers
from storefront.content.actions import change_post
from storefront.content.models import PostKind
from storefront.content.texts import PostTexts
from storefront.policies.document import default_document
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_collection, a_gift_card_product, a_product, the_product
from tests.builders.claims import a_public_claim
from tests.builders.content import EDITOR, a_post, an_author, seen, the_post_at
from tests.builders.pictures import bytes_of
from tests.client import ShopClient

# By endpoint, so that a new public page is missed.
PAGES = {
    "shop.home": "/",
    "shop.products": "/products",
    "shop.collection": "/collections/kits",
    "shop.product": "/products/oyster",
    "shop.robots": "/robots.txt",
    "shop.agents": "/agents.md",
    "shop.llms": "/llms.txt",
    "shop.journal": "/blog",
    "shop.journal_of_tag": "/blog/tags/growing",
    "shop.author": "/authors/jonna-reuter",
    "shop.post": "/blog/first",
    "shop.page": "/pages/about",
    "shop.journal_feed": "/blog/feed.xml",
    "shop.tag_feed": "/blog/tags/growing/feed.xml",
    "shop.author_feed": "/authors/jonna-reuter/feed.xml",
    "newsletter.form": "/newsletter",
    "newsletter.asked": "/newsletter/asked",
    "policies.shipping": "/policies/shipping",
    "policies.money_back": "/policies/money-back",
    "policies.withdrawal": "/policies/withdrawal",
}


@pytest.fixture(autouse=True)
def _shelf(app: Flask) -> None:
    with app.app_context():
        a_policy()
        a_collection("kits")
        for slug in ("oyster", "shiitake"):
            a_product(slug, title=slug.title(), collections=("kits",))
        a_post(title="First", body="{{ product: shiitake }}", tags=("Growing",))
        a_public_claim(title="Stated")
        a_post(title="About", kind=PostKind.PAGE, author_id=None)


def look(app: Flask, path: str) -> tuple[str, frozenset[str]]:
    """What a page says, and its tags, as a layer around the app finds them."""
    told: list[frozenset[str]] = []
    inner = app.wsgi_app

    def layer(environ: dict[str, Any], start: Any) -> Any:
        answer = inner(environ, start)
        told.append(environ["storefront.tags"])
        return answer

    app.wsgi_app = layer  # type: ignore[method-assign, assignment]
    try:
        return app.test_client().get(path).text, told[0]
    finally:
        app.wsgi_app = inner  # type: ignore[method-assign]


def test_every_public_page_has_tags(app: Flask) -> None:
    public = {name for name, view in app.view_functions.items() if getattr(view, "is_public", False)}

    assert public == set(PAGES)
    assert [path for path in PAGES.values() if not look(app, path)[1]] == []


def rename_a_good() -> set[str]:
    """The other good of the shelf."""
    a_product("shiitake", title="Another name", collections=("kits",))
    return {f"product:{the_product('shiitake').id}"}


def withdraw_a_good() -> set[str]:
    """It leaves shelves and counts."""
    a_product("shiitake", title="Shiitake", state=ProductState.WITHDRAWN, collections=("kits",))
    return {f"product:{the_product('shiitake').id}", "goods", f"collection:{the_kits()}"}


def add_a_good() -> set[str]:
    """No page can know its id before."""
    a_product("enoki", title="Enoki", collections=("kits",))
    return {"goods", f"collection:{the_kits()}"}


def sell_gift_cards() -> set[str]:
    """Every page says where their balance is told, and that the guarantee leaves them out."""
    a_gift_card_product()
    return {"gift-cards", "goods"}


def rename_the_collection() -> set[str]:
    """Its page, the menu, and the goods that name it."""
    renamed = a_collection("kits", title="Other words")
    return {f"collection:{renamed.id}", "collections"}


def add_a_collection() -> set[str]:
    """Another entry of the menu."""
    a_collection("teas", title="Teas", position=9)
    return {"collections"}


def promise_something_else() -> set[str]:
    """Thirty days instead of sixty."""
    document = default_document(settings().currency)
    a_policy(replace(document, money_back=replace(document.money_back, window_days=30)))
    return {"policy"}


def write_a_post() -> set[str]:
    """The newest of the journal."""
    a_post(title="Second", tags=("Growing",))
    return {"posts"}


def rewrite_the_post() -> set[str]:
    """Other words at the same address."""
    post = the_post_at("first")
    texts = PostTexts("Another title", "first", body="Other words.", author_id=an_author(), tags=("Growing",))
    change_post(post.id, texts, seen=seen(post.id), by=EDITOR)
    return {f"post:{post.id}"}


def picture_the_author() -> set[str]:
    """On their page and beside their name."""
    covers.hang_portrait(an_author(), bytes_of(), alt="Jonna", by=EDITOR)
    return {"posts"}


def write_a_page_of_the_footer() -> set[str]:
    """Named on every page."""
    a_post(title="Imprint", kind=PostKind.PAGE, author_id=None)
    return {"pages"}


def reword_a_disclaimer() -> set[str]:
    """What stands under whatever says something of its category."""
    for each in categories():
        change_category(each.id, each.title, "Other words.", is_on=True, by=EDITOR)
    return {"claims"}


def the_kits() -> int:
    """The id of the collection, which is saved again as it is."""
    return int(a_collection("kits").id)


CHANGES = [
    rename_a_good,
    withdraw_a_good,
    add_a_good,
    sell_gift_cards,
    rename_the_collection,
    add_a_collection,
    promise_something_else,
    reword_a_disclaimer,
    write_a_post,
    rewrite_the_post,
    picture_the_author,
    write_a_page_of_the_footer,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_that_reads_differently_carries_a_tag_of_what_changed(
    app: Flask, change: Callable[[], set[str]]
) -> None:
    before = {path: look(app, path) for path in PAGES.values()}

    with app.app_context():
        changed = change()

    differing = {path: tags for path, (said, tags) in before.items() if look(app, path)[0] != said}
    assert differing
    assert {path: tags for path, tags in differing.items() if not tags & changed} == {}


def test_tags_are_told_to_no_visitor(client: ShopClient) -> None:
    headers = client.get("/products/oyster").headers

    assert "product:" not in str(headers)
    assert "storefront.tags" not in str(headers)
