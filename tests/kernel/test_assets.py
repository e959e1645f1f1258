"""Files under names that carry a hash of their content."""

import gzip
import hashlib

import pytest
from flask import Flask, url_for

from tests.client import ShopClient


@pytest.fixture
def sheet(app: Flask) -> str:
    """The stylesheet's address, as templates say it."""
    with app.test_request_context():
        return url_for("static", filename="site.css")


def test_an_address_carries_the_hash_of_what_is_there(client: ShopClient, sheet: str) -> None:
    response = client.get(sheet)

    digest = hashlib.sha256(response.data).hexdigest()[:10]
    assert sheet == f"/static/site.{digest}.css"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.mimetype == "text/css"


def test_a_file_under_its_plain_name_is_asked_for_anew(client: ShopClient) -> None:
    response = client.get("/static/site.css")

    again = client.get("/static/site.css", headers={"If-None-Match": response.headers["ETag"]})
    assert response.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304


def test_text_is_sent_compressed_to_who_can_read_it(client: ShopClient, sheet: str) -> None:
    plain, zipped = client.get(sheet), client.get(sheet, headers={"Accept-Encoding": "br, gzip"})

    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in zipped.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert zipped.headers["ETag"] != plain.headers["ETag"]


WRONG = [
    "site.0123456789.css",
    "../pyproject.toml",
    "..%2fpyproject.toml",
    "css/../../pyproject.toml",
    "%2e%2e/%2e%2e/etc/passwd",
    "/etc/passwd",
    "css",
    "css/",
    "%00",
    "site%00.css",
    "a" * 300,
]


@pytest.mark.parametrize("name", WRONG)
def test_nothing_else_is_there(client: ShopClient, name: str) -> None:
    response = client.get(f"/static/{name}")

    assert response.status_code in {308, 404}
    assert b"root:" not in response.data
    assert b"[project]" not in response.data
