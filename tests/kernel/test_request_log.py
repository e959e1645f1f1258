"""One line per request: enough to find it again, nothing about who sent it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.client import ShopClient


def requests_logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The request lines since the last look; every line of the log is JSON."""
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if line["event"] == "request"]


def test_a_request_is_one_line(capsys: pytest.CaptureFixture[str], probe: Callable[..., ShopClient]) -> None:
    client = probe()
    response = client.get("/probe/plain")

    (line,) = requests_logged(capsys)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/probe/plain", 200)
    assert line["ms"] >= 0
    assert line["id"] == response.headers["X-Request-Id"]


def test_the_line_has_what_every_line_has(
    capsys: pytest.CaptureFixture[str], probe: Callable[..., ShopClient]
) -> None:
    client = probe()
    before = datetime.now(UTC)
    client.open("/nowhere", method='GE"T')

    (line,) = requests_logged(capsys)
    assert (line["method"], line["route"], line["level"]) == ('GE"T', None, "info")
    assert before <= datetime.fromisoformat(line["timestamp"]) <= datetime.now(UTC)


@pytest.mark.parametrize("path", ["/probe/plain", "/probe/bug", "/nowhere"])
def test_a_line_says_nothing_about_the_person(
    capsys: pytest.CaptureFixture[str], probe: Callable[..., ShopClient], path: str
) -> None:
    client = probe()
    client.get(
        f"{path}?email=jane@example.org",
        headers={"Cookie": "cart=hush", "User-Agent": "Jane's own", "Referer": "http://localhost/hush"},
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )

    err = capsys.readouterr().err
    for secret in ("jane@example.org?", "email=", "hush", "Jane's own", "203.0.113.9"):
        assert secret not in err


def test_two_requests_have_two_numbers(probed: ShopClient) -> None:
    numbers = {probed.get("/probe/plain").headers["X-Request-Id"] for _ in range(3)}

    assert len(numbers) == 3


def test_a_caller_cannot_write_into_the_log(
    capsys: pytest.CaptureFixture[str], probe: Callable[..., ShopClient]
) -> None:
    client = probe()
    client.get("/nowhere%0A%7B%22event%22:%22forged%22%7D", headers={"X-Request-Id": "forged"})

    (line,) = requests_logged(capsys)
    assert "forged" not in json.dumps(line)
