"""How often an address may do what costs or guesses."""

from collections.abc import Callable
from types import ModuleType

import pytest

from tests.client import ShopClient


@pytest.mark.usefixtures("frozen")
def test_once_too_often_is_told_to_wait(probed: ShopClient) -> None:
    answers = [probed.get("/probe/limited") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].headers["Cache-Control"] == "no-store"


def test_each_household_is_counted_by_itself(probe: Callable[..., ShopClient], frozen: ModuleType) -> None:
    client = probe(trusted_proxies="1")
    households = ["203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
    households += ["::ffff:203.0.113.3", "::ffff:203.0.113.4", "::ffff:203.0.113.2"]

    answers = [
        [client.get("/probe/limited", headers={"X-Forwarded-For": each}).status_code for _ in range(2)]
        for each in households
    ]

    assert answers == [
        [200, 200],
        [200, 200],
        [200, 200],
        [429, 429],
        [200, 200],
        [200, 200],
        [200, 200],
        [429, 429],
    ]


def test_a_shop_that_opens_anew_counts_anew(probe: Callable[..., ShopClient]) -> None:
    for _ in range(2):
        client = probe()
        assert client.get("/probe/limited").status_code == 200
        assert client.get("/probe/limited").status_code == 200
