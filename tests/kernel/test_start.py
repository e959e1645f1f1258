"""What a process of the shop does not load before somebody needs it: time at each start, memory in each worker."""

import subprocess
import sys
from pathlib import Path

import pytest

from storefront.config import ROOT
from tests.environment import shop_environment

# Each with where it is used: staff's and customers' own pages, the worker's jobs, commands.
FOR_FEW = {
    "webauthn": "passkeys",
    "OpenSSL": "passkeys",
    "cryptography.hazmat.bindings": "passkeys, and codes of authenticator apps",
    "zxcvbn": "choosing a password",
    "qrcode": "setting an authenticator app up",
    "PIL": "pictures, by jobs",
    "css_inline": "mails, by jobs",
    "stripe": "payments and their events",
    "nh3": "writing descriptions",
    "markdown_it": "writing posts",
    "sqlalchemy.dialects.postgresql": "shops over PostgreSQL",
    "alembic": "migrations",
    "prometheus_client": "counting, where it is set up",
    "granian": "the server's parent",
}
SCRIPT = "import sys; from storefront import create_app; create_app(); print(*sys.modules)"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every module that a process has loaded which has made the application."""
    folder: Path = tmp_path_factory.mktemp("start")
    environ = shop_environment(database_url=f"sqlite:///{folder}/shop.db", folder=folder)
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("package", FOR_FEW)
def test_what_few_need_is_not_loaded_at_the_start(package: str, loaded: set[str]) -> None:
    assert package not in loaded


def test_what_accounts_stand_on_is_loaded_without_its_passkey_pages(loaded: set[str]) -> None:
    assert "flask_security.core" in loaded


def test_the_passkeys_library_is_there_once_it_is_asked_for() -> None:
    from storefront.accounts import ceremonies, library

    assert ceremonies.question_for_one(host="localhost")
    assert library.Security.__module__ == "flask_security.core"


def test_what_accounts_stand_on_is_imported_through_one_door() -> None:
    importing = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "storefront").rglob("*.py")
        if "from flask_security" in path.read_text() or "import flask_security" in path.read_text()
    ]

    assert importing == ["storefront/accounts/library.py"]
