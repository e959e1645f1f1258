"""The same form many times at once is one comment; without the unique digest it would be many."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count as count_up
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.comments import actions
from storefront.comments.deciding import decide_comments
from storefront.comments.models import Comment, Decision, Verdict
from storefront.database import session
from tests.books import mails
from tests.builders.comments import KIND, STAFF, a_comment, words

FORMS = 20


def at_once(app: Flask, do: Callable[[], object]) -> list[object]:
    gate = Barrier(FORMS)

    def one(_number: int) -> object:
        with app.app_context():
            gate.wait()
            return do()

    with ThreadPoolExecutor(FORMS) as pool:
        return list(pool.map(one, range(FORMS)))


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return int(session().scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_the_same_form_twenty_times_at_once_is_one_comment(app: Flask) -> None:
    typed = words(text="The same words, sent at once.")

    ids = at_once(app, lambda: actions.submit_comment(KIND, 1, typed))

    assert len(set(ids)) == 1
    assert count(app, Comment) == 1
    with app.app_context():
        assert len(mails()) == 1


def test_without_the_digest_there_would_be_one_for_each_form(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = words(text="The same words, sent at once.")
    # The guard taken away: the same words count as others each time.
    numbers = count_up()
    monkeypatch.setattr(actions, "digest_of", lambda _text: f"{next(numbers):064}")

    at_once(app, lambda: actions.submit_comment(KIND, 1, typed))

    assert count(app, Comment) == FORMS


def test_twenty_moderators_at_once_publish_once(app: Flask) -> None:
    with app.app_context():
        made = a_comment()

    outcomes = at_once(app, lambda: decide_comments([made.id], Verdict.PUBLISH, by=STAFF).changed)

    assert sum(int(str(each)) for each in outcomes) == 1
    assert count(app, Decision) == 1
