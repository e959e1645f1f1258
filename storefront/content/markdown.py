"""Markdown becomes parts of a page: HTML that can be shown as it stands, and places where a product's card goes.

Knows which elements a post may have; refuses everything that runs, loads from elsewhere or styles.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from storefront.catalogue.texts import slug_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

# Some 15,000 words: longer than anything that is read in one go; the worst of that length takes two seconds.
MOST_LETTERS = 100_000
_DEEPEST = 16
# All tables of a text together: a row may be written in two letters, and gets all its columns.
_MOST_CELLS = 10_000
_LONGEST_ID = 60

CARD = re.compile(r"\{\{[ \t]*product:[ \t]*([^\s{}]{1,200})[ \t]*\}\}[ \t]*")
_WORD = re.compile(r"\w[\w’'-]*")
OWN_PICTURE = re.compile(r"/pictures/[0-9a-f]{16}(?:-[0-9]{1,5})?\.(?:jpg|png|webp)")
# What no text needs, and XML cannot say.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Parts = tuple[str | int, ...]
Find = Callable[[Collection[str]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section of a text: where it is, and what it is called."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class CardOf:
    """The place of a card, by its product's address."""

    slug: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was made of a text by itself: which products its cards mean is still to be found. `elsewhere` are the
    addresses of pictures that it names and cannot show."""

    parts: tuple[str | CardOf, ...]
    contents: tuple[Heading, ...]
    words: int
    elsewhere: tuple[str, ...] = ()

    def placed(self, find: Find) -> "Written":
        """With the products it names; `find` tells their ids by their addresses, and is asked once at most."""
        named = list(dict.fromkeys(part.slug for part in self.parts if isinstance(part, CardOf)))
        known = find(named) if named else {}
        found = (known.get(part.slug) if isinstance(part, CardOf) else part for part in self.parts)
        return Written(
            parts=tuple(part for part in found if part is not None),
            contents=self.contents,
            words=self.words,
            missing=tuple(slug for slug in named if slug not in known),
        )


@dataclass(frozen=True, slots=True)
class Written:
    """What was made of a text. `missing` are the products it names that nobody knows."""

    parts: Parts
    contents: tuple[Heading, ...]
    words: int
    missing: tuple[str, ...]

    @property
    def products(self) -> tuple[int, ...]:
        """The products shown, each once, in their order."""
        return tuple(dict.fromkeys(part for part in self.parts if isinstance(part, int)))


def clean_text(text: str) -> str:
    """What was typed, with one kind of line end and without control characters."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def rendered(text: str) -> Rendered:
    """Render Markdown. Takes up to seconds: not where a transaction waits for it."""
    tokens = _reader().parse(text)
    contents = _name_headings(tokens)
    parts = tuple(_parts(tokens))
    return Rendered(parts=parts, contents=contents, words=words_in(parts))


def written(text: str, find: Find) -> Written:
    """Render Markdown, and find the products it names."""
    return rendered(text).placed(find)


def parts_json(parts: Parts) -> str:
    """Parts as a column keeps them."""
    return json.dumps(parts, ensure_ascii=False)


def parts_of(kept: str) -> Parts:
    """Parts as a column kept them."""
    return tuple(json.loads(kept))


def contents_of(kept: str) -> tuple[Heading, ...]:
    """A table of contents as a column kept it."""
    return tuple(Heading(*each) for each in json.loads(kept))


def contents_json(contents: Sequence[Heading]) -> str:
    """A table of contents as a column keeps it."""
    return json.dumps([[each.id, each.title] for each in contents], ensure_ascii=False)


def words_in(parts: Iterable[object]) -> int:
    """How many words of a text a reader reads."""
    return sum(len(_WORD.findall(_plain(part))) for part in parts if isinstance(part, str))


def _plain(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html)


def _parts(tokens: "Sequence[Token]") -> Iterator[str | CardOf]:
    standing: list[Token] = []
    for token in tokens:
        if token.type != "product":
            standing.append(token)
            continue
        yield from _html(standing)
        yield CardOf(token.meta["slug"])
        standing = []
    yield from _html(standing)


def _html(tokens: "Sequence[Token]") -> list[str]:
    html = (
        str(cleaner().clean(_reader().renderer.render(tokens, _reader().options, {}))).strip()
        if tokens
        else ""
    )
    return [html] if html else []


