"""The marks of a text: each phrase in its sentence, once, with its place.

Knows how a mark is known again; refuses to write.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from storefront.claims.folding import Form, plain, sentences
from storefront.claims.lexicon import Lexicon
from storefront.claims.subjects import Said
from storefront.errors import Refused

# A text with more is no text that anybody could answer for.
MOST_MARKS = 300
_FEW = 5
_LONGEST_WORDS, _LONGEST_SENTENCE = 200, 600


@dataclass(frozen=True, slots=True)
class Marked:
    """A phrase as it stands in a part of a text: `start` and `end` are places in that part as it was written."""

    field: str
    start: int
    end: int
    phrase_id: int
    category_id: int
    words: str
    sentence: str
    digest: str


def marks_in(parts: Iterable[Said], lexicon: Lexicon, *, most: int | None = None) -> list[Marked]:
    """Every marked phrase in a text, in its order, no more than `most`. The same phrase in the same sentence is found
    as often as it stands there, under one digest."""
    marks: list[Marked] = []
    # A sentence may be as long as its text, and be marked as often: it is read through once.
    known: dict[tuple[int, str, str], tuple[str, str]] = {}
    for said in parts:
        if most is not None and len(marks) >= most:
            break
        found = lexicon.find(said.text, said.form, most=None if most is None else most - len(marks))
        if not found:
            continue
        sentence_of = sentences(said.text, said.form)
        for each in found:
            sentence = sentence_of(each.start, each.end)
            words = plain(said.text[each.start : each.end], said.form)
            key = (each.phrase.category_id, each.phrase.text, sentence)
            if key not in known:
                known[key] = (_clipped(sentence, words), _digest(*key))
            clipped, digest = known[key]
            marks.append(
                Marked(
                    field=said.field,
                    start=each.start,
                    end=each.end,
                    phrase_id=each.phrase.id,
                    category_id=each.phrase.category_id,
                    words=words[:_LONGEST_WORDS],
                    sentence=clipped,
                    digest=digest,
                )
            )
    return marks


def once_each(marks: Sequence[Marked]) -> Mapping[str, Marked]:
    """The marks by digest, the first of each."""
    return {each.digest: each for each in reversed(marks)}


def refuse_too_many(parts: Iterable[Said], lexicon: Lexicon) -> None:
    """Raises Refused where nobody could answer for so many."""
    if len(marks_in(parts, lexicon, most=MOST_MARKS)) == MOST_MARKS:
        raise Refused(
            _("More than %(most)s phrases would be marked: please split the text.", most=MOST_MARKS - 1)
        )


def words_marked(text: str, lexicon: Lexicon) -> list[str]:
    """The marked words of a text of somebody else's, each once."""
    return list(
        dict.fromkeys(each.words for each in marks_in([Said("text", text, Form.PLAIN)], lexicon, most=_FEW))
    )


def _digest(category_id: int, phrase: str, sentence: str) -> str:
    return hashlib.sha256(f"{category_id}\n{phrase}\n{sentence}".encode()).hexdigest()


def _clipped(sentence: str, words: str) -> str:
    """The sentence, or the stretch of a long one around the words."""
    if len(sentence) <= _LONGEST_SENTENCE:
        return sentence
    first = max(0, min(sentence.find(words) - _LONGEST_SENTENCE // 2, len(sentence) - _LONGEST_SENTENCE + 2))
    return f"…{sentence[first : first + _LONGEST_SENTENCE - 2]}…"
