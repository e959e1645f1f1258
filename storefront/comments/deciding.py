"""What people decide about comments, and why.

Knows the neutral reasons; refuses to change anybody's words.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from storefront import audit, clock, states
from storefront.comments.models import ClosedThread, Comment, CommentState, Verdict
from storefront.comments.steps import announce, note_decision
from storefront.comments.subjects import find_subject
from storefront.database import insert_ignore, lock, require_transaction, transaction
from storefront.errors import NotFound, Refused

Actor = tuple[str, object]

LEADS_TO: Mapping[Verdict, CommentState] = {
    Verdict.PUBLISH: CommentState.PUBLISHED,
    Verdict.REJECT: CommentState.REJECTED,
    Verdict.SPAM: CommentState.SPAM,
    Verdict.RESTORE: CommentState.HELD,
}
# None of them is an opinion: what is critical, and none of these, is published (US 16 CFR 465.7).
REASONS: Mapping[str, object] = {
    "abuse": _l("Insults or threatens somebody"),
    "private": _l("Tells what is private of somebody"),
    "unlawful": _l("Breaks a law"),
    "off_topic": _l("Is about something else"),
    "advert": _l("Advertises something"),
    "copy": _l("Repeats another comment"),
    "false_name": _l("Claims to be somebody else"),
    "own_wish": _l("Its writer asked for it"),
}
# Set by the shop itself, or where no reason is asked for.
OTHER_REASONS: Mapping[str, object] = {
    "": _l("None is needed"),
    "trap": _l("Filled in what people do not see"),
    "block_list": _l("Has a word of the block list"),
    "known": _l("From somebody whose comments were published before"),
    "moved": _l("Was so where it came from"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision: how many comments it changed, and why the others stayed, a sentence each."""

    changed: int
    kept: tuple[str, ...]


def decide_comments(
    comment_ids: Collection[int], verdict: Verdict, *, reason: str = "", by: Actor
) -> Outcome:
    """Decide about comments one by one; what cannot go there stays, and the rest goes. Raises Refused where a
    rejection gives no reason."""
    if verdict == Verdict.REJECT and reason not in REASONS:
        raise Refused(_("Please choose the reason; it goes into the report."), field="reason")
    kept, changed = [], 0
    with transaction():
        for comment_id in sorted(set(comment_ids)):
            try:
                _decide(comment_id, verdict, reason=reason if verdict == Verdict.REJECT else "", by=by)
                changed += 1
            except Refused as refusal:
                kept.append(refusal.message)
    return Outcome(changed, tuple(kept))


# As the record calls them; each has words in `staff/audit_words.py`.
_VERBS = {
    Verdict.PUBLISH: "comment.publish",
    Verdict.REJECT: "comment.reject",
    Verdict.SPAM: "comment.spam",
    Verdict.RESTORE: "comment.restore",
}


def _decide(comment_id: int, verdict: Verdict, *, reason: str, by: Actor) -> None:
    made: Comment | None = lock(Comment, comment_id)
    if made is None or not states.may(made, LEADS_TO[verdict]):
        raise Refused(_("Comment %(id)s has been decided about already.", id=comment_id))
    if verdict == Verdict.PUBLISH:
        _refuse_unpublishable(made)
    before = made.state
    states.advance(made, LEADS_TO[verdict])
    note_decision(made.id, verdict, reason=reason, by=by, at=clock.now())
    audit.record(
        _VERBS[verdict],
        subject=("comment", made.id),
        actor=by,
        code=reason or None,
        detail={"state": (before, made.state)},
    )
    if verdict == Verdict.PUBLISH:
        announce(made)


def _refuse_unpublishable(made: Comment) -> None:
    if "staff_address" in made.flags.split() and made.verified_at is None:
        message = _(
            "Comment %(id)s is under the address of somebody who works here, who has not confirmed it.",
            id=made.id,
        )
        raise Refused(message)
    subject = find_subject(made.subject_kind, made.subject_id)
    if subject is None or not subject.is_public:
        raise Refused(_("Comment %(id)s is about something that nobody can read now.", id=made.id))
    if not made.text:
        raise Refused(_("The writer of comment %(id)s was erased, and the words too.", id=made.id))
    parent = require_transaction().get(Comment, made.parent_id) if made.parent_id else None
    if parent is not None and parent.state != CommentState.PUBLISHED:
        raise Refused(_("Comment %(id)s answers one that is not published.", id=made.id))


def close_thread(kind: str, subject_id: int, *, by: Actor) -> None:
    """Let nobody add to the comments on a subject; run twice, it changes nothing. Raises NotFound."""
    with transaction():
        if find_subject(kind, subject_id) is None:
            raise NotFound()
        row = {"subject_kind": kind, "subject_id": subject_id, "at": clock.now()}
        if insert_ignore(ClosedThread, row, unique=("subject_kind", "subject_id")):
            audit.record("comments.close", subject=(kind, subject_id), actor=by)


def open_thread(kind: str, subject_id: int, *, by: Actor) -> None:
    """Take comments on a subject again; run twice, it changes nothing."""
    with transaction() as current:
        closed = current.get(ClosedThread, (kind, subject_id))
        if closed is not None:
            current.delete(closed)
            audit.record("comments.open", subject=(kind, subject_id), actor=by)
