"""A Chromium, and a shop in front of it, for the walks that need both.

Knows how they are started and stopped; refuses to know the walks.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from tests.builders.cart import a_policy
from tests.environment import shop_environment
from tests.needs import needs_chromium
from tests.servers.loopback import LoopbackServer
from tests.servers.processes import ShopProcesses
from tests.servers.stripe import StripeStandIn
from tests.walks.live import FLAGS, LiveShop, fill_shelves

OpenShop = Callable[..., tuple[ShopProcesses, Flask]]


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


@pytest.fixture
def open_shop(tmp_path: Path, database_url: str, make_app: Callable[..., Flask]) -> Iterator[OpenShop]:
    """Opens the shop as processes, and an app of the test's own over the same database."""
    opened: list[ShopProcesses] = []

    def start(*, server: list[str] | None = None) -> tuple[ShopProcesses, Flask]:
        environ = shop_environment(database_url=database_url, folder=tmp_path)
        opened.append(ShopProcesses(tmp_path, environ, server=server))
        app = make_app(**opened[-1].settings)
        with app.app_context():
            a_policy()
        opened[-1].sandbox.start()
        opened[-1].server.start()
        return opened[-1], app

    yield start
    for shop in opened:
        shop.close()
