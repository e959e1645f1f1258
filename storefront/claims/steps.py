"""Marks kept beside texts, and the gate before anybody may read them. Every function is a step.

Knows which decision a mark goes by; refuses to know when a text is public: the rooms that have texts ask here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from flask_babel import ngettext

from storefront import clock
from storefront.claims.marking import Marked, marks_in, once_each, refuse_too_many
from storefront.claims.models import Answer, ClaimDecision, ClaimMark, ClaimWriter
from storefront.claims.queries import the_lexicon
from storefront.claims.subjects import Text
from storefront.database import insert_ignore, require_transaction
from storefront.errors import Refused

_NAMED = 5


def look_at(text: Text) -> list[str]:
    """Mark a text as it stands under the lexicon as it stands; the words of the marks that are open. Raises Refused
    where nobody could answer for so many."""
    require_transaction()
    marks = marks_in(text.parts, the_lexicon())
    refuse_too_many(marks)
    return _keep([(text, once_each(marks))])[text.id]


def look_at_all(texts: Sequence[Text]) -> dict[int, list[str]]:
    """Mark texts of one kind, which the caller holds; by id, the words of the marks that are open. Of too many the
    first are kept: nothing is refused here, and nothing goes public."""
    require_transaction()
    if not texts:
        return {}
    lexicon = the_lexicon()
    return _keep([(text, once_each(marks_in(text.parts, lexicon))) for text in texts])


def _keep(found: Sequence[tuple[Text, Mapping[str, Marked]]]) -> dict[int, list[str]]:
    kind, texts = found[0][0].kind, [text for text, _marks in found]
    wanted = {text.id: marks for text, marks in found}
    standing = _standing(kind, wanted)
    _remove([mark for mark in standing if mark.digest not in wanted[mark.subject_id]])
    kept = [mark for mark in standing if mark.digest in wanted[mark.subject_id]]
    known = {(mark.subject_id, mark.digest) for mark in kept}
    fresh = [
        (text, mark)
        for text in texts
        for mark in wanted[text.id].values()
        if (text.id, mark.digest) not in known
    ]
    still_open: dict[int, list[str]] = {text.id: [] for text in texts}
    for mark in [*kept, *_add(kind, fresh)]:
        if mark.decision_id is None:
            still_open[mark.subject_id].append(mark.words)
    return still_open


def refuse_open(words: Sequence[str], *, field: str | None = None) -> None:
    """Raises Refused where phrases are open, and names them."""
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


def _add(kind: str, fresh: Sequence[tuple[Text, Marked]]) -> list[ClaimMark]:
    """Add marks; one that stood here before goes by what was decided then, unless who accepted it wrote it now."""
    if not fresh:
        return []
    current, now = require_transaction(), clock.now()
    before = _decided_before(kind, {text.id for text, _mark in fresh})
    added = []
    for text, mark in fresh:
        _note_writers(text, mark)
        decision = before.get((text.id, mark.digest))
        added.append(
            ClaimMark(
                subject_kind=kind,
                subject_id=text.id,
                digest=mark.digest,
                phrase_id=mark.phrase_id,
                category_id=mark.category_id,
                field=mark.field,
                position=mark.start,
                words=mark.words,
                sentence=mark.sentence,
                decision_id=decision.id if decision and _holds(decision, text) else None,
                at=now,
            )
        )
    current.add_all(added)
    current.flush()
    return added


def _note_writers(text: Text, mark: Marked) -> None:
    for writer in sorted(text.writers):
        key = {"subject_kind": text.kind, "subject_id": text.id, "digest": mark.digest, "writer": writer}
        insert_ignore(ClaimWriter, key, unique=tuple(key))


def _decided_before(kind: str, ids: Collection[int]) -> Mapping[tuple[int, str], ClaimDecision]:
    of_these = sa.select(ClaimDecision).where(
        ClaimDecision.subject_kind == kind, ClaimDecision.subject_id.in_(list(ids))
    )
    rows = require_transaction().scalars(of_these.order_by(ClaimDecision.id))
    return {(row.subject_id, row.digest): row for row in rows}


def _holds(decision: ClaimDecision, text: Text) -> bool:
    if decision.answer == Answer.SOURCE:
        return True
    return (
        decision.answer == Answer.ACCEPT and f"{decision.actor_kind}:{decision.actor_id}" not in text.writers
    )


def those_marked(texts: Iterable[Text]) -> list[Text]:
    """The texts in which anything would be marked. One statement."""
    lexicon = the_lexicon()
    return [text for text in texts if marks_in(text.parts, lexicon, most=1)]
