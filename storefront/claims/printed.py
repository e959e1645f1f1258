"""What stands under a public text: the sources of what it states, and what has to be said besides.

Knows shapes; refuses to know the database and how anything looks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """What bears a statement out; `words` are those that need it."""

    words: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Notes:
    """What a page lists under its text, each once."""

    sources: tuple[Source, ...] = ()
    disclaimers: tuple[str, ...] = ()


NONE = Notes()


def notes(rows: Iterable[Any]) -> Notes:
    """Rows of `queries.printed_claims` as they are listed: (words, title, url, disclaimer) each."""
    sources: dict[tuple[str, str], str] = {}
    disclaimers: dict[str, None] = {}
    for words, title, url, disclaimer in rows:
        if url:
            known = sources.get((title, url))
            sources[title, url] = words if known is None or words in known else f"{known}, {words}"
        if disclaimer:
            disclaimers[disclaimer] = None
    return Notes(tuple(Source(words, *key) for key, words in sources.items()), tuple(disclaimers))