def _name_headings(tokens: "Sequence[Token]") -> tuple[Heading, ...]:
    """Give headings addresses, and keep them below the page's own; those of the second level, for the contents."""
    found: list[Heading] = []
    taken: dict[str, int] = {}
    level = 0
    for place, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            level = min(max(int(token.tag[1]), 2), 4)
            token.tag = f"h{level}"
        if token.type == "heading_open":
            title = _words_of(tokens[place + 1])
            heading = Heading(free_id(title, taken), title)
            # Its own prefix: no text may take an address of the page's own parts.
            token.attrSet("id", heading.id)
            if level == 2 and title:
                found.append(heading)
    return tuple(found)


def _words_of(inline: "Token") -> str:
    return "".join(
        child.content for child in inline.children or () if child.type in {"text", "code_inline"}
    ).strip()


def free_id(title: str, taken: dict[str, int]) -> str:
    """An address for a heading that no other of `taken` has, and none of the page's own parts."""
    base = f"s-{slug_of(title)[:_LONGEST_ID].strip('-') or 'part'}"
    taken[base] = taken.get(base, 0) + 1
    # Two hyphens stand in no slug, so that no other heading is called so.
    return base if taken[base] == 1 else f"{base}--{taken[base]}"


def _card(state: "StateBlock", line: int, _last: int, silent: bool) -> bool:
    """The rule of `{{ product: address }}`, alone on its line and in nothing else."""
    if state.level or state.is_code_block(line):
        return False
    begin = state.bMarks[line] + state.tShift[line]
    found = CARD.fullmatch(state.src, begin, state.eMarks[line])
    if found is None:
        return False
    if not silent:
        token = state.push("product", "", 0)
        token.meta, token.map = {"slug": found[1]}, [line, line + 1]
        state.line = line + 1
    return True


def _table(state: "StateBlock", line: int, last: int, silent: bool) -> bool:
    """The rule of tables, for as many cells as a page can show; from the one that is too many on all stay text."""
    from markdown_it.rules_block import table

    spare = _MOST_CELLS - state.env.get("cells", 0)
    columns = state.src.count("|", state.bMarks[line], state.eMarks[line]) + 1
    if spare <= 0 or columns == 1 or not table(state, line, last, True):
        return False
    end = line
    while end < last and not state.isEmpty(end) and columns * (end - line) <= spare:
        end += 1
    if columns * (end - line) > spare:
        state.env["cells"] = _MOST_CELLS
        return False
    if not silent:
        state.env["cells"] = _MOST_CELLS - spare + columns * (end - line)
        table(state, line, last, silent)
    return True


@lru_cache(maxsize=1)
def cleaner() -> Any:
    """What lets only harmless elements through, whichever way a text was written."""
    # Who only reads does without it: posts are kept clean.
    import nh3

    return nh3.Cleaner(
        tags={
            *(
                "p",
                "br",
                "hr",
                "h2",
                "h3",
                "h4",
                "ul",
                "ol",
                "li",
                "blockquote",
                "strong",
                "em",
                "s",
                "code",
                "pre",
            ),
            *("a", "img", "table", "thead", "tbody", "tr", "th", "td"),
            # No Markdown makes these: texts that came as HTML have them.
            *("dl", "dt", "dd", "figure", "figcaption", "caption", "tfoot", "sub", "sup", "small", "del"),
            *("ins", "b", "i", "u", "q", "cite", "abbr", "kbd", "samp", "var", "mark", "dfn"),
        },
        attributes={
            "a": {"href", "title"},
            "img": {"src", "alt", "title", "loading"},
            "ol": {"start"},
            "abbr": {"title"},
            "th": {"colspan", "rowspan"},
            "td": {"colspan", "rowspan"},
            **{heading: {"id"} for heading in ("h2", "h3", "h4")},
        },
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
    )


def _picture(_self: object, tokens: "Sequence[Token]", place: int, *_rest: object) -> str:
    """Pictures of our own are shown; of others' only their words are left, since the page loads nothing of theirs."""
    token = tokens[place]
    words = escape(_words_of(token))
    source = str(token.attrs.get("src", ""))
    if not OWN_PICTURE.fullmatch(source):
        return words
    return f'<img src="{source}" alt="{words}" loading="lazy">'


@lru_cache(maxsize=1)
def _reader() -> "MarkdownIt":
    # Who only reads does without it: 30 ms of a start.
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST}).enable(
        ["table", "strikethrough"]
    )
    ends: RuleOptionsType = {"alt": ["paragraph", "reference"]}
    reader.block.ruler.before("code", "product", _card, ends)
    reader.block.ruler.at("table", _table, ends)
    reader.add_render_rule("image", _picture)
    return reader
