"""Texts as a stream of words with their places: case, accents, punctuation, hyphens and line breaks do not matter.

Knows Markdown and HTML as far as not to read addresses and tags; refuses to know any phrase. Time grows with the
length of the text alone.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import lru_cache
from html import unescape
from itertools import pairwise


class Form(StrEnum):
    """How a text is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    HTML = "html"


# What stands within words and is not seen: soft hyphens, joiners, marks of order; and accents by themselves.
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff"
_WORD = rf"(?P<word>(?:[^\W_]|[\u0300-\u036f{_UNSEEN}])+)"
_REFERENCE = r"(?P<reference>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});)"
_ADDRESS = r"(?:https?://|www\.)[^\s<>()\"]{1,2000}"
# What a tag has behind its name: signs that would end it are read as text, lest a text pass for a tag.
_INSIDE = r"""(?=[\s/>])(?:[^<>"']++|"[^<>"]{0,2000}+"|'[^<>']{0,2000}+'){0,100}+>"""
_TAG = rf"</?[a-zA-Z][a-zA-Z0-9:-]{{0,30}}{_INSIDE}|<!--[^<>]{{0,2000}}?-->"
_BLOCKS = "p|li|ul|ol|dl|dt|dd|h[1-6]|table|caption|thead|tbody|tr|th|td|blockquote|br|hr"
_BLOCK = rf"</?(?:{_BLOCKS}){_INSIDE}"

# The address of a link is skipped where it has the form of one; what else stands in brackets may be text.
_LINKED = r"(?<=\]\()(?:/|#|mailto:)[^()\s]{0,2000}(?=[)\s])"
_READ = {
    Form.PLAIN: re.compile(rf"(?P<skip>{_ADDRESS})|{_WORD}"),
    Form.MARKDOWN: re.compile(rf"(?P<skip>{_LINKED}|{_ADDRESS})|{_REFERENCE}|{_WORD}"),
    Form.HTML: re.compile(
        rf"(?P<block>{_BLOCK})|(?P<tag>{_TAG})|(?P<skip>{_ADDRESS})|{_REFERENCE}|{_WORD}", re.IGNORECASE
    ),
}
# A card: alone on its line, from the first column, after an empty line. Elsewhere it may be shown as it is typed.
_CARD = re.compile(r"\{\{[ \t]*product:[ \t]*[^\s{}]{1,200}[ \t]*\}\}[ \t]*")
_FENCE = re.compile("```|~~~")
_INDENTED = re.compile(r"^(?: {4}|\t).*", re.MULTILINE)
# From the first backtick of a paragraph to its end.
_TICKED = re.compile(r"`(?:[^\n]|\n(?![^\S\n]*\n))*")
_CODED = re.compile(_REFERENCE)
_WORDED = re.compile(rf"<(?:img|a|abbr|acronym){_INSIDE}", re.IGNORECASE)
_WORDS_OF = re.compile(r"\b(?:alt|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+))", re.IGNORECASE)
_PARAGRAPH = r"\n[^\S\n]*\n|\n(?=[^\S\n]*(?:[#>*+-]|[0-9]{1,9}[.)])[^\S\n])"
_SENTENCE = r"[.!?…]+[\"'”’»)\]*_]*\s+(?![a-zà-ÿ\s])"
_ENDS = {
    False: re.compile(f"{_PARAGRAPH}|{_SENTENCE}"),
    True: re.compile(f"(?i:{_BLOCK})|{_SENTENCE}"),
}
_ANY_TAG = re.compile(_TAG, re.IGNORECASE)
_BREAK = re.compile(_PARAGRAPH)
# A word that goes on after its hyphen, at once or on the next line.
_HYPHEN = re.compile("[-\u2010\u2011][^\\S\n]*\n[^\\S\n]*")


class Joint(IntEnum):
    """What is between a word and the one before it: nothing but signs, so that they may be one word; space; or the
    end of a paragraph, which no phrase crosses."""

    CLOSE = 0
    SPACE = 1
    BREAK = 2


@dataclass(frozen=True, slots=True)
class Stream:
    """A text's words: where each starts and ends in the text, what it is folded, how it is joined to the one before;
    `letters` are all of them in a row, `places` where each begins there."""

    starts: list[int]
    ends: list[int]
    joints: list[Joint]
    letters: str
    places: list[int]


def streamed(text: str, form: Form = Form.MARKDOWN) -> Stream:
    """The words of a text."""
    return _streamed(text, form, frozenset())


def as_in_code(text: str) -> Stream | None:
    """The words of Markdown once more, with those of character references that may stand in code: there a page shows
    `&delta;` as it is typed. None where there are none."""
    places = frozenset(found.start() for part in _maybe_code(text) for found in _CODED.finditer(text, *part))
    return _streamed(text, Form.MARKDOWN, places) if places else None


