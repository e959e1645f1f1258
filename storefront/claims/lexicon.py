"""The lexicon put to use: finds where in a text one of its phrases stands.

Knows phrases, their endings and what is harmless; refuses to know the database and what follows from a mark.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import merge
from itertools import product

from storefront.claims.folding import Form, Joint, Stream, as_in_code, folded, streamed
from storefront.claims.models import Endings

MOST_WORDS = 5
SHORTEST = 3
# Words shorter than this have no forms of their own: of, the, all.
_INFLECTED = 4
_KEY = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as the lexicon keeps it; `text` is folded."""

    id: int
    category_id: int
    text: str
    endings: Endings
    is_harmless: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a text, from `start` up to `end`."""

    start: int
    end: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One way a phrase may be written: its letters in a row, and where within them a new word begins."""

    letters: str
    breaks: frozenset[int]
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases that count, by their first letters."""

    spellings: dict[str, list[_Spelling]]

    def find(self, text: str, form: Form = Form.MARKDOWN, *, most: int | None = None) -> list[Found]:
        """The phrases in a text, in its order, no more than `most`: the longest at each place, none within another
        of its category, none within what is harmless there."""
        found: list[Found] = []
        covered: dict[int, int] = {}
        found_all = self._all(streamed(text, form))
        if form is Form.MARKDOWN and (in_code := as_in_code(text)) is not None:
            found_all = merge(found_all, self._all(in_code), key=lambda each: (each.start, -each.end))
        for each in found_all:
            if each.start < covered.get(each.phrase.category_id, 0):
                continue
            covered[each.phrase.category_id] = each.end
            if not each.phrase.is_harmless:
                found.append(each)
            if len(found) == most:
                break
        return found

    def _all(self, words: Stream) -> Iterator[Found]:
        """Every longest phrase of a category at each word."""
        letters, places = words.letters, words.places
        for number, place in enumerate(places):
            near = self.spellings.get(letters[place : place + _KEY])
            if near is None:
                continue
            longest: dict[int, Found] = {}
            for spelling in near:
                if not letters.startswith(spelling.letters, place):
                    continue
                last = _last_word(words, number, spelling)
                known = longest.get(spelling.phrase.category_id)
                if last is not None and (known is None or known.end < words.ends[last]):
                    longest[spelling.phrase.category_id] = Found(
                        words.starts[number], words.ends[last], spelling.phrase
                    )
            yield from longest.values()


def _last_word(words: Stream, first: int, spelling: _Spelling) -> int | None:
    """The number of the word with which a spelling ends that begins with the word `first`; None where its words and
    those of the text do not begin and end together."""
    base = words.places[first]
    end = base + len(spelling.letters)
    met, number = 0, first
    while True:
        after = words.places[number + 1] if number + 1 < len(words.places) else len(words.letters)
        if after >= end:
            fits = after == end or spelling.phrase.endings is Endings.BEGINS
            return number if fits and met == len(spelling.breaks) else None
        number += 1
        joint = words.joints[number]
        if joint == Joint.BREAK:
            return None
        if after - base in spelling.breaks:
            met += 1
        elif joint != Joint.CLOSE:
            return None


# The same lexicon for the same phrases, as long as nobody changes one.
@lru_cache(maxsize=4)
def lexicon_of(phrases: tuple[Phrase, ...]) -> Lexicon:
    """The lexicon that these phrases make."""
    spellings: defaultdict[str, list[_Spelling]] = defaultdict(list)
    for phrase in phrases:
        for words in _spelt(phrase):
            breaks = frozenset(sum(map(len, words[:count])) for count in range(1, len(words)))
            letters = "".join(words)
            spellings[letters[:_KEY]].append(_Spelling(letters, breaks, phrase))
    return Lexicon(dict(spellings))


def _spelt(phrase: Phrase) -> Iterable[Sequence[str]]:
    words = phrase.text.split()
    if phrase.endings is not Endings.FORMS:
        return [words]
    return list(product(*(forms_of(word) for word in words)))


def forms_of(word: str) -> tuple[str, ...]:
    """An English word with its usual endings; short ones stay as they are."""
    if len(word) < _INFLECTED or not word.isalpha():
        return (word,)
    endings = [word, word + "s", word + "es", word + "ed", word + "ing"]
    if word.endswith("e"):
        endings = [word, word + "s", word + "d", word[:-1] + "ing"]
    elif word.endswith("y"):
        endings += [word[:-1] + "ies", word[:-1] + "ied"]
    return tuple(endings)


def tidy_phrase(text: str) -> str:
    """A phrase as the lexicon keeps it."""
    return folded(text)
