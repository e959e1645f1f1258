"""What a new comment is looked through for, before a person reads it.

Knows what is held, what passes and what is set aside; refuses to reject anything: that is for people.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from storefront import states
from storefront.comments.insiders import is_staff_address, looks_like_insider
from storefront.comments.models import Comment, CommentState, Verdict
from storefront.comments.steps import (
    Marked,
    announce,
    find_original,
    note_decision,
    owe_mail,
    remember_likeness,
    unmute,
)
from storefront.comments.subjects import Subject
from storefront.comments.wording import links_in
from storefront.config import settings
from storefront.database import require_transaction

# More than that within the hour is a nuisance to whoever has the mailbox.
MOST_MAILS = 3
_SYSTEM = ("system", None)


def sift(
    made: Comment, subject: Subject, marked: Marked, *, tells: bool, is_trapped: bool, now: datetime
) -> None:
    """Note what a moderator should look at, let pass what may, and write to whoever wrote. A step."""
    made.original_id = find_original(marked)
    if made.original_id is None:
        remember_likeness(made.id, marked)
    flags = flags_of(made, subject, is_trapped=is_trapped)
    made.flags = " ".join(flags)
    if made.customer_id is not None and tells:
        unmute(made.email)
    if is_trapped or "blocked" in flags:
        states.advance(made, CommentState.SPAM)
        note_decision(
            made.id, Verdict.SPAM, reason="trap" if is_trapped else "block_list", by=_SYSTEM, at=now
        )
    elif _passes(made):
        states.advance(made, CommentState.PUBLISHED)
        note_decision(made.id, Verdict.PUBLISH, reason="known", by=_SYSTEM, at=now)
        announce(made)
    elif _lately(made, now=now) <= MOST_MAILS:
        owe_mail("comment_received", about=made.id, to=made.email, facts={"comment_id": made.id})


def flags_of(made: Comment, subject: Subject, *, is_trapped: bool = False) -> list[str]:
    """The codes of what a moderator should look at. A step."""
    said = f"{made.name}\n{made.email}\n{made.text}".casefold()
    marks = {
        "trap": is_trapped,
        "blocked": any(word in said for word in settings().comment_block_list),
        "copy": made.original_id is not None,
        "namesake": not made.insider and looks_like_insider(made.name, subject),
        "staff_address": made.customer_id is None and is_staff_address(made.email),
        "links": links_in(made.text) > 0,
    }
    return [code for code, is_so in marks.items() if is_so]


def _passes(made: Comment) -> bool:
    """By setting: somebody signed in, of whom something was published and nothing was not."""
    if not settings().comments_trust_known or made.customer_id is None or made.flags:
        return False
    theirs = sa.select(Comment.state).where(Comment.customer_id == made.customer_id, Comment.id != made.id)
    before = set(require_transaction().scalars(theirs))
    return CommentState.PUBLISHED in before and before <= {CommentState.PUBLISHED, CommentState.HELD}


def _lately(made: Comment, *, now: datetime) -> int:
    """How many comments came under this address within the hour, this one among them."""
    recent = sa.select(sa.func.count()).where(
        Comment.email == made.email, Comment.created_at > now - timedelta(hours=1)
    )
    return int(require_transaction().scalar(recent) or 0)