def _maybe_code(text: str) -> Iterator[tuple[int, int]]:
    """Where a text may be code, and possibly is none: it is read both ways."""
    if "&" not in text:
        return
    fence = _FENCE.search(text)
    end = fence.start() if fence else len(text)
    for pattern in (_INDENTED, _TICKED):
        for found in pattern.finditer(text, 0, end):
            yield found.start(), found.end()
    yield end, len(text)


def _streamed(text: str, form: Form, typed: Collection[int]) -> Stream:
    """The words of a text; a character reference that begins at a place of `typed` is read as it is typed."""
    text = _shown(text, form)
    starts, ends, joints, folds, places = [], [], [], [], []
    until = at = 0
    joint = Joint.BREAK
    for found in _READ[form].finditer(text):
        start, end = found.span()
        if start in typed:
            # Its name or number is one word between signs.
            start, end = start + 1 + (text[start + 1] == "#"), end - 1
        if start > until:
            joint = max(joint, _joint(text, until, start))
        until = end
        kind = found.lastgroup
        if kind == "word" or kind == "reference":
            is_typed = kind == "word" or found.start() in typed
            fold = folded_word(text[start:end]) if is_typed else _referred(found.group())
            if fold:
                starts.append(start)
                ends.append(end)
                joints.append(joint)
                folds.append(fold)
                places.append(at)
                at += len(fold)
                joint = Joint.CLOSE
            elif kind == "reference" and not _is_unseen(found.group()):
                joint = max(joint, Joint.SPACE)
        elif kind == "block":
            joint = Joint.BREAK
        elif kind == "skip":
            joint = max(joint, Joint.SPACE)
    return Stream(starts, ends, joints, "".join(folds), places)


def _joint(text: str, start: int, end: int) -> Joint:
    if end - start == 1:
        return Joint.SPACE if text[start].isspace() else Joint.CLOSE
    between = text[start:end]
    if _BREAK.search(between):
        return Joint.BREAK
    if _HYPHEN.fullmatch(between) or not any(map(str.isspace, between)):
        return Joint.CLOSE
    return Joint.SPACE


def _referred(reference: str) -> str:
    """The letters that a character reference stands for, if it stands for letters."""
    return folded_word("".join(letter for letter in unescape(reference) if letter.isalnum()))


def _is_unseen(reference: str) -> bool:
    """Whether nobody sees the signs that a character reference stands for, as a soft hyphen."""
    return all(unicodedata.category(letter) in _DROPPED for letter in unescape(reference))


def _shown(text: str, form: Form) -> str:
    """The text, each word at its place, without what is not shown as it is typed: cards; and tags of pictures and
    links but for the words in them, which pages show."""
    if form is Form.HTML:
        return _WORDED.sub(_words_of, text)
    return _without_cards(text) if form is Form.MARKDOWN else text


def _words_of(tag: re.Match[str]) -> str:
    said = [found.span(found.lastindex or 0) for found in _WORDS_OF.finditer(tag[0])]
    if not said and tag[0][1:4].lower() != "img":
        return tag[0]
    letters = [" "] * len(tag[0])
    for start, end in said:
        letters[start:end] = tag[0][start:end]
    return "".join(letters)


def _without_cards(text: str) -> str:
    if "{{" not in text:
        return text
    lines = text.split("\n")
    is_free = True
    for number, line in enumerate(lines):
        if _FENCE.search(line):
            # From here on it may stand in a listing.
            break
        if is_free and _CARD.fullmatch(line):
            lines[number] = " " * len(line)
        else:
            is_free = not line.strip(" \t")
    return "\n".join(lines)


@lru_cache(maxsize=20_000)
def folded_word(word: str) -> str:
    """A word in small letters, without accents and what is not seen."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(letter for letter in spread if unicodedata.category(letter) not in _DROPPED)


_DROPPED = frozenset({"Mn", "Me", "Cf"})


def folded(text: str) -> str:
    """A text's words, folded, with one space between those that space or signs keep apart."""
    words = streamed(text, Form.PLAIN)
    return " ".join(words.letters[start:end] for start, end in pairwise([*words.places, len(words.letters)]))


def plain(text: str, form: Form) -> str:
    """A stretch of a text without tags, its spaces made one."""
    return " ".join((_ANY_TAG.sub("", text) if form is Form.HTML else text).split())


def sentences(text: str, form: Form = Form.MARKDOWN) -> Callable[[int, int], str]:
    """What tells the sentence, or sentences, around a stretch of the text: the words as written, spaces made one."""
    text = _shown(text, form)
    ends = [found.end() for found in _ENDS[form is Form.HTML].finditer(text)]
    bounds: Sequence[int] = [0, *ends, len(text) + 1]

    @lru_cache(maxsize=1_000)
    def between(first: int, last: int) -> str:
        return plain(text[bounds[first] : bounds[last + 1]], form)

    return lambda start, end: between(
        bisect_right(bounds, start) - 1, bisect_right(bounds, max(start, end - 1)) - 1
    )
