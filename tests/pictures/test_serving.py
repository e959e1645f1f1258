"""Pictures are served as what they are, to everybody, for ever; and nothing else is served with them."""

import pytest
from flask import Flask

from storefront.pictures.storage import storage
from tests.builders.pictures import bytes_of
from tests.client import ShopClient

NAME = "0123456789abcdef.jpg"


@pytest.fixture
def kept(app: Flask) -> bytes:
    """The bytes under NAME."""
    content = bytes_of()
    with app.app_context():
        storage().save(NAME, content)
    return content


def test_a_picture_may_be_kept_for_ever_and_shown_elsewhere(client: ShopClient, kept: bytes) -> None:
    answer = client.get(f"/pictures/{NAME}")

    assert (answer.status_code, answer.data, answer.mimetype) == (200, kept, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_a_browser_that_asks_again_gets_no_bytes(client: ShopClient, kept: bytes) -> None:
    first = client.get(f"/pictures/{NAME}")

    again = client.get(f"/pictures/{NAME}", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "fedcba9876543210.jpg",
        "0123456789abcdef.png",
        "..%2fshop.db",
        "%2e%2e/%2e%2e/shop.db",
        "01/0123456789abcdef.jpg",
        "0123456789abcdef.jpg%00",
        "0123456789abcdef.jpg%0a",
        "",
    ],
)
def test_everything_else_is_not_found(path: str, client: ShopClient, kept: bytes) -> None:
    answer = client.get(f"/pictures/{path}")

    assert answer.status_code == 404
    assert kept not in answer.data
