"""The browser of the tests: a client that says where its requests come from, as browsers do.

Knows Fetch Metadata and the shop's address; refuses to know any page.
"""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from storefront.config import Settings


class ShopClient(FlaskClient):
    """A client at the configured origin whose requests come from the shop's own pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.come_from("same-origin")

    def come_from(self, site: str | None) -> None:
        """From now on say `Sec-Fetch-Site: site`, or nothing at all, as old browsers and programs do."""
        if site is None:
            self.environ_base.pop("HTTP_SEC_FETCH_SITE", None)
        else:
            self.environ_base["HTTP_SEC_FETCH_SITE"] = site

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """As in Flask; a path alone is asked for at the configured origin."""
        if args and isinstance(args[0], str) and args[0].startswith("/"):
            made: Settings = self.application.config["STOREFRONT"]
            kwargs.setdefault("base_url", made.origin)
        return super().open(*args, **kwargs)


def browser(app: Flask) -> ShopClient:
    """A new browser without cookies."""
    app.test_client_class = ShopClient
    client = app.test_client()
    assert isinstance(client, ShopClient)
    return client
