"""Who wrote what a mark marks: whoever brought its sentence into the text, and under whose name the text stands.

Knows versions of texts as they are told; refuses to decide anything. What writes is a step.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from storefront.claims.folding import Form, plain
from storefront.claims.lexicon import Lexicon
from storefront.claims.marking import Marked, marks_in
from storefront.claims.models import ClaimMark, ClaimWriter
from storefront.claims.subjects import Said, Text, Version, Writers, kinds, texts_by_key, writer
from storefront.database import insert_ignore, require_transaction, session

Key = tuple[int, str]
_Wrote = Mapping[Key, Writers]


def note_writers(fresh: Sequence[tuple[Text, Marked]], lexicon: Lexicon) -> _Wrote:
    """Keep who wrote the sentences of marks that a text has got just now, by its id and their digests. A step."""
    wrote: defaultdict[Key, Writers] = defaultdict(frozenset)
    wanted: defaultdict[int, dict[str, Marked]] = defaultdict(dict)
    for text, mark in fresh:
        wrote[text.id, mark.digest] |= text.names
        wanted[text.id][mark.digest] = mark
    kind = fresh[0][0].kind
    for subject_id, versions in kinds()[kind].versions(list(wanted)):
        for digest, writers in _brought_in(versions, wanted[subject_id], lexicon).items():
            wrote[subject_id, digest] |= writers
    for (subject_id, digest), writers in wrote.items():
        _note(kind, subject_id, digest, writers)
    return wrote


def note_names(texts: Iterable[Text], kept: Sequence[ClaimMark]) -> None:
    """Keep under whose name marks stand now that stood before: it may have been somebody else's. A step."""
    named = {text.id: text.names for text in texts if text.names}
    marks = [mark for mark in kept if mark.subject_id in named]
    if not marks:
        return
    kind = marks[0].subject_kind
    rows = require_transaction().execute(
        sa.select(ClaimWriter.subject_id, ClaimWriter.digest, ClaimWriter.writer).where(
            ClaimWriter.subject_kind == kind, ClaimWriter.subject_id.in_(list(named))
        )
    )
    known = {tuple(row) for row in rows}
    for mark in marks:
        missing = {
            each for each in named[mark.subject_id] if (mark.subject_id, mark.digest, each) not in known
        }
        _note(kind, mark.subject_id, mark.digest, missing)


def has_written(mark: ClaimMark, by: tuple[str, object | None]) -> bool:
    """Whether somebody brought the sentence of a mark into its text, or the text stands, or stood, under their
    name. Up to three statements."""
    about = (mark.subject_kind, mark.subject_id)
    if any(
        session().get(ClaimWriter, (*about, mark.digest, each), populate_existing=True) for each in writer(by)
    ):
        return True
    text = texts_by_key({about}).get(about)
    return text is not None and bool(text.names & writer(by))


def _note(kind: str, subject_id: int, digest: str, writers: Collection[str]) -> None:
    for each in sorted(writers):
        key = {"subject_kind": kind, "subject_id": subject_id, "digest": digest, "writer": each}
        insert_ignore(ClaimWriter, key, unique=tuple(key))


def _brought_in(
    versions: Sequence[Version], wanted: Mapping[str, Marked], lexicon: Lexicon
) -> Mapping[str, Writers]:
    """By digest, who saved a version in which a mark stands while it did not in the one before."""
    found: defaultdict[str, Writers] = defaultdict(frozenset)
    stood: set[str] = set()
    read: tuple[Said, ...] = ()
    for version in versions:
        if version.parts == read:
            continue
        read = version.parts
        stands = _standing(read, wanted, lexicon)
        for digest in stands - stood:
            found[digest] |= version.writers
        stood = stands
    return found


def _standing(parts: tuple[Said, ...], wanted: Mapping[str, Marked], lexicon: Lexicon) -> set[str]:
    """Which of some marks stand in a version. Most of an old text is passed over: their words are not in it."""
    worded = {mark.words for mark in wanted.values()}
    likely = [
        said
        for said in parts
        if said.form is Form.HTML or any(words in plain(said.text, said.form) for words in worded)
    ]
    return {mark.digest for mark in marks_in(likely, lexicon)} & wanted.keys() if likely else set()
