"""Comments that move in from elsewhere with the states they had there; nobody is written to.

Knows people's own words and who answered whom; refuses to believe that a name, or an address, is anybody's here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from storefront import clock, people, states
from storefront.comments.likeness import digest_of
from storefront.comments.models import ClosedThread, Comment, CommentState, MovedComment, Verdict
from storefront.comments.sifting import flags_of
from storefront.comments.steps import Marked, find_original, note_decision, remember_likeness
from storefront.comments.subjects import Subject, find_subject
from storefront.comments.wording import MOST_NAME, clean_name, clean_text
from storefront.config.values import EMAIL
from storefront.database import insert_ignore, require_transaction
from storefront.errors import NotFound

_BY = ("import", None)
_VERDICTS = {CommentState.PUBLISHED: Verdict.PUBLISH, CommentState.SPAM: Verdict.SPAM}
# RFC 2606: no mail can ever arrive there.
_NOWHERE = "moved.invalid"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said elsewhere; `is_known` means that they were signed in there."""

    source_id: int
    parent_id: int
    name: str
    email: str
    text: str
    state: CommentState
    at: datetime
    is_known: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left of it that could be shown."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Ready:
    """A comment as it will be kept, with the marks of its text."""

    said: Said
    marked: Marked


def ready(said: Sequence[Said], unnamed: str) -> list[Ready]:
    """Comments fit to be kept, who has no name called `unnamed`; reckoned before anybody has to wait."""
    tidied = [
        replace(
            each,
            name=clean_name(each.name)[:MOST_NAME].strip() or unnamed,
            email=_address(each),
            text=clean_text(each.text),
        )
        for each in said
    ]
    return [Ready(each, Marked.of(each.text)) for each in tidied]


def move_in(kind: str, subject_id: int, source: str, comments: Sequence[Ready]) -> Counter[str]:
    """Add the comments on a subject that are not here yet: "new" how many, "folded" those of a person that say the
    same, "deep" answers to answers (they stand beside them), "alone" answers to what is not here, "empty". Raises
    NotFound. A step; run twice, it changes nothing."""
    subject = find_subject(kind, subject_id)
    if subject is None:
        raise NotFound()
    tally: Counter[str] = Counter()
    here = _here(source, [each.said.source_id for each in comments])
    above = {each.said.source_id: each.said.parent_id for each in comments}
    waiting = sorted(
        (each for each in comments if each.said.source_id not in here),
        key=lambda each: (
            _root(each.said.source_id, above) != each.said.source_id,
            each.said.at,
            each.said.source_id,
        ),
    )
    for each in waiting:
        said = each.said
        if said.is_empty:
            tally["empty"] += 1
            continue
        root = _root(said.source_id, above)
        parent_id = here.get(root) if root != said.source_id else None
        if said.parent_id:
            tally["deep"] += root not in {said.source_id, said.parent_id}
            tally["alone"] += parent_id is None
        made, is_new = _add(subject, each, parent_id)
        here[said.source_id] = made.parent_id or made.id
        require_transaction().add(MovedComment(source=source, source_id=said.source_id, comment_id=made.id))
        tally["new" if is_new else "folded"] += 1
    require_transaction().flush()
    return tally


def close(kind: str, subject_id: int) -> None:
    """Let nobody add to what was said: so it was there. A step; run twice, it changes nothing."""
    row = {"subject_kind": kind, "subject_id": subject_id, "at": clock.now()}
    insert_ignore(ClosedThread, row, unique=("subject_kind", "subject_id"))


def _address(said: Said) -> str:
    email = people.email_key(said.email)
    if not EMAIL.fullmatch(email) or people.is_erased(email):
        return f"nobody-{said.source_id}@{_NOWHERE}"
    return email


def _here(source: str, source_ids: Sequence[int]) -> dict[int, int]:
    """Those that moved in before, and the first of their threads here."""
    found: dict[int, int] = {}
    for begin in range(0, len(source_ids), 500):
        rows = require_transaction().execute(
            sa.select(MovedComment.source_id, sa.func.coalesce(Comment.parent_id, Comment.id))
            .join(Comment, Comment.id == MovedComment.comment_id)
            .where(MovedComment.source == source, MovedComment.source_id.in_(source_ids[begin : begin + 500]))
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def _root(source_id: int, above: dict[int, int]) -> int:
    """The first comment of the thread, as far as it is known; a circle ends where it began."""
    seen = {source_id}
    while (parent := above.get(source_id, 0)) in above and parent not in seen:
        seen.add(parent)
        source_id = parent
    return source_id


def _add(subject: Subject, each: Ready, parent_id: int | None) -> tuple[Comment, bool]:
    """The comment of these words, and whether it is new."""
    said, current = each.said, require_transaction()
    key = {
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "email": said.email,
        "text_digest": digest_of(said.text),
    }
    row = {
        **key,
        "parent_id": parent_id,
        "name": said.name,
        "text": said.text,
        "state": CommentState.HELD,
        "insider": "",
        "flags": "",
        "tells": False,
        "created_at": said.at,
    }
    is_new = insert_ignore(Comment, row, unique=tuple(key))
    same = sa.select(Comment).where(*(getattr(Comment, name) == value for name, value in key.items()))
    made = current.scalars(same).one()
    if is_new:
        _judge(made, subject, each)
    return made, is_new


def _judge(made: Comment, subject: Subject, each: Ready) -> None:
    made.original_id = find_original(each.marked)
    if made.original_id is None:
        remember_likeness(made.id, each.marked)
    flags = set(flags_of(made, subject))
    if each.said.is_known:
        # They had an account there: whose name it is, nobody knows here.
        flags.discard("namesake")
    made.flags = " ".join(sorted(flags))
    if (verdict := _VERDICTS.get(each.said.state)) is not None:
        states.advance(made, each.said.state)
        note_decision(made.id, verdict, reason="moved", by=_BY, at=clock.now())
