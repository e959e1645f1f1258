"""What people see when something went wrong, and how the shopkeeper finds it in the log."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from storefront.web import BODY_BYTES, FORM_FIELDS
from tests.client import ShopClient


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines that were logged since the last look."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]


def test_a_bug_is_answered_with_the_number_of_its_one_log_line(
    capsys: pytest.CaptureFixture[str], probe: Callable[..., ShopClient]
) -> None:
    client = probe()
    response = client.get("/probe/bug")

    text = response.get_data(as_text=True)
    bugs = [line for line in logged(capsys) if line["event"] == "bug"]
    assert response.status_code == 500
    assert len(bugs) == 1
    assert bugs[0]["exception"][0]["exc_type"] == "ZeroDivisionError"
    assert bugs[0]["id"] in text
    assert response.headers["X-Request-Id"] == bugs[0]["id"]
    assert "ZeroDivisionError" not in text
    assert "jane@example.org" not in text


def test_a_bug_is_logged_without_the_values_of_variables(
    capsys: pytest.CaptureFixture[str], probe: Callable[..., ShopClient]
) -> None:
    client = probe()
    client.get("/probe/bug?token=hush", headers={"Cookie": "session=hush"})

    err = capsys.readouterr().err
    assert "hush" not in err
    assert '"locals"' not in err
    assert "0123456789abcdef" not in err


@pytest.mark.parametrize("path", ["/probe/locked", "/probe/crowded"])
def test_a_busy_database_is_a_moments_wait(
    capsys: pytest.CaptureFixture[str], probe: Callable[..., ShopClient], path: str
) -> None:
    client = probe()
    response = client.get(path)

    (line,) = [line for line in logged(capsys) if line["event"] == "database_busy"]
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert line["id"] in response.get_data(as_text=True)
    assert "jane@example.org" not in json.dumps(line)


def test_a_refusal_is_shown_as_it_stands(probed: ShopClient) -> None:
    response = probed.get("/probe/refused")

    assert response.status_code == 400
    assert "Only 3 of these are left." in response.get_data(as_text=True)


def test_what_is_absent_and_what_was_never_there_look_the_same(probed: ShopClient) -> None:
    pages = [probed.get(path) for path in ("/probe/absent", "/nowhere")]

    texts = [
        re.sub(r"[0-9a-f]{12}|/probe/absent|/nowhere", "", page.get_data(as_text=True)) for page in pages
    ]
    assert [page.status_code for page in pages] == [404, 404]
    assert texts[0] == texts[1]


def test_a_wrong_method_says_which_are_right(probed: ShopClient) -> None:
    response = probed.delete("/probe/plain")

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(("size", "status"), [(BODY_BYTES, 200), (BODY_BYTES + 1, 413)])
def test_a_body_has_an_end(probed: ShopClient, size: int, status: int) -> None:
    body = b"a=" + b"b" * (size - 2)

    response = probed.post("/probe/form", data=body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == status


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize(("count", "status"), [(FORM_FIELDS, 200), (FORM_FIELDS + 1, 413)])
def test_a_form_has_so_many_fields_and_no_more(
    probed: ShopClient, kind: str, count: int, status: int
) -> None:
    fields = {f"field{n}": "x" for n in range(count)}

    assert probed.post("/probe/form", data=fields, content_type=kind).status_code == status


@pytest.mark.parametrize("path", ["/probe/bug", "/probe/locked", "/probe/refused", "/nowhere"])
def test_no_error_is_stored_by_any_cache(probed: ShopClient, path: str) -> None:
    assert probed.get(path).headers["Cache-Control"] == "no-store"
