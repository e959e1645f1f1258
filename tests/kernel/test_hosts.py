"""By which names the shop answers, and whom it believes about them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.client import ShopClient

FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example",
}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "a b", "[::2]"],
)
@pytest.mark.parametrize("path", ["/probe/plain", "/", "/nowhere"])
def test_another_name_is_refused(probed: ShopClient, host: str, path: str) -> None:
    response = probed.get(path, headers={"Host": host})

    assert response.status_code == 400
    assert "evil.example" not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": "&".join(f"name{number}=1" for number in range(500))},
        {"headers": {"Sec-Fetch-Site": "cross-site"}},
        {"data": b"x" * 2_000_000, "content_type": "multipart/form-data; boundary=x"},
    ],
    ids=["too-many-fields", "from-another-site", "too-long"],
)
def test_another_name_is_refused_whatever_else_is_wrong(probed: ShopClient, sent: dict[str, Any]) -> None:
    form = {"content_type": "application/x-www-form-urlencoded", **sent}
    form["headers"] = {"Host": "evil.example", **sent.get("headers", {})}

    response = probed.post("/probe/plain", **form)

    assert response.status_code == 400
    assert "No shop by that name" in response.text


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "localhost:8000"])
def test_our_own_name_is_answered_on_any_port(probed: ShopClient, host: str) -> None:
    assert probed.get("/probe/plain", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://127.0.0.1"])
def test_an_address_can_be_the_shops_name(probe: Callable[..., ShopClient], origin: str) -> None:
    assert probe(origin=origin).get("/probe/plain").status_code == 200


def _where(client: ShopClient, headers: dict[str, str]) -> Any:
    response = client.get("/probe/where", headers=headers)
    assert response.status_code == 200
    return response.get_json()


def test_without_proxies_nobody_is_believed(probe: Callable[..., ShopClient]) -> None:
    client = probe(other_origins="https://shop.example")

    where = _where(client, FORWARDED)

    assert where == {"origin": "http://localhost", "address": "127.0.0.1", "secure": False}


def test_behind_one_proxy_that_proxy_is_believed(probe: Callable[..., ShopClient]) -> None:
    client = probe(other_origins="https://shop.example", trusted_proxies="1")

    where = _where(client, FORWARDED)

    assert where == {"origin": "https://shop.example", "address": "203.0.113.9", "secure": True}


def test_behind_one_proxy_nobody_further_away_is_believed(probe: Callable[..., ShopClient]) -> None:
    client = probe(trusted_proxies="1")

    where = _where(client, {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})

    assert where["address"] == "203.0.113.9"


def test_a_proxy_cannot_give_the_shop_another_name(probe: Callable[..., ShopClient]) -> None:
    client = probe(trusted_proxies="1")

    assert client.get("/probe/plain", headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
    ],
)
def test_a_household_is_one_address(probe: Callable[..., ShopClient], address: str, counted_as: str) -> None:
    client = probe(trusted_proxies="1")

    assert _where(client, {"X-Forwarded-For": address})["address"] == counted_as
