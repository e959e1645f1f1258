"""A published policy stands for ever; the newest is in force."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit, clock
from storefront.database import session, transaction
from storefront.errors import NotFound, Refused
from storefront.policies import steps
from storefront.policies.actions import publish_policy
from storefront.policies.document import default_document
from storefront.policies.models import PolicyVersion
from storefront.policies.queries import NoPolicy, current_policy, policy_by_id
from tests.books import beside_the_triggers
from tests.counting import Counted
from tests.policies.documents import a_document

pytestmark = pytest.mark.usefixtures("inside")


def _versions() -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(PolicyVersion)) or 0


def _forget_all() -> None:
    """Make the database one that was never set up, past the triggers that forbid it."""
    beside_the_triggers("DELETE FROM policy_version")


def test_the_newest_policy_is_in_force_and_the_earlier_one_still_stands(frozen: ModuleType) -> None:
    first = publish_policy(a_document(window_days=60), author="staff:7", note="Opening")
    frozen.advance(timedelta(days=1))
    second = publish_policy(a_document(window_days=30), author="staff:7", note="Shorter")

    assert current_policy().id == second
    assert current_policy().document.money_back.window_days == 30
    assert current_policy().published_at == clock.now()
    assert policy_by_id(first).document == a_document(window_days=60)


def test_publishing_is_recorded_with_its_author() -> None:
    version = publish_policy(a_document(), author="staff:7", note="Opening")

    [entry] = audit.history(("policy", version))
    assert (entry.verb, entry.actor_kind, entry.actor_id) == ("policy.published", "staff", "7")


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        (a_document(window_days=-1), "0 to 3650 days"),
        (replace(a_document(), currency="JPY"), "The shop sells in EUR"),
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused_and_nothing_is_written(
    refused: object, sentence: str
) -> None:
    before = _versions()

    with pytest.raises(Refused, match=sentence):
        publish_policy(refused, author="system", note="")  # type: ignore[arg-type]

    assert _versions() == before


def test_a_note_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        publish_policy(a_document(), author="system", note="x" * 501)

    assert refusal.value.field == "note"


def test_the_first_policy_is_published_once() -> None:
    _forget_all()

    for _again in range(2):
        with transaction():
            steps.ensure_default("EUR")

    assert _versions() == 1
    assert current_policy().document == default_document("EUR")


def test_the_first_policy_never_replaces_one_that_stands() -> None:
    publish_policy(a_document(window_days=30), author="system", note="")

    with transaction():
        steps.ensure_default("EUR")

    assert current_policy().document.money_back.window_days == 30


def test_a_shop_that_was_never_set_up_says_what_to_do() -> None:
    _forget_all()

    with pytest.raises(NoPolicy, match="storefront db upgrade"):
        current_policy()


def test_an_unknown_version_is_not_found() -> None:
    with pytest.raises(NotFound):
        policy_by_id(999)


def test_the_policy_in_force_costs_one_query(
    count_queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    publish_policy(a_document(), author="system", note="")

    with count_queries() as counted:
        current_policy()

    assert counted.selects == 1


@pytest.mark.parametrize("change", ["UPDATE policy_version SET note = 'x'", "DELETE FROM policy_version"])
def test_a_published_policy_cannot_be_changed(inside: Flask, change: str) -> None:
    publish_policy(a_document(), author="system", note="Opening")

    with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as open_session:
        open_session.execute(sa.text(change))

    assert current_policy().document == a_document()
