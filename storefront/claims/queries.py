"""The lexicon, the marks that stand and what was decided about them; each function says how many statements it sends.

Knows how they are found; refuses to write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.claims.lexicon import Lexicon, Phrase, lexicon_of
from storefront.claims.models import (
    Answer,
    ClaimCategory,
    ClaimDecision,
    ClaimMark,
    ClaimPhrase,
    ClaimReason,
    Endings,
)
from storefront.claims.subjects import Text, texts_by_key
from storefront.database import Prepared, read, session
from storefront.errors import NotFound

PAGE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """A mark as it stands, what was decided about it, and the text it is in."""

    mark: ClaimMark
    category: str
    decision: ClaimDecision | None
    reason: str
    text: Text | None

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered for it."""
        return self.decision is None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and why."""

    decision: ClaimDecision
    reason: str


def the_lexicon() -> Lexicon:
    """The phrases that are switched on, in categories that are. One statement."""
    rows = tuple(read(_PHRASES))
    return lexicon_of(
        tuple(
            Phrase(row.id, row.category_id, row.text, Endings(row.endings), bool(row.is_harmless))
            for row in rows
        )
    )


_PHRASES = Prepared(
    sa.select(
        ClaimPhrase.id,
        ClaimPhrase.category_id,
        ClaimPhrase.text,
        ClaimPhrase.endings,
        sa.case((ClaimPhrase.is_harmless, 1), else_=0).label("is_harmless"),
    )
    .join(ClaimCategory, ClaimCategory.id == ClaimPhrase.category_id)
    .where(ClaimPhrase.is_on, ClaimCategory.is_on)
    .order_by(ClaimPhrase.id)
)


def categories() -> Sequence[ClaimCategory]:
    """All categories, in their order. One statement."""
    select = sa.select(ClaimCategory).order_by(ClaimCategory.position, ClaimCategory.id)
    return session().scalars(select).all()


def category_by_id(category_id: int) -> ClaimCategory:
    """A category. One statement. Raises NotFound."""
    found: ClaimCategory | None = session().get(ClaimCategory, category_id)
    if found is None:
        raise NotFound()
    return found


def phrase_by_id(phrase_id: int) -> ClaimPhrase:
    """A phrase. One statement. Raises NotFound."""
    found: ClaimPhrase | None = session().get(ClaimPhrase, phrase_id)
    if found is None:
        raise NotFound()
    return found


def phrases_of(category_id: int) -> Sequence[ClaimPhrase]:
    """The phrases of a category, by their words. One statement."""
    select = sa.select(ClaimPhrase).where(ClaimPhrase.category_id == category_id)
    return session().scalars(select.order_by(ClaimPhrase.is_harmless, ClaimPhrase.text)).all()


def phrase_counts() -> dict[int, int]:
    """How many phrases each category has. One statement."""
    count = sa.select(ClaimPhrase.category_id, sa.func.count()).group_by(ClaimPhrase.category_id)
    return dict(session().execute(count).all())


def open_marks() -> sa.Select[Any]:
    """What waits in the queue, a row for each mark."""
    return sa.select(ClaimMark.id).where(ClaimMark.decision_id.is_(None))


def waiting_marks(after: int = 0) -> list[Standing]:
    """The open marks behind one, the oldest first, one more than a page. One statement, and one for each kind."""
    rows = _marks().where(ClaimMark.decision_id.is_(None), ClaimMark.id > after)
    return _stood(rows.order_by(ClaimMark.id).limit(PAGE + 1))


def marks_of(kind: str, subject_id: int) -> list[Standing]:
    """The marks of a text, in its order. One statement, and one for the text."""
    of_text = _marks().where(ClaimMark.subject_kind == kind, ClaimMark.subject_id == subject_id)
    return _stood(of_text.order_by(ClaimMark.field, ClaimMark.position, ClaimMark.id))


def standing_marks(kind: str, subject_id: int) -> dict[str, Any]:
    """The marks of a text by digest: .id .digest .answer (None: open). One statement."""
    rows = session().execute(
        sa.select(ClaimMark.id, ClaimMark.digest, ClaimDecision.answer)
        .outerjoin(ClaimDecision, ClaimDecision.id == ClaimMark.decision_id)
        .where(ClaimMark.subject_kind == kind, ClaimMark.subject_id == subject_id)
    )
    return {row.digest: row for row in rows}


def mark_by_id(mark_id: int) -> Standing:
    """One mark. Two statements. Raises NotFound."""
    found = _stood(_marks().where(ClaimMark.id == mark_id))
    if not found:
        raise NotFound()
    return found[0]


def decisions_about(kind: str, subject_id: int, digest: str) -> list[Decided]:
    """All that was decided about a phrase in a sentence, the newest first. One statement."""
    about = _decisions().where(
        ClaimDecision.subject_kind == kind,
        ClaimDecision.subject_id == subject_id,
        ClaimDecision.digest == digest,
    )
    return _decided(about.order_by(ClaimDecision.id.desc()))


def decisions(before: int | None = None) -> list[Decided]:
    """The record, the newest first, behind the decision `before`; one more than a page. One statement."""
    select = _decisions().order_by(ClaimDecision.id.desc()).limit(PAGE + 1)
    return _decided(select.where(ClaimDecision.id < before) if before is not None else select)


def _decisions() -> sa.Select[Any]:
    found: Any = sa.select(ClaimDecision, ClaimReason.text)
    joined: sa.Select[Any] = found.outerjoin(ClaimReason, ClaimReason.decision_id == ClaimDecision.id)
    return joined


def _decided(select: sa.Select[Any]) -> list[Decided]:
    return [Decided(decision, reason or "") for decision, reason in session().execute(select)]


def _marks() -> sa.Select[Any]:
    found: Any = sa.select(ClaimMark, ClaimCategory.title, ClaimDecision, ClaimReason.text)
    joined: sa.Select[Any] = (
        found.join(ClaimCategory, ClaimCategory.id == ClaimMark.category_id)
        .outerjoin(ClaimDecision, ClaimDecision.id == ClaimMark.decision_id)
        .outerjoin(ClaimReason, ClaimReason.decision_id == ClaimDecision.id)
    )
    return joined


def _stood(select: sa.Select[Any]) -> list[Standing]:
    rows = session().execute(select).all()
    texts = texts_by_key({(mark.subject_kind, mark.subject_id) for mark, *_rest in rows})
    return [
        Standing(mark, category, decision, reason or "", texts.get((mark.subject_kind, mark.subject_id)))
        for mark, category, decision, reason in rows
    ]


def printed_claims(kind: str, subject_id: Any) -> sa.Select[Any]:
    """What stands under a public text, as columns to be put among a page's own: `position`, `id`, and the texts
    `words`, `title`, `url` (of the source, or NULL) and `disclaimer`."""
    return (
        sa.select(
            ClaimMark.position,
            ClaimMark.id,
            ClaimMark.words,
            sa.case((ClaimDecision.answer == Answer.SOURCE, ClaimDecision.source_title)).label("title"),
            sa.case((ClaimDecision.answer == Answer.SOURCE, ClaimDecision.source_url)).label("url"),
            sa.case((ClaimCategory.is_on, ClaimCategory.disclaimer), else_="").label("disclaimer"),
        )
        .join(ClaimCategory, ClaimCategory.id == ClaimMark.category_id)
        .outerjoin(ClaimDecision, ClaimDecision.id == ClaimMark.decision_id)
        .where(ClaimMark.subject_kind == kind, ClaimMark.subject_id == subject_id)
    )
