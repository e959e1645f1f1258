"""The policy pages are public, cacheable, and follow what is published."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from storefront.policies.actions import publish_policy
from tests.client import ShopClient
from tests.counting import Counted
from tests.policies.documents import a_document, a_zone

PAGES = ["/policies/shipping", "/policies/money-back", "/policies/withdrawal"]


def published(app: Flask, **promise: Any) -> None:
    """Put the default in force, with these facts of the money-back promise."""
    with app.app_context():
        publish_policy(a_document(**promise), author="system", note="")


@pytest.mark.parametrize("path", PAGES)
def test_a_policy_page_is_the_same_for_everyone(app: Flask, client: ShopClient, path: str) -> None:
    published(app)

    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"].startswith("public")


def test_changing_60_days_to_30_changes_the_page(app: Flask, client: ShopClient) -> None:
    published(app, window_days=60)
    before = client.get("/policies/money-back").get_data(as_text=True)

    published(app, window_days=30)
    after = client.get("/policies/money-back").get_data(as_text=True)

    assert ("60 days money back" in before, "30 days money back" in before) == (True, False)
    assert ("60 days money back" in after, "30 days money back" in after) == (False, True)


def test_names_from_the_document_are_shown_as_text(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        publish_policy(a_document(a_zone("DE", name="<b>Home</b>")), author="system", note="")

    page = client.get("/policies/shipping").get_data(as_text=True)

    assert "&lt;b&gt;Home&lt;/b&gt;" in page
    assert "<b>Home" not in page


@pytest.mark.parametrize("path", PAGES)
def test_a_policy_page_costs_few_queries(
    app: Flask,
    client: ShopClient,
    count_queries: Callable[[], AbstractContextManager[Counted]],
    path: str,
) -> None:
    published(app)

    with count_queries() as counted:
        client.get(path)

    assert counted.selects <= 3, str(counted)
