"""How alike two texts are, and the marks by which those that are alike are found without reading all.

Knows words and numbers; refuses to know comments. Marks are MinHash values of word pairs, three to a mark
(A. Broder, On the resemblance and containment of documents, 1997): texts that share half of their pairs share one of
24 marks with 96 in 100, those that share seven tenths with all but one in 10,000.
"""

import re
import unicodedata
from hashlib import blake2b, sha256
from itertools import pairwise
from random import Random

# Shorter texts are courtesies, which many people write alike.
LEAST_WORDS = 12
# One changed word of twelve leaves 9 of 13 pairs; unrelated texts share hardly any.
ALIKE = 0.5
MARKS, VALUES = 24, 3

_WORD = re.compile(r"[぀-ヿ㐀-鿿]|[^\W_]+")
_MASK = (1 << 64) - 1
_random = Random(1997)
_TURNS = tuple((_random.getrandbits(64) | 1, _random.getrandbits(64)) for _turn in range(MARKS * VALUES))


def words_of(text: str) -> list[str]:
    """The words as they count for likeness: no capitals, no punctuation, no compatibility forms; where a script
    has no spaces, its signs."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def digest_of(text: str) -> str:
    """The same for texts that differ in capitals, spaces and punctuation alone."""
    return sha256((" ".join(words_of(text)) or text.strip()).encode()).hexdigest()


def pairs_of(text: str) -> frozenset[int]:
    """The pairs of words that follow each other, as numbers; none of a text that is too short to be judged."""
    words = words_of(text)
    if len(words) < LEAST_WORDS:
        return frozenset()
    return frozenset(_number(f"{one} {next_one}") for one, next_one in pairwise(words))


def marks_of(pairs: frozenset[int]) -> list[int]:
    """The marks of a text's pairs, as signed numbers of 64 bits; none of none."""
    if not pairs:
        return []
    least = [min([turn * pair + offset & _MASK for pair in pairs]) for turn, offset in _TURNS]
    return [
        _number(f"{mark} {least[mark * VALUES : (mark + 1) * VALUES]}", signed=True) for mark in range(MARKS)
    ]


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of pairs that both have, of 0 to 1 (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else 0.0


def _number(text: str, *, signed: bool = False) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=signed)
