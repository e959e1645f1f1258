"""`/metrics`: told to those who may know and to nobody else, and nothing in it about a person."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask

from storefront import jobs
from storefront.database import transaction
from storefront.reports.metrics import folder, forget_dead_processes
from tests.builders.orders import an_order
from tests.client import ShopClient, browser
from tests.counting import Counting

TOKEN = "t" * 40
FAR = {"REMOTE_ADDR": "203.0.113.9"}


def figure(text: str, name: str) -> float:
    """A figure by its name with labels."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not among the figures"
    return float(found[1])


def test_figures_are_what_the_database_says(app: Flask, client: ShopClient, frozen: ModuleType) -> None:
    with app.app_context():
        an_order(paid=True)
        an_order(cart_id="cart-2")
    with app.app_context(), transaction():
        jobs.enqueue("any", {})
    frozen.advance(timedelta(minutes=3))

    text = client.get("/metrics").text

    assert figure(text, 'storefront_orders{state="paid"}') == 1
    assert figure(text, 'storefront_orders{state="awaiting_payment"}') == 1
    assert figure(text, 'storefront_orders{state="cancelled"}') == 0
    assert figure(text, "storefront_jobs_oldest_seconds") == 180
    assert figure(text, "storefront_mails_owed") >= 1
    assert "mara" not in text


def test_requests_are_counted_by_route_and_never_by_address(app: Flask, client: ShopClient) -> None:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == "shop.product")
    labels = f'method="GET",route="{rule.rule}",status="4xx"'
    name = f"storefront_request_duration_seconds_count{{{labels}}}"
    address = rule.rule.replace("<slug>", "a-secret-address")

    client.get(address)
    first = client.get("/metrics").text
    client.get(address)
    second = client.get("/metrics").text

    assert figure(second, name) == figure(first, name) + 1
    assert "a-secret-address" not in second


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 404),
        ("Bearer ", 404),
        (f"Bearer {TOKEN}x", 404),
        ("é", 404),
    ],
)
def test_with_a_token_only_the_token_opens(make_app: Callable[..., Flask], header: str, status: int) -> None:
    client = browser(make_app(metrics_token=TOKEN))

    answer = client.get("/metrics", headers={"Authorization": header}, environ_base=FAR)

    assert answer.status_code == status
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("overrides", "environ"),
    [
        ({}, FAR),
        ({}, {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}),
        ({}, {"HTTP_FORWARDED": "for=203.0.113.9"}),
        ({"trusted_proxies": "1"}, {}),
        ({"origin": "https://shop.example"}, {}),
    ],
)
def test_without_a_token_only_a_shop_of_this_machine_tells_this_machine(
    make_app: Callable[..., Flask], overrides: dict[str, str], environ: dict[str, str]
) -> None:
    client = browser(make_app(**overrides))

    assert client.get("/metrics", environ_overrides=environ).status_code == 404


@pytest.mark.parametrize(
    ("host", "is_told"),
    [
        ("localhost", True),
        ("LOCALHOST:8000", True),
        ("127.0.0.1:9", True),
        ("[::1]:8000", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example:8000", False),
        ("10.0.0.7:8000", False),
        ("", False),
    ],
)
def test_without_a_token_it_is_told_under_a_name_of_this_machine(
    client: ShopClient, host: str, is_told: bool
) -> None:
    answer = client.get("/metrics", headers={"Host": host})

    assert (answer.status_code == 200) is is_told
    assert ("storefront_orders" in answer.text) is is_told


def test_no_cache_keeps_the_figures(client: ShopClient) -> None:
    assert client.get("/metrics").headers["Cache-Control"] == "no-store"


def test_only_reading_is_answered(client: ShopClient) -> None:
    assert client.post("/metrics").status_code == 404
    assert client.head("/metrics").text == ""


def test_figures_take_few_statements_and_change_nothing(client: ShopClient, count_queries: Counting) -> None:
    with count_queries() as counted:
        client.get("/metrics")

    assert counted.selects <= 6, str(counted)
    assert counted.writes == 0


def test_a_shop_without_its_database_says_so(
    make_app: Callable[..., Flask], engine: str, tmp_path: Path
) -> None:
    urls = {
        "sqlite": f"sqlite:///{tmp_path}/empty.db",
        "postgresql": "postgresql://nobody@127.0.0.1:9/none",
    }

    assert browser(make_app(database_url=urls[engine])).get("/metrics").status_code == 503


def test_files_of_processes_that_ended_are_removed(inside: Flask) -> None:
    made = inside.config["STOREFRONT"]
    where = folder(made)
    where.mkdir(parents=True, exist_ok=True)
    mine, gone = where / "histogram_1.db", where / f"histogram_{2**30}.db"
    mine.touch()
    gone.touch()

    forget_dead_processes(made)

    assert (mine.exists(), gone.exists()) == (True, False)
