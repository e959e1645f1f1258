"""When a post becomes public: never early, once, and a failure leaves its schedule."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit
from storefront.content import actions, markdown
from storefront.content.models import PostState
from storefront.content.steps import PUBLISH_JOB
from storefront.database import release, transaction
from storefront.errors import Refused
from storefront.jobs import Job
from tests.builders.content import EDITOR, a_post, post_texts, seen, the_post
from tests.conftest import NOON

HOUR = timedelta(hours=1)


def a_scheduled(app: Flask) -> int:
    with app.app_context():
        post = a_post(published=False)
        actions.schedule(post.id, NOON + HOUR, by=EDITOR)
        return post.id


def state(app: Flask, post_id: int) -> PostState:
    with app.app_context():
        return PostState(the_post(post_id).state)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (HOUR - timedelta(seconds=1), PostState.SCHEDULED),
        (HOUR, PostState.PUBLISHED),
        (HOUR + timedelta(seconds=1), PostState.PUBLISHED),
    ],
)
def test_a_scheduled_post_appears_at_its_time_and_never_before(
    app: Flask, frozen: ModuleType, after: timedelta, expected: PostState
) -> None:
    post_id = a_scheduled(app)

    frozen.advance(after)
    with app.app_context():
        actions.publish_scheduled(post_id=post_id)

    assert state(app, post_id) == expected


def test_the_worker_publishes_in_the_second_it_is_due_and_never_before(
    app: Flask, frozen: ModuleType, drain: Callable[[], int]
) -> None:
    post_id = a_scheduled(app)

    found = []
    for step in (HOUR - timedelta(seconds=1), timedelta(seconds=1)):
        frozen.advance(step)
        drain()
        found.append(state(app, post_id))

    assert found == [PostState.SCHEDULED, PostState.PUBLISHED]


def test_what_the_job_of_its_time_missed_is_published_within_a_minute(
    app: Flask, frozen: ModuleType, drain: Callable[[], int]
) -> None:
    post_id = a_scheduled(app)
    with app.app_context(), transaction() as current:
        current.execute(sa.delete(Job).where(Job.name == PUBLISH_JOB))
    frozen.advance(HOUR)
    drain()
    frozen.advance(timedelta(seconds=60))

    drain()

    assert state(app, post_id) == PostState.PUBLISHED


def test_another_time_and_none_are_kept_to(app: Flask, frozen: ModuleType, drain: Callable[[], int]) -> None:
    moved, called_off = a_scheduled(app), a_scheduled(app)
    with app.app_context():
        actions.schedule(moved, NOON + 2 * HOUR, by=EDITOR)
        actions.unschedule(called_off, by=EDITOR)

    frozen.advance(HOUR)
    drain()
    at_first = state(app, moved)
    frozen.advance(HOUR)
    drain()

    assert (at_first, state(app, moved)) == (PostState.SCHEDULED, PostState.PUBLISHED)
    assert state(app, called_off) == PostState.DRAFT


def test_the_worker_publishes_what_is_due_once(
    app: Flask, frozen: ModuleType, drain: Callable[[], int]
) -> None:
    post_id = a_scheduled(app)
    frozen.advance(HOUR)

    with app.app_context():
        actions.publish_due()
        actions.publish_due()
    drain()
    with app.app_context():
        actions.publish_scheduled(post_id=post_id)

        told = [each.verb for each in audit.history(("post", post_id))]
    assert told.count("post.published") == 1
    with app.app_context():
        assert the_post(post_id).published_at == NOON + HOUR


def test_a_publication_that_fails_leaves_the_schedule(
    app: Flask, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = a_scheduled(app)
    frozen.advance(HOUR)

    def fails(*_args: object, **_words: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch, app.app_context():
        patch.setattr(audit, "record", fails)
        with pytest.raises(RuntimeError):
            actions.publish_scheduled(post_id=post_id)

    assert state(app, post_id) == PostState.SCHEDULED
    with app.app_context():
        assert the_post(post_id).scheduled_for == NOON + HOUR


@pytest.mark.parametrize("said", [{"body": " "}, {"author_id": None}])
def test_what_nobody_could_read_or_nobody_wrote_is_not_published(inside: Flask, said: dict[str, Any]) -> None:
    post = a_post(published=False, **said)

    with pytest.raises(Refused):
        actions.publish(post.id, by=EDITOR)


def test_a_text_is_rendered_before_anybody_has_to_wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def waited_for_by_nobody(text: str) -> markdown.Rendered:
        release()
        return markdown.rendered(text)

    monkeypatch.setattr("storefront.content.texts.rendered", waited_for_by_nobody)
    with app.app_context():
        post = a_post()

        assert actions.change_post(post.id, post_texts(body="# More"), seen=seen(post.id), by=EDITOR)
