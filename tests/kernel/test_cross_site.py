"""Requests that another site made a browser send."""

from collections.abc import Callable

import pytest

from tests.client import ShopClient

OURS, OTHER = "http://localhost", "https://evil.example"

# Sec-Fetch-Site, Origin, whether a cookie comes along, whether the request is taken
MATRIX = [
    ("same-origin", OURS, True, True),
    ("same-origin", None, True, True),
    ("same-origin", OTHER, True, True),
    ("same-site", OURS, False, False),
    ("cross-site", OURS, False, False),
    ("cross-site", OTHER, True, False),
    ("none", None, True, False),
    ("none", OURS, True, False),
    ("", OURS, True, False),
    ("SAME-ORIGIN", OURS, True, False),
    (None, OURS, True, True),
    (None, OURS, False, True),
    (None, OTHER, True, False),
    (None, OTHER, False, False),
    (None, "null", True, False),
    (None, "http://localhost:80", True, False),
    (None, "http://localhost.evil.example", True, False),
    (None, "https://localhost", True, False),
    (None, None, True, False),
    (None, None, False, True),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(("site", "origin", "cookie", "taken"), MATRIX)
def test_an_unsafe_request_comes_from_our_own_pages(
    probed: ShopClient, method: str, site: str | None, origin: str | None, cookie: bool, taken: bool
) -> None:
    if cookie:
        probed.set_cookie("session", "x", domain="localhost")
    probed.come_from(site)

    response = probed.open("/probe/form", method=method, headers={"Origin": origin} if origin else {})

    assert response.status_code == (200 if taken else 403)


def test_a_further_origin_of_the_shop_is_ours_too(probe: Callable[..., ShopClient]) -> None:
    client = probe(other_origins="https://www.shop.example")
    client.come_from(None)

    assert client.post("/probe/form", headers={"Origin": "https://www.shop.example"}).status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "same-site", "cross-site", "none"])
def test_reading_is_open_to_links_from_anywhere(probed: ShopClient, site: str) -> None:
    probed.come_from(site)

    assert probed.get("/probe/plain", headers={"Origin": OTHER}).status_code == 200


def test_what_is_signed_by_its_sender_needs_no_browser(probed: ShopClient) -> None:
    probed.come_from(None)
    probed.set_cookie("session", "x", domain="localhost")

    assert probed.post("/probe/signed", headers={"Origin": OTHER}).status_code == 200


def test_a_form_sent_to_no_page_is_a_page_not_found(probed: ShopClient) -> None:
    probed.come_from("cross-site")

    assert probed.post("/nowhere").status_code == 404
