"""A Chromium, and a shop in front of it, for the walks that need both.

Knows how they are started and stopped; refuses to know the walks.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from tests.needs import needs_chromium
from tests.servers.loopback import LoopbackServer
from tests.servers.stripe import StripeStandIn
from tests.walks.live import FLAGS, LiveShop, fill_shelves


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium for the tests of one file."""
    path = needs_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def shop(
    serve: Callable[..., LoopbackServer], make_app: Callable[..., Flask], tmp_path: Path
) -> Iterator[LiveShop]:
    """The shop over HTTP, with goods, and the sandbox to pay in."""
    server = serve()
    sandbox = StripeStandIn(tmp_path, shop_origin=server.url)
    app = make_app(origin=server.url, **sandbox.settings)
    sandbox.shop, server.app = app, app
    fill_shelves(app)
    yield LiveShop(server.url, app, sandbox)
    sandbox.close()
