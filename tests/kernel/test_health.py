"""What supervisors ask, by whatever name they reach us."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from storefront import jobs
from storefront.database import transaction
from tests.client import ShopClient

ANY_HOST = {"Host": "10.0.0.7:8000"}


def readiness(client: ShopClient) -> tuple[int, Any]:
    """Status and body of `/readyz`."""
    response = client.get("/readyz", headers=ANY_HOST)
    return response.status_code, response.get_json()


def test_the_process_lives(client: ShopClient) -> None:
    response = client.get("/healthz", headers=ANY_HOST)

    assert (response.status_code, response.get_json()) == (200, {"alive": True})
    assert response.headers["Cache-Control"] == "no-store"


def test_a_shop_with_its_tables_and_no_backlog_is_ready(client: ShopClient) -> None:
    assert readiness(client) == (200, {"database": True, "migrations": True, "backlog": True})


def test_a_shop_whose_tables_are_of_another_version_is_not_ready(app: Flask, client: ShopClient) -> None:
    app.config["MIGRATION_HEAD"] = "9999"

    assert readiness(client) == (503, {"database": True, "migrations": False, "backlog": True})


@pytest.mark.parametrize(("minutes", "ready"), [(10, True), (11, False)])
def test_a_shop_whose_jobs_wait_too_long_is_not_ready(
    app: Flask, client: ShopClient, frozen: ModuleType, minutes: int, ready: bool
) -> None:
    with app.app_context(), transaction():
        jobs.enqueue("anything", {})
    frozen.advance(timedelta(minutes=minutes))

    assert readiness(client)[1]["backlog"] is ready


def test_a_shop_without_its_database_lives_but_is_not_ready(
    make_app: Callable[..., Flask], engine: str, tmp_path: Any
) -> None:
    urls = {
        "sqlite": f"sqlite:///{tmp_path}/empty.db",
        "postgresql": "postgresql://nobody@127.0.0.1:9/none",
    }
    client = ShopClient(make_app(database_url=urls[engine]), response_wrapper=Flask.response_class)

    assert client.get("/healthz").status_code == 200
    assert readiness(client) == (503, {"database": False, "migrations": False, "backlog": False})
