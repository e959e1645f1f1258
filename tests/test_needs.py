"""What is missing on a machine is skipped by its name here, and fails where everything has to be there.

Knows `tests/needs.py`; its first tests stand for the whole suite: they say what this run did without.
"""

from collections.abc import Callable

import pytest

from tests import needs

EVERY = [needs.needs_postgres, needs.needs_redis, needs.needs_chromium, needs.needs_npm]
NAMED = list(zip(EVERY, ["PostgreSQL", "Redis", "Chromium", "npm"], strict=True))


@pytest.mark.parametrize("need", EVERY)
def test_this_run_has(need: Callable[[], object]) -> None:
    assert need()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A machine with none of it."""
    monkeypatch.delenv("STOREFRONT_TEST_POSTGRES_URL", raising=False)
    monkeypatch.delenv("STOREFRONT_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("STOREFRONT_TEST_REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(needs, "AXE_FOLDER", tmp_path)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("need", "name"), NAMED)
def test_what_is_missing_is_skipped_by_its_name(
    need: Callable[[], object], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match=f"^{name} is missing: "):
        need()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("need", "name"), NAMED)
def test_what_is_missing_fails_where_everything_has_to_be_there(
    need: Callable[[], object], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match=f"^{name} is missing: "):
        need()


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1", "pk_test_1", "sk_test_sandbox_1"])
def test_stripe_itself_is_asked_with_a_test_key_alone(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREFRONT_TEST_STRIPE_KEY", key)

    with pytest.raises(pytest.fail.Exception, match="is no key of Stripe’s test mode"):
        needs.needs_stripe()


@pytest.mark.parametrize("ci", ["", "true"])
def test_without_a_key_stripe_itself_is_skipped_by_its_name(ci: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STOREFRONT_TEST_STRIPE_KEY", raising=False)
    monkeypatch.setenv("CI", ci)

    with pytest.raises(pytest.skip.Exception, match=r"^Stripe is missing: "):
        needs.needs_stripe()
