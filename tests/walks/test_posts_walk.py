"""From a post into the cart as a browser does it: by link without script and without storage, and by a module that
remembers, where the shop was told to."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from storefront.cart.contents import Cart
from storefront.cart.cookie import cart_in_cookie
from tests.builders.content import a_post
from tests.servers.loopback import LoopbackServer
from tests.servers.stripe import StripeStandIn
from tests.walks.live import LiveShop, a_page, fill_shelves, put_in

# What is looked at here is the browser, not the database.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]

KEPT = "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"


@pytest.fixture
def remembering(
    serve: Callable[..., LoopbackServer], make_app: Callable[..., Flask], tmp_path: Path
) -> Iterator[LiveShop]:
    """A shop that was told to remember which posts were read."""
    server = serve()
    sandbox = StripeStandIn(tmp_path, shop_origin=server.url)
    app = make_app(origin=server.url, remember_posts="yes", **sandbox.settings)
    sandbox.shop, server.app = app, app
    fill_shelves(app)
    yield LiveShop(server.url, app, sandbox)
    sandbox.close()


def posts(shop: LiveShop) -> list[int]:
    """The ids of three posts at /blog/one, /blog/two and /blog/three; the first leads to the kit by a link."""
    with shop.app.app_context():
        body = "Look at [the kit](/products/kit)."
        return [a_post(slug=slug, body=body).id for slug in ("one", "two", "three")]


def cart(shop: LiveShop, page: Page) -> Cart:
    """What the browser keeps for the shop."""
    (cookie,) = [each["value"] for each in page.context.cookies() if each["name"] == "cart"]
    with shop.app.test_request_context("/", headers={"Cookie": f"cart={cookie}"}):
        return cart_in_cookie()


@pytest.mark.parametrize("script", [True, False])
def test_a_link_in_a_post_says_its_post_without_script_or_storage(
    chromium: Browser, shop: LiveShop, script: bool
) -> None:
    (post_id, *_others) = posts(shop)
    with a_page(chromium, script=script) as page:
        page.goto(f"{shop.url}/blog/one")
        page.get_by_role("link", name="the kit").click()
        if script:
            # Another choice keeps the post in the address.
            page.get_by_role("link", name="3 kg").click()
            expect(page).to_have_url(re.compile(f"size=3-kg.*from_post={post_id}$"))
        put_in(page)
        expect(page.get_by_text("Lion’s mane kit is in your cart.").first).to_be_visible()

        found = cart(shop, page)
        assert [line.post_id for line in found.lines] == [post_id]
        assert (found.first_post, found.last_post) == (None, None)
        assert [each["name"] for each in page.context.cookies()][:1] == ["cart"]
        if script:
            assert page.evaluate(KEPT) == "[[],[]]"


def test_where_the_shop_remembers_the_first_and_the_latest_post_go_along(
    chromium: Browser, remembering: LiveShop
) -> None:
    first, _second, last = posts(remembering)
    with a_page(chromium) as page:
        for slug in ("one", "two", "three"):
            page.goto(f"{remembering.url}/blog/{slug}")
        page.goto(f"{remembering.url}/products/kit")
        put_in(page)
        expect(page.get_by_role("dialog", name="Your cart")).to_be_visible()

        found = cart(remembering, page)
        assert (found.first_post, found.last_post) == (first, last)
        assert [line.post_id for line in found.lines] == [None]
