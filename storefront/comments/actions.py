"""A comment is written, and its writer's address proved or left in peace.

Knows what is held and why; refuses to publish anything that a person should read first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront import clock, people
from storefront.comments.insiders import customer_under, insider
from storefront.comments.likeness import digest_of
from storefront.comments.models import ClosedThread, Comment, CommentState
from storefront.comments.sifting import sift
from storefront.comments.steps import Marked, mute
from storefront.comments.subjects import Subject, find_subject, public_subject
from storefront.comments.wording import MOST_NAME, MOST_TEXT, clean_name, clean_text, links_in
from storefront.config import settings
from storefront.config.values import EMAIL
from storefront.database import insert_ignore, lock, require_transaction, transaction
from storefront.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody typed. `customer_id` is the account they are signed in with; then `email` is that account's.

    `trap` is what stands in the field that people do not see.
    """

    name: str
    email: str
    text: str
    tells: bool = False
    parent_id: int | None = None
    customer_id: int | None = None
    trap: str = ""


def submit_comment(kind: str, subject_id: int, words: Words) -> int:
    """Take in a comment and answer its id; the same words once more are the comment that stands already.

    Raises NotFound where the subject is not public, and Refused.
    """
    typed = _checked(words)
    marked = Marked.of(typed.text)
    with transaction():
        subject = public_subject(kind, subject_id)
        _refuse_closed(subject)
        thread = _thread(subject, typed.parent_id)
        now = clock.now()
        made, is_new = _written(subject, typed, thread, now=now)
        if is_new:
            sift(made, subject, marked, tells=typed.tells, is_trapped=bool(typed.trap), now=now)
        return made.id


def prove_address(comment_id: int) -> None:
    """The link in a mail was followed and its button pressed: the address of this comment is its writer's, on all
    that stands under it. Raises NotFound; run twice, it changes nothing."""
    with transaction() as current:
        made: Comment | None = lock(Comment, comment_id)
        if made is None or people.is_erased(made.email):
            raise NotFound()
        now, customer_id = clock.now(), customer_under(made.email)
        unproved = sa.select(Comment).where(Comment.email == made.email, Comment.verified_at.is_(None))
        for each in current.scalars(unproved.order_by(Comment.id).with_for_update()):
            each.verified_at = now
            subject = find_subject(each.subject_kind, each.subject_id)
            if subject is not None and not each.insider:
                each.insider = insider(customer_id, subject)


def stop_mails(comment_id: int) -> None:
    """Write to the address of this comment no more. Run twice, it changes nothing; raises NotFound."""
    with transaction() as current:
        made = current.get(Comment, comment_id)
        if made is None:
            raise NotFound()
        mute(made.email)


def _checked(words: Words) -> Words:
    name, text, email = clean_name(words.name), clean_text(words.text), people.email_key(words.email)
    if not any(sign.isalnum() for sign in name):
        raise Refused(_("Please enter a name; it is shown beside your comment."), field="name")
    if len(name) > MOST_NAME:
        raise Refused(_("A name has at most %(most)s characters here.", most=MOST_NAME), field="name")
    if not EMAIL.fullmatch(email) or people.is_erased(email):
        raise Refused(_("Please enter an e-mail address like name@example.com."), field="email")
    if not text:
        raise Refused(_("Please write your comment."), field="text")
    if len(text) > MOST_TEXT:
        raise Refused(_("A comment has at most %(most)s characters.", most=MOST_TEXT), field="text")
    most = settings().comment_links
    if links_in(text) > most:
        message = ngettext("At most %(num)s link, please.", "At most %(num)s links, please.", most)
        raise Refused(message, field="text")
    return Words(name, email, text, words.tells, words.parent_id, words.customer_id, words.trap)


def _refuse_closed(subject: Subject) -> None:
    if require_transaction().get(ClosedThread, (subject.kind, subject.id)) is not None:
        raise Refused(_("Comments on this are closed; what was said stays."))


def _thread(subject: Subject, parent_id: int | None) -> dict[str, int | None]:
    """The first comment of the thread that is answered, and the reply if it answers one: it stands beside that.
    Raises Refused where it is another subject's, or nobody can read it."""
    if parent_id is None:
        return {"parent_id": None, "answered_id": None}
    parent = _standing(subject, parent_id)
    root = parent if parent is None or parent.parent_id is None else _standing(subject, parent.parent_id)
    if parent is None or root is None:
        raise Refused(_("The comment that you answer is not here any more."))
    return {"parent_id": root.id, "answered_id": None if root is parent else parent.id}


def _standing(subject: Subject, comment_id: int) -> Comment | None:
    """A comment on a subject that everybody can read."""
    found = require_transaction().get(Comment, comment_id) if 0 < comment_id < 2**63 else None
    if found is None or (found.subject_kind, found.subject_id) != (subject.kind, subject.id):
        return None
    return found if found.state == CommentState.PUBLISHED else None


def _written(
    subject: Subject, words: Words, thread: Mapping[str, int | None], *, now: datetime
) -> tuple[Comment, bool]:
    """The row of these words, and whether it is new: of one person's same words on one subject there is one."""
    key = {
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "email": words.email,
        "text_digest": digest_of(words.text),
    }
    row = {
        **key,
        **thread,
        "name": words.name,
        "customer_id": words.customer_id,
        "text": words.text,
        "state": CommentState.HELD,
        "insider": insider(words.customer_id, subject),
        "flags": "",
        "tells": words.tells,
        "verified_at": now if words.customer_id is not None else None,
        "created_at": now,
    }
    is_new = insert_ignore(Comment, row, unique=tuple(key))
    found = sa.select(Comment).where(*(getattr(Comment, name) == value for name, value in key.items()))
    return require_transaction().scalars(found).one(), is_new
