"""Known and unknown addresses take the same time: nobody learns by a clock who has an account."""

import statistics
import time
from collections.abc import Callable

import pytest
from flask import Flask

from tests.accounts.mailbox import token_on
from tests.builders.accounts import a_customer
from tests.client import browser

PASSWORD = "fjord lantern pickle orbit"
PATHS = ["/sign-in", "/sign-up", "/sign-in/link", "/reset"]


def _medians(app: Flask, path: str, tries: int) -> tuple[float, float]:
    """Milliseconds for a known and an unknown address, asked in turn, each address once."""
    with app.app_context():
        known = [a_customer(password=PASSWORD).email for _ in range(tries)]
    client = browser(app)
    token = token_on(client, path)
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, email in enumerate(known):
        for is_known in (True, False) if number % 2 else (False, True):
            address = email if is_known else f"nobody{number}@example.org"
            fields = {"csrf_token": token, "email": address, "password": "is it this, or is it not"}
            began = time.perf_counter()
            answer = client.post(path, data=fields)
            took[is_known].append((time.perf_counter() - began) * 1000)
            assert answer.status_code in {200, 422}
    return statistics.median(took[True]), statistics.median(took[False])


@pytest.mark.parametrize("path", PATHS)
def test_a_known_and_an_unknown_address_take_the_same_time(make_app: Callable[..., Flask], path: str) -> None:
    known, unknown = _medians(make_app(), path, 12)

    assert abs(known - unknown) <= 10, "a coarse look; the fine one is long"


@pytest.mark.long
@pytest.mark.parametrize("path", PATHS)
def test_over_300_tries_the_medians_are_within_5_milliseconds(
    make_app: Callable[..., Flask], path: str
) -> None:
    known, unknown = _medians(make_app(), path, 300)

    assert abs(known - unknown) <= 5, f"{path}: known {known:.2f} ms, unknown {unknown:.2f} ms"
