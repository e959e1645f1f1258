"""Pages that are the same for everyone, pages that are not, and how they may be kept."""

import pytest

from tests.client import ShopClient


def test_a_public_page_is_checked_by_its_etag_and_carries_no_cookie(probed: ShopClient) -> None:
    response = probed.get("/probe/public")

    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert response.headers["ETag"]
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


def test_an_unchanged_public_page_is_not_sent_again(probed: ShopClient) -> None:
    etag = probed.get("/probe/public").headers["ETag"]

    again = probed.get("/probe/public", headers={"If-None-Match": etag})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag
    assert again.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("name", ["public-but-personal", "public-with-cookie"])
def test_a_public_page_that_looks_at_its_visitor_is_a_bug(probed: ShopClient, name: str) -> None:
    response = probed.get(f"/probe/{name}")

    assert response.status_code == 500
    assert "Set-Cookie" not in response.headers


def test_a_personal_page_is_kept_by_nobody(probed: ShopClient) -> None:
    headers = probed.get("/probe/personal").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
