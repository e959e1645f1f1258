"""The same button many times at once does one thing; without its guard it would do many."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.database import insert_ignore, session, transaction
from storefront.newsletter import actions, sending
from storefront.newsletter.links import Asked
from storefront.newsletter.models import Mailing, OptIn
from tests.builders.content import a_post
from tests.builders.newsletter import STAFF, a_subscriber, asked, letters, sent_out, subscriber_at

PRESSES = 12


def at_once(app: Flask, do: Callable[[], object]) -> list[object]:
    gate = Barrier(PRESSES)

    def one(_number: int) -> object:
        with app.app_context():
            gate.wait()
            return do()

    with ThreadPoolExecutor(PRESSES) as pool:
        return list(pool.map(one, range(PRESSES)))


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return int(session().scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def link(app: Flask) -> Asked:
    with app.app_context():
        found = subscriber_at(asked())
    return Asked(found.id, found.ask, found.asked_at)


def test_one_link_confirmed_many_times_at_once_is_one_opt_in(app: Flask) -> None:
    found = link(app)

    at_once(app, lambda: actions.confirm(found))

    assert count(app, OptIn) == 1


def test_without_the_unique_ask_each_press_would_be_an_opt_in(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = link(app)
    # The guard taken away: each press counts as another form's.
    numbers = iter(range(PRESSES))

    def unguarded(model: Any, values: Any, **how: Any) -> bool:
        return insert_ignore(model, {**values, "ask": f"{next(numbers)}"}, **how)

    monkeypatch.setattr(actions, "insert_ignore", unguarded)

    at_once(app, lambda: actions.confirm(found))

    assert count(app, OptIn) == PRESSES


def sendable(app: Flask) -> tuple[int, list[str]]:
    with app.app_context():
        wanted = [a_subscriber().email for _each in range(3)]
        return a_post().id, wanted


def test_a_post_that_many_send_at_once_is_sent_once(app: Flask, frozen: ModuleType) -> None:
    post_id, wanted = sendable(app)

    began = at_once(app, lambda: sending.send_post(post_id, by=STAFF))

    assert began.count(True) == count(app, Mailing) == 1
    with app.app_context():
        sent_out(post_id)
        assert letters() == wanted


def test_without_the_unique_post_each_press_would_begin_a_mailing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id, _wanted = sendable(app)
    # The guard taken away: nothing says that of each post there is one.
    with app.app_context(), transaction() as current:
        current.execute(sa.text("DROP INDEX uq_mailing_post"))

    def unguarded(model: Any, values: Any, **_how: Any) -> bool:
        with_transaction = session()
        with_transaction.add(model(**values))
        with_transaction.flush()
        return True

    monkeypatch.setattr(sending, "insert_ignore", unguarded)

    began = at_once(app, lambda: sending.send_post(post_id, by=STAFF))

    assert began.count(True) == count(app, Mailing) == PRESSES


def test_many_workers_with_one_slice_write_each_letter_once(app: Flask, frozen: ModuleType) -> None:
    post_id, wanted = sendable(app)
    with app.app_context():
        sending.send_post(post_id, by=STAFF)
        mailing = session().scalars(sa.select(Mailing.id)).one()

    at_once(app, lambda: sending.send_slice(mailing=mailing, turn=0))

    with app.app_context():
        sent_out(post_id)
        assert letters() == wanted
