"""Marks kept beside texts, and the gate before anybody may read them. Every function is a step.

Knows which decision a mark goes by; refuses to know when a text is public: the rooms that have texts ask here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront import clock
from storefront.claims.deciding import take_back
from storefront.claims.lexicon import Lexicon
from storefront.claims.marking import Marked, marks_in, once_each, refuse_too_many
from storefront.claims.models import Answer, ClaimDecision, ClaimMark
from storefront.claims.promising import note_promises, refuse_untrue, those_untrue
from storefront.claims.queries import the_lexicon
from storefront.claims.stating import promises_in
from storefront.claims.subjects import Text, Writers, writer
from storefront.claims.writers import note_names, note_writers
from storefront.database import require_transaction
from storefront.errors import Refused

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What keeps a text from the public: the words of marks that are open, and of promises that are not true."""

    open: tuple[str, ...] = ()
    untrue: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.open) + len(self.untrue)


def look_at(text: Text) -> Unanswered:
    """Mark a text as somebody has just saved it, and note what it promises; what is open or untrue. Raises Refused
    where nobody could answer for so many."""
    require_transaction()
    refuse_too_many(text.parts, the_lexicon())
    return open_in(text)


def open_in(text: Text) -> Unanswered:
    """Mark a text as it stands under the lexicon as it stands, and note what it promises; what is open or untrue."""
    return look_at_all([text])[text.id]


def look_at_all(texts: Sequence[Text]) -> dict[int, Unanswered]:
    """Mark texts of one kind, which the caller holds, and note what they promise; by id, what is open or untrue.
    However many marks there are, all are kept: what nobody was asked about never goes public."""
    require_transaction()
    if not texts:
        return {}
    lexicon = the_lexicon()
    wanted = {text.id: once_each(marks_in(text.parts, lexicon)) for text in texts}
    still_open: dict[int, list[str]] = {text.id: [] for text in texts}
    kept = _keep(texts, wanted)
    for mark in [*kept, *_add(texts, wanted, kept, lexicon)]:
        if mark.decision_id is None:
            still_open[mark.subject_id].append(mark.words)
    untrue = note_promises(texts)
    return {id: Unanswered(tuple(words), tuple(untrue[id])) for id, words in still_open.items()}


_Wanted = Mapping[int, Mapping[str, Marked]]


def _keep(texts: Sequence[Text], wanted: _Wanted) -> list[ClaimMark]:
    """Remove the marks that no longer stand; those that do. What was accepted by whom its text now names is open."""
    standing = _standing(texts[0].kind, wanted)
    _remove([mark for mark in standing if mark.digest not in wanted[mark.subject_id]])
    kept = [mark for mark in standing if mark.digest in wanted[mark.subject_id]]
    note_names(texts, kept)
    names = {text.id: text.names for text in texts}
    decisions = _decisions({mark.decision_id for mark in kept if mark.decision_id and names[mark.subject_id]})
    for mark in kept:
        decision = decisions.get(mark.decision_id or 0)
        if decision is not None and not _holds(decision, names[mark.subject_id]):
            take_back(mark, _("The text has come to stand under the name of who accepted it."))
    return kept


def refuse_open(unanswered: Unanswered, *, field: str | None = None) -> None:
    """Raises Refused where a text promises what is not true, or phrases are open, and names them."""
    refuse_untrue(unanswered.untrue, field=field)
    words = unanswered.open
    if not words:
        return
    named = ", ".join(f"“{each}”" for each in words[:_NAMED]) + (", …" if len(words) > _NAMED else "")
    message = ngettext(
        "A phrase is marked and nobody has answered for it: %(named)s. Rewrite it, give its source, or let a second "
        "person accept it.",
        "%(num)s phrases are marked and nobody has answered for them: %(named)s. Rewrite each, give its source, or "
        "let a second person accept it.",
        len(words),
        named=named,
    )
    raise Refused(message, field=field)


def _standing(kind: str, ids: Collection[int]) -> list[ClaimMark]:
    """The marks that stand, held until commit: who decides about one meanwhile waits, or is waited for."""
    select = (
        sa.select(ClaimMark)
        .where(ClaimMark.subject_kind == kind, ClaimMark.subject_id.in_(list(ids)))
        .order_by(ClaimMark.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(require_transaction().scalars(select))


def _remove(marks: Sequence[ClaimMark]) -> None:
    current = require_transaction()
    for mark in marks:
        current.delete(mark)
    current.flush()


def _add(
    texts: Sequence[Text], wanted: _Wanted, kept: Sequence[ClaimMark], lexicon: Lexicon
) -> list[ClaimMark]:
    """Add marks; one that stood here before goes by what was decided then, unless who accepted it wrote it now."""
    current, now = require_transaction(), clock.now()
    known = {(mark.subject_id, mark.digest) for mark in kept}
    fresh = [
        (text, mark)
        for text in texts
        for mark in wanted[text.id].values()
        if (text.id, mark.digest) not in known
    ]
    if not fresh:
        return []
    wrote = note_writers(fresh, lexicon)
    before = _decided_before(texts[0].kind, {text.id for text, _mark in fresh})
    added = []
    for text, mark in fresh:
        key = (text.id, mark.digest)
        decision = before.get(key)
        added.append(
            ClaimMark(
                subject_kind=text.kind,
                subject_id=text.id,
                digest=mark.digest,
                phrase_id=mark.phrase_id,
                category_id=mark.category_id,
                field=mark.field,
                position=mark.start,
                words=mark.words,
                sentence=mark.sentence,
                decision_id=decision.id
                if decision and _holds(decision, wrote.get(key, frozenset()))
                else None,
                at=now,
            )
        )
    current.add_all(added)
    current.flush()
    return added


def _decided_before(kind: str, ids: Collection[int]) -> Mapping[tuple[int, str], ClaimDecision]:
    of_these = sa.select(ClaimDecision).where(
        ClaimDecision.subject_kind == kind, ClaimDecision.subject_id.in_(list(ids))
    )
    rows = require_transaction().scalars(of_these.order_by(ClaimDecision.id))
    return {(row.subject_id, row.digest): row for row in rows}


def _decisions(ids: Collection[int]) -> Mapping[int, ClaimDecision]:
    if not ids:
        return {}
    rows = require_transaction().scalars(sa.select(ClaimDecision).where(ClaimDecision.id.in_(ids)))
    return {row.id: row for row in rows}


def _holds(decision: ClaimDecision, writers: Writers) -> bool:
    """Whether what was decided about a sentence counts, whoever wrote it."""
    if decision.answer == Answer.SOURCE:
        return True
    return decision.answer == Answer.ACCEPT and not writer((decision.actor_kind, decision.actor_id)) & writers


def those_held_back(texts: Iterable[Text]) -> list[Text]:
    """The texts in which anything would be marked, or is promised that is not true. Up to two statements."""
    lexicon, promising = the_lexicon(), list(texts)
    untrue = those_untrue(promising)
    return [text for text in promising if text.id in untrue or marks_in(text.parts, lexicon, most=1)]


def those_stating(texts: Iterable[Text]) -> list[Text]:
    """The texts in which anything would be marked, or is promised. One statement."""
    lexicon = the_lexicon()
    return [text for text in texts if marks_in(text.parts, lexicon, most=1) or promises_in(text.parts)]


def refuse_overfull(texts: Iterable[Text]) -> None:
    """Raises Refused for the first text that nobody could answer for. One statement."""
    lexicon = the_lexicon()
    for text in texts:
        refuse_too_many(text.parts, lexicon)
