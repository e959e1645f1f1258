"""No text goes public while a marked phrase in it is open; what was decided belongs to the phrase in its sentence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import audit
from storefront.claims import actions as claims
from storefront.claims.models import Answer, ClaimDecision, Endings
from storefront.claims.queries import categories, decisions
from storefront.claims.words import LOOK_JOB
from storefront.content import actions, steps
from storefront.content.models import PostState
from storefront.content.texts import PostTexts
from storefront.database import session
from storefront.errors import Refused
from storefront.jobs import Job, JobState
from tests.builders.claims import CLAIM, SECOND, SOURCE, a_claim, marks, the_mark
from tests.builders.content import EDITOR, a_post, post_texts, seen, the_post
from tests.conftest import NOON

HOUR = timedelta(hours=1)


def rewrite(post_id: int, body: str, *, by: tuple[str, object] = EDITOR) -> None:
    texts: PostTexts = replace(steps.texts_of(the_post(post_id)), body=body)
    actions.change_post(post_id, texts, seen=seen(post_id), by=by)


def test_a_post_with_an_open_phrase_is_not_published(inside: Flask) -> None:
    mark = a_claim()

    with pytest.raises(Refused, match="“cures”"):
        actions.publish(mark.subject_id, by=EDITOR)

    assert the_post(mark.subject_id).state == PostState.DRAFT


@pytest.mark.parametrize("way", ["rewritten", "substantiated", "accepted", "switched off"])
def test_a_post_is_published_once_each_phrase_is_answered_for(inside: Flask, way: str) -> None:
    mark = a_claim()
    post_id = mark.subject_id

    match way:
        case "rewritten":
            rewrite(post_id, "It warms the hands.")
        case "substantiated":
            claims.substantiate(mark.id, *SOURCE, by=EDITOR)
        case "accepted":
            claims.accept(mark.id, "It is about hams.", by=SECOND)
        case _:
            claims.switch_phrase(mark.phrase_id, on=False, by=EDITOR)
    actions.publish(post_id, by=EDITOR)

    assert the_post(post_id).state == PostState.PUBLISHED


def test_who_wrote_the_sentence_does_not_accept_it(inside: Flask) -> None:
    mark = a_claim()

    with pytest.raises(Refused, match="second person"):
        claims.accept(mark.id, "I know it.", by=EDITOR)

    assert the_mark(mark.subject_id).decision_id is None


def test_who_brought_the_sentence_in_anew_is_its_writer_too(inside: Flask) -> None:
    mark = a_claim()
    claims.accept(mark.id, "It is about hams.", by=SECOND)
    rewrite(mark.subject_id, "Nothing.")
    rewrite(mark.subject_id, CLAIM, by=SECOND)

    again = the_mark(mark.subject_id)

    assert again.decision_id is None
    with pytest.raises(Refused, match="second person"):
        claims.accept(again.id, "Still.", by=SECOND)


def test_a_changed_sentence_is_asked_about_anew_and_another_is_not(inside: Flask) -> None:
    mark = a_claim(body=f"{CLAIM} It rained.", substantiated=True)
    rewrite(mark.subject_id, f"{CLAIM} It snowed.")
    kept = the_mark(mark.subject_id).decision_id

    rewrite(mark.subject_id, "It never cures a cold. It snowed.")

    assert kept is not None
    assert the_mark(mark.subject_id).decision_id is None


def test_a_public_post_does_not_take_on_an_open_phrase(inside: Flask) -> None:
    post = a_post()

    with pytest.raises(Refused, match="“cures”"):
        rewrite(post.id, CLAIM)

    assert the_post(post.id).body == "It rained."
    assert marks(post.id) == []


def test_a_scheduled_post_waits_until_somebody_answers(
    app: Flask, frozen: ModuleType, drain: Callable[[], int]
) -> None:
    with app.app_context():
        mark = a_claim()
        mark_id, post_id = mark.id, mark.subject_id
        actions.schedule(post_id, NOON + HOUR, by=EDITOR)
    frozen.advance(HOUR)
    drain()
    with app.app_context():
        actions.publish_due()
    drain()
    with app.app_context():
        held = the_post(post_id)
        assert (held.state, held.scheduled_for) == (PostState.SCHEDULED, NOON + HOUR)
        assert [each.verb for each in audit.history(("post", held.id))].count("post.held_back") == 1

        claims.accept(mark_id, "It is about hams.", by=SECOND)
        actions.publish_due()
    drain()

    with app.app_context():
        assert the_post(post_id).published_at == NOON + HOUR


def test_a_decision_taken_back_opens_the_phrase_again(inside: Flask) -> None:
    mark = a_claim(substantiated=True)

    claims.recall(mark.id, "The study was withdrawn.", by=SECOND)

    with pytest.raises(Refused):
        actions.publish(mark.subject_id, by=EDITOR)
    assert [each.decision.answer for each in decisions()] == [Answer.RECALL, Answer.SOURCE]
    assert decisions()[0].reason == "The study was withdrawn."


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a",
        "javascript:alert(1)",
        "https://",
        "https://localhost",
        "https://a:b@example.org/",
        "https://exa mple.org/",
        'https://example.org/"onclick',
        "https://[example.org",
        "https://example.org/" + "a" * 500,
        "HTTPS://example.org",
    ],
)
def test_a_source_is_a_whole_https_address(inside: Flask, url: str) -> None:
    mark = a_claim()

    with pytest.raises(Refused):
        claims.substantiate(mark.id, url, "A study", by=SECOND)


def look_again() -> None:
    """Do the job that a change of the lexicon leaves."""
    waiting = sa.select(Job.args).where(Job.name == LOOK_JOB, Job.state == JobState.QUEUED)
    assert {"kind": "post", "after": 0} in session().scalars(waiting).all()
    claims.look_again(kind="post", after=0)


def test_a_phrase_added_later_marks_what_stands(inside: Flask) -> None:
    post_id = a_post(body="A splendid day.").id
    claims.add_phrase(categories()[0].id, "Splendid", Endings.EXACT, harmless=False, by=SECOND)
    look_again()

    mark = the_mark(post_id)
    assert (mark.words, mark.decision_id) == ("splendid", None)
    with pytest.raises(Refused, match="second person"):
        claims.accept(mark.id, "Mine.", by=EDITOR)
    claims.switch_phrase(mark.phrase_id, on=False, by=SECOND)
    look_again()
    assert marks(post_id) == []


def test_the_record_keeps_what_was_decided_when_the_text_has_gone(inside: Flask) -> None:
    mark = a_claim(substantiated=True)

    rewrite(mark.subject_id, "Nothing.")

    kept = session().scalars(sa.select(ClaimDecision)).one()
    assert (kept.sentence, kept.source_url, kept.actor_id) == (CLAIM, SOURCE[0], "2")


def test_a_text_that_is_nothing_but_claims_is_refused(inside: Flask) -> None:
    with pytest.raises(Refused, match="split"):
        actions.add_post(post_texts(body="Cures. " * 400), by=EDITOR)


def test_a_public_text_that_has_become_nothing_but_claims_is_marked_all_the_same(inside: Flask) -> None:
    post_id = a_post(body="Splendid. " * 400).id
    claims.add_phrase(categories()[0].id, "splendid", Endings.EXACT, harmless=False, by=SECOND)

    look_again()

    assert the_mark(post_id).words == "Splendid"
