"""What some tests need and not every machine has: a server, a browser, npm's axe-core.

Each function answers with where the thing is; if absent, the test is skipped by that name; under CI it fails.
"""

import os
import shutil
import socket
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pytest

from launch.checking import AXE_FOLDER
from storefront.config import SANDBOX_KEY

REDIS_URL = "redis://127.0.0.1:6379/0"


def needs_postgres() -> str:
    """The URL of a PostgreSQL server whose user may create databases: STOREFRONT_TEST_POSTGRES_URL."""
    url = os.environ.get("STOREFRONT_TEST_POSTGRES_URL")
    return url or _absent("PostgreSQL", "STOREFRONT_TEST_POSTGRES_URL names no server")


def needs_redis() -> str:
    """The URL of a Redis server: STOREFRONT_TEST_REDIS_URL, or the usual port of this machine."""
    url = os.environ.get("STOREFRONT_TEST_REDIS_URL", REDIS_URL)
    place = urlsplit(url)
    if not _listens(place.hostname or "127.0.0.1", place.port or 6379):
        _absent("Redis", f"nothing answers at {place.hostname}:{place.port}")
    return url


def needs_chromium() -> str:
    """The path of a Chromium: STOREFRONT_TEST_CHROMIUM, or the first one on the PATH."""
    names = [os.environ.get("STOREFRONT_TEST_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    return found or _absent("Chromium", "no chromium, chromium-browser or google-chrome on the PATH")


def needs_stripe() -> str:
    """A secret key of Stripe's test mode: STOREFRONT_TEST_STRIPE_KEY. No other test has it, so CI may lack it too."""
    key = os.environ.get("STOREFRONT_TEST_STRIPE_KEY", "")
    if not key:
        pytest.skip("Stripe is missing: STOREFRONT_TEST_STRIPE_KEY holds no test key")
    if not key.startswith(("sk_test_", "rk_test_")) or key.startswith(SANDBOX_KEY):
        pytest.fail("STOREFRONT_TEST_STRIPE_KEY is no key of Stripe’s test mode", pytrace=False)
    return key


def needs_npm() -> Path:
    """The script axe.min.js, which `make test` fetches where npm is."""
    script = AXE_FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    return script if script.is_file() else _absent("npm", "axe-core was not fetched")


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _absent(what: str, why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: {why}", pytrace=False)
    pytest.skip(f"{what} is missing: {why}")
