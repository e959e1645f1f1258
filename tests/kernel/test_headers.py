"""What every answer tells browsers to refuse, whatever became of the request."""

from collections.abc import Callable

import pytest

from tests.client import ShopClient

ANSWERS = {
    "a page": ("GET", "/probe/plain", 200),
    "a page not there": ("GET", "/nowhere", 404),
    "a wrong method": ("PUT", "/probe/plain", 405),
    "a refusal": ("GET", "/probe/refused", 400),
    "a bug": ("GET", "/probe/bug", 500),
    "a busy database": ("GET", "/probe/locked", 503),
    "a file not there": ("GET", "/static/none.css", 404),
    "a stylesheet": ("GET", "/static/site.css", 200),
    "a cross-site form": ("POST", "/probe/form", 403),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_carries_the_protections(probed: ShopClient, answer: str) -> None:
    method, path, status = ANSWERS[answer]
    if status == 403:
        probed.come_from("cross-site")

    response = probed.open(path, method=method)

    headers = response.headers
    assert response.status_code == status
    assert "unsafe" not in headers["Content-Security-Policy"]
    for part in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
        assert part in headers["Content-Security-Policy"]
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"]
    assert [name for name in headers.keys() if len(headers.getlist(name)) > 1] == []  # noqa: SIM118
    assert "Server" not in headers


def test_what_is_not_said_to_be_cacheable_is_not_stored(probed: ShopClient) -> None:
    assert probed.get("/probe/plain").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("origin", "told"), [("https://shop.example", True), ("http://localhost", False)])
def test_browsers_are_told_to_keep_to_tls_where_there_is_tls(
    probe: Callable[..., ShopClient], origin: str, told: bool
) -> None:
    headers = probe(origin=origin).get("/probe/plain").headers

    assert ("Strict-Transport-Security" in headers) is told


def test_pictures_may_be_shown_by_mail_readers_and_feeds(probed: ShopClient) -> None:
    assert probed.get("/probe/picture").headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_only_a_page_that_pays_may_lead_to_the_payment_page(probe: Callable[..., ShopClient]) -> None:
    client = probe(payment_origin="https://pay.example")

    pays, plain = (
        client.get(f"/probe/{name}").headers["Content-Security-Policy"] for name in ("pays", "plain")
    )

    assert pays.endswith("form-action 'self' https://pay.example")
    assert "pay.example" not in plain
