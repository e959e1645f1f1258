"""Ten thousand subscribers: written in memory that does not grow, each letter once."""

import sys
import time
import tracemalloc
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.database import session, transaction
from storefront.mail.models import OutgoingMail
from storefront.newsletter import sending
from storefront.newsletter.models import Letter, MailingState, Subscriber, SubscriberState
from tests.builders.content import a_post
from tests.builders.newsletter import STAFF, the_mailing, worked

MANY = 10_000


def subscribe_many() -> None:
    now = clock.now()
    said = {"place": "footer", "wording": "Words.", "ask_request": "r", "asked_at": now, "created_at": now}
    rows = [
        {
            "email": f"reader{number}@example.org",
            "state": SubscriberState.SUBSCRIBED,
            "ask": f"{number}",
            "subscribed_at": now,
            **said,
        }
        for number in range(MANY)
    ]
    with transaction() as current:
        current.execute(sa.insert(Subscriber), rows)


def count(model: type) -> int:
    return int(session().scalar(sa.select(sa.func.count()).select_from(model)) or 0)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_ten_thousand_letters_are_written_in_level_memory(
    inside: Flask, frozen: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe_many()
    post = a_post()
    sending.send_post(post.id, by=STAFF)
    # What is measured is writing: as if each letter had left at once.
    monkeypatch.setattr(sending, "letters_owed", lambda _now: 0)
    peaks, slowest, began = [], 0.0, time.perf_counter()
    tracemalloc.start()
    while the_mailing(post.id).state == MailingState.SENDING:
        session().expunge_all()
        tracemalloc.reset_peak()
        before = time.perf_counter()
        worked(sending.SEND_JOB)
        slowest = max(slowest, time.perf_counter() - before)
        peaks.append(tracemalloc.get_traced_memory()[1])
        clock.advance(timedelta(seconds=10))
    tracemalloc.stop()

    took = time.perf_counter() - began
    early, late = max(peaks[5:50]), max(peaks[-50:])
    sys.stdout.write(
        f"{MANY} letters in {len(peaks)} slices: {took:.0f} s, {slowest * 1000:.0f} ms the slowest; "
        f"memory at most {early / 1e6:.2f} MB among the first 50, {late / 1e6:.2f} MB among the last\n"
    )
    assert count(Letter) == MANY
    of_post = sa.select(sa.func.count(sa.distinct(OutgoingMail.recipient)))
    assert session().scalar(of_post.where(OutgoingMail.kind == sending.POST_MAIL)) == MANY
    assert late < early + 1_000_000
