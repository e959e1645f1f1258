"""Marked texts for tests, made as editors make them.

Knows a sentence that is marked; refuses to write rows of its own.
"""

from typing import Any

import sqlalchemy as sa

from storefront.claims import actions
from storefront.claims.models import ClaimMark
from storefront.content import actions as content
from storefront.database import session
from tests.builders.content import EDITOR, a_post

SECOND = ("staff", 2)
CLAIM = "It cures a cold."
SOURCE = ("https://example.org/study", "A study")


def a_claim(*, substantiated: bool = False, **said: Any) -> ClaimMark:
    """The mark in a draft that says one thing to be careful with. Opens transactions."""
    post = a_post(published=False, **{"body": CLAIM} | said)
    mark = the_mark(post.id)
    if substantiated:
        actions.substantiate(mark.id, *SOURCE, by=SECOND)
    return mark


def an_accepted_claim() -> ClaimMark:
    """A mark that a second person has answered for. Opens transactions."""
    mark = a_claim()
    actions.accept(mark.id, "It is about hams.", by=SECOND)
    return the_mark(mark.subject_id)


def a_public_claim(**said: Any) -> int:
    """The id of a published post with a sentence that a source bears out. Opens transactions."""
    post_id = a_claim(substantiated=True, **said).subject_id
    content.publish(post_id, by=EDITOR)
    return post_id


def the_mark(subject_id: int, kind: str = "post") -> ClaimMark:
    """The first mark in a text as it now stands."""
    return marks(subject_id, kind)[0]


def marks(subject_id: int, kind: str = "post") -> list[ClaimMark]:
    """The marks in a text as they now stand."""
    of_text = sa.select(ClaimMark).where(ClaimMark.subject_kind == kind, ClaimMark.subject_id == subject_id)
    ordered = of_text.order_by(ClaimMark.id).execution_options(populate_existing=True)
    return list(session().scalars(ordered))
