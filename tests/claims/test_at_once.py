"""Two who act at once: one decision for each phrase, no public text with an open one; without the guards, both."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.claims import actions as claims
from storefront.claims import deciding
from storefront.claims.models import ClaimDecision, ClaimMark
from storefront.content import actions, steps
from storefront.content.models import PostState
from storefront.database import require_transaction, session
from storefront.errors import Refused
from tests.builders.claims import CLAIM, a_claim, marks
from tests.builders.content import EDITOR, a_post, seen, the_post

PEOPLE = 8


def at_once(app: Flask, acts: list[Callable[[], Any]]) -> list[bool]:
    """Every act in a thread of its own, all let go together; which of them were done."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> bool:
        with app.app_context():
            gate.wait()
            try:
                act()
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def accept_at_once(app: Flask) -> tuple[int, int]:
    """How many were told that they accepted it, and how many decisions there are."""
    with app.app_context():
        mark_id = a_claim().id

    def accepting(person: int) -> Callable[[], None]:
        return lambda: claims.accept(mark_id, "I answer for it.", by=("staff", person))

    done = at_once(app, [accepting(person) for person in range(10, 10 + PEOPLE)])
    with app.app_context():
        return sum(done), session().scalar(sa.select(sa.func.count()).select_from(ClaimDecision)) or 0


def test_of_eight_who_accept_at_once_one_answers_for_it(app: Flask) -> None:
    assert accept_at_once(app) == (1, 1)


def test_without_the_guard_more_than_one_would(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        deciding, "open_mark", lambda mark_id: require_transaction().get_one(ClaimMark, mark_id)
    )

    assert accept_at_once(app)[1] > 1


def publish_while_it_is_changed(app: Flask) -> bool:
    """Whether a post ends public with an open phrase, in any of a few rounds."""
    wrong = False
    for _round in range(4):
        with app.app_context():
            post = a_post(published=False)
            post_key = post.id
            texts, shown = replace(steps.texts_of(post), body=CLAIM), seen(post.id)
        acts: list[Callable[[], Any]] = [
            partial(actions.publish, post_key, by=EDITOR),
            partial(actions.change_post, post_key, texts, seen=shown, by=EDITOR),
        ]
        at_once(app, acts)
        with app.app_context():
            is_public = the_post(post_key).state == PostState.PUBLISHED
            wrong |= is_public and any(mark.decision_id is None for mark in marks(post_key))
    return wrong


def test_no_post_is_public_with_a_phrase_that_came_in_meanwhile(app: Flask) -> None:
    assert not publish_while_it_is_changed(app)


def test_without_the_gate_one_would_be(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "refuse_open", lambda *_words, **_said: None)

    assert publish_while_it_is_changed(app)
