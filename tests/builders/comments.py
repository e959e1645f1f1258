"""Comments for tests, and something to comment on.

Knows one kind of subject made up here; refuses to know posts.
"""

from collections.abc import Collection, Mapping
from itertools import count
from typing import Any

import sqlalchemy as sa

from storefront.accounts.models import Customer
from storefront.comments.actions import Words, submit_comment
from storefront.comments.deciding import decide_comments
from storefront.comments.models import Comment, Verdict
from storefront.comments.subjects import Subject, SubjectKind, commented
from storefront.database import session

KIND = "fable"
MOST = 9
# Fables with other ids: one that nobody may read, one that there is not.
DRAFT, ABSENT = 8, 99
STAFF = ("staff", 1)
LONG = (
    "Mine stalled on day six and I nearly threw it out, then I opened the window and it doubled in two days."
)
# Who wrote the fables, and whose addresses bought what they are about, or sent it back.
AUTHOR = "Jonna Reuter"
BUYER, RETURNER = "buyer@example.org", "back@example.org"
_numbers = count(1)


def _read(ids: Collection[int]) -> Mapping[int, Subject]:
    return {
        each: Subject(
            kind=KIND,
            id=each,
            title=f"The fox & the grapes {each}",
            url=f"/fables/{each}",
            is_public=each != DRAFT,
            names=frozenset({AUTHOR}),
        )
        for each in ids
        if 0 < each <= MOST
    }


def _standing(comment: Any) -> sa.ColumnElement[str | None]:
    proved = comment.verified_at.is_not(None)
    email = comment.email
    return sa.case(
        (proved & (email == BUYER), "bought"),
        (proved & (email == RETURNER), "returned"),
    )


commented(
    KIND,
    SubjectKind(
        read=_read,
        by_author=lambda comment: sa.exists().where(
            Customer.id == comment.customer_id, Customer.name == AUTHOR
        ),
        standing=_standing,
    ),
)


def words(**typed: Any) -> Words:
    """What somebody types: another text and address each time unless they are said."""
    number = next(_numbers)
    usual: dict[str, Any] = {
        "name": "Greta W.",
        "email": f"greta{number}@example.org",
        "text": f"Thanks, number {number}!",
    }
    return Words(**{**usual, **typed})


def a_comment(*, on: int = 1, published: bool = False, **typed: Any) -> Comment:
    """A comment as it was taken in, or published besides."""
    made = submit_comment(KIND, on, words(**typed))
    if published:
        assert decide_comments([made], Verdict.PUBLISH, by=STAFF).kept == ()
    return the_comment(made)


def the_comment(comment_id: int) -> Comment:
    """The comment as it stands now, apart from the session."""
    current = session()
    found: Comment = current.get_one(Comment, comment_id, populate_existing=True)
    current.expunge(found)
    return found
