"""Deciding about comments: which way each may go, why, and what is written down."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.audit import history
from storefront.comments.deciding import LEADS_TO, close_thread, decide_comments, open_thread
from storefront.comments.models import Comment, CommentState, Decision, Verdict
from storefront.database import session, transaction
from storefront.errors import Refused
from tests.books import mails
from tests.builders.comments import KIND, STAFF, a_comment, the_comment

MAY = {
    (CommentState.HELD, Verdict.PUBLISH),
    (CommentState.HELD, Verdict.REJECT),
    (CommentState.HELD, Verdict.SPAM),
    (CommentState.PUBLISHED, Verdict.REJECT),
    (CommentState.PUBLISHED, Verdict.SPAM),
    (CommentState.REJECTED, Verdict.RESTORE),
    (CommentState.SPAM, Verdict.RESTORE),
}
TO = {
    CommentState.HELD: None,
    CommentState.PUBLISHED: Verdict.PUBLISH,
    CommentState.REJECTED: Verdict.REJECT,
    CommentState.SPAM: Verdict.SPAM,
}


def a_comment_that_is(state: CommentState) -> Comment:
    made = a_comment()
    verdict = TO[state]
    if verdict is not None:
        decide_comments([made.id], verdict, reason="abuse", by=STAFF)
    return the_comment(made.id)


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("state", CommentState)
def test_a_comment_goes_where_it_may_and_nowhere_else(
    inside: Flask, state: CommentState, verdict: Verdict
) -> None:
    made = a_comment_that_is(state)

    outcome = decide_comments([made.id], verdict, reason="abuse", by=STAFF)

    allowed = (state, verdict) in MAY
    assert outcome.changed == allowed
    assert the_comment(made.id).state == (LEADS_TO[verdict] if allowed else state)


def test_a_rejection_gives_one_of_the_neutral_reasons(inside: Flask) -> None:
    made = a_comment()

    for reason in ("", "too critical", "trap"):
        with pytest.raises(Refused):
            decide_comments([made.id], Verdict.REJECT, reason=reason, by=STAFF)

    assert the_comment(made.id).state == CommentState.HELD


def test_a_decision_is_written_down_with_its_author_and_reason(inside: Flask) -> None:
    made = a_comment()

    decide_comments([made.id], Verdict.REJECT, reason="off_topic", by=("staff", 7))

    decision = session().scalars(sa.select(Decision)).one()
    assert (decision.verdict, decision.reason) == ("reject", "off_topic")
    assert (decision.actor_kind, decision.actor_id) == ("staff", "7")
    assert [(entry.verb, entry.code) for entry in history(("comment", made.id))] == [
        ("comment.reject", "off_topic")
    ]


@pytest.mark.parametrize("statement", ["UPDATE decision SET reason = 'abuse'", "DELETE FROM decision"])
def test_a_decision_once_written_is_neither_changed_nor_removed(inside: Flask, statement: str) -> None:
    a_comment(published=True)

    with pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction() as current:
        current.execute(sa.text(statement))


def test_of_many_what_cannot_go_stays_and_the_rest_goes(inside: Flask) -> None:
    held, published = a_comment(), a_comment(published=True)

    outcome = decide_comments([held.id, published.id, 2**40], Verdict.PUBLISH, by=STAFF)

    assert (outcome.changed, len(outcome.kept)) == (1, 2)
    assert the_comment(held.id).state == CommentState.PUBLISHED


def test_published_twice_is_written_about_once(inside: Flask) -> None:
    made = a_comment(email="greta@example.org")

    for _time in range(2):
        decide_comments([made.id], Verdict.PUBLISH, by=STAFF)

    assert [kind for kind, _to in mails()].count("comment_published") == 1


def test_a_reply_is_not_published_before_what_it_answers(inside: Flask) -> None:
    root = a_comment(published=True)
    reply = a_comment(parent_id=root.id)
    decide_comments([root.id], Verdict.SPAM, by=STAFF)

    outcome = decide_comments([reply.id], Verdict.PUBLISH, by=STAFF)

    assert outcome.changed == 0


def test_a_thread_is_closed_and_opened_again(inside: Flask) -> None:
    close_thread(KIND, 1, by=STAFF)
    close_thread(KIND, 1, by=STAFF)
    with pytest.raises(Refused, match="closed"):
        a_comment()

    open_thread(KIND, 1, by=STAFF)

    assert a_comment().state == CommentState.HELD
