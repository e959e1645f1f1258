"""HTML that somebody wrote becomes parts of a page, as Markdown does: the same elements, the same cards.

Knows how tags nest; refuses to decide what is harmless: the cleaner of `markdown` has the last word on every piece.
What it is given is put together here from allowed tags alone, closed and not deep, so that no text takes it long.
Words that stand in no paragraph get one, and another one after a blank line.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote

from storefront.content.markdown import (
    CARD,
    OWN_PICTURE,
    CardOf,
    Heading,
    Rendered,
    cleaner,
    free_id,
    words_in,
)
from storefront.pictures.plates import Picture, plain_name
from storefront.pictures.sizes import sized_name

DEEPEST = 24

# By the addresses that they had elsewhere.
Pictures = Mapping[str, Picture]
NONE: Pictures = {}
# The column that texts are read in; what a browser without WebP is given.
_SHOWN, _PLAIN_WIDTH = "(min-width: 42rem) 40rem, 100vw", 960
_OWN_IMAGE = re.compile(
    r"""<img src="/pictures/([0-9a-f]{16}\.(?:jpg|png|webp))"((?:[^<>"]|"[^"]{0,20000}")*)>"""
)

# Bounded in each repetition: however a text is broken, looking for the end of a tag stays short.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})(?=[\s/>])((?:[^<>"']++|"[^"]{0,4000}+"|'[^']{0,4000}+'){0,100}+)>"""
)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z][a-zA-Z0-9:-]{0,30})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))"""
)
_CARD_LINE = re.compile(rf"(?:^|\n)[ \t]*{CARD.pattern}(?=\n|$)")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_CARD_PARAGRAPH = re.compile(rf"<p>\s{{0,99}}{CARD.pattern}\s{{0,99}}</p>", re.IGNORECASE)
_EMPTY = re.compile(r"<p>\s*</p>")
_SAFE_LINK = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)

# Written as another element, or as one of those that a page has.
_MEANS = {
    **{"h1": "h2", "h5": "h4", "h6": "h4", "strike": "s", "tt": "code", "acronym": "abbr", "big": "strong"},
    **{"address": "p", "listing": "pre", "summary": "p", "dir": "ul"},
}
# Boxes without a meaning of their own: what was beside them still is.
_BOXES = {
    *("div", "section", "article", "header", "footer", "main", "aside", "nav", "form", "details", "center"),
    *("fieldset", "hgroup"),
}
# Open where words stood in no paragraph.
_IMPLIED = "P"
_VOID = {"br", "hr"}
_HEADINGS = {"h2", "h3", "h4"}
_BLOCKS = _HEADINGS | {
    *("p", "hr", "ul", "ol", "dl", "blockquote", "pre", "table", "figure"),
}
_INLINE = {
    *("a", "strong", "em", "b", "i", "u", "s", "q", "cite", "code", "kbd", "samp", "var", "mark", "dfn"),
    *("abbr", "sub", "sup", "small", "del", "ins", "br"),
}
_ELEMENTS = (
    _BLOCKS
    | _INLINE
    | {"li", "dt", "dd", "figcaption", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
)
# A new one of these ends an open one of those, up to what holds both.
_ENDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    **dict.fromkeys(
        ("thead", "tbody", "tfoot"), (frozenset({"thead", "tbody", "tfoot"}), frozenset({"table"}))
    ),
    **dict.fromkeys(
        _BLOCKS | _BOXES,
        (frozenset({"p", _IMPLIED}), frozenset({"li", "td", "th", "dd", "blockquote", "figure"})),
    ),
    "a": (frozenset({"a"}), frozenset({"table"})),
}
# What stands in these is no text of the page.
_SILENT = {
    *("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xml", "template"),
}
_PLAYERS = {"iframe", "video", "audio", "embed", "source"}
_KEPT = {"a": ("href", "title"), "abbr": ("title",), "ol": ("start",)} | dict.fromkeys(
    ("td", "th"), ("colspan", "rowspan")
)


def rendered(text: str, pictures: Pictures = NONE) -> Rendered:
    """Render HTML; `pictures` are those of elsewhere that are files of ours by now, by their addresses there. Takes
    up to a second: not where a transaction waits for it."""
    sheet = _Sheet(pictures)
    _read(text, sheet)
    known = {each.file: each for each in pictures.values()}
    parts = tuple(_dressed(part, known) for part in _parts(sheet.finished()))
    return Rendered(parts, tuple(sheet.contents), words_in(parts), tuple(sheet.elsewhere))


def pictures_in(text: str) -> tuple[str, ...]:
    """The addresses of pictures of elsewhere that a text would show, in their order."""
    sheet = _Sheet(NONE)
    _read(text, sheet)
    return tuple(sheet.elsewhere)


def _parts(pieces: Sequence[str | CardOf]) -> Iterator[str | CardOf]:
    standing: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            standing.append(piece)
            continue
        yield from _html(standing)
        yield piece
        standing = []
    yield from _html(standing)


def _dressed(part: str | CardOf, known: Mapping[str, Picture]) -> str | CardOf:
    """A part whose pictures come in their sizes. What is added is made of our own numbers and names alone."""
    if not known or isinstance(part, CardOf):
        return part

    def dressed(found: re.Match[str]) -> str:
        picture = known.get(found[1])
        if picture is None:
            return found[0]
        own = f"/pictures/{plain_name(picture, width=_PLAIN_WIDTH)}"
        image = f'<img src="{own}"{found[2]} width="{picture.width}" height="{picture.height}">'
        sources = ", ".join(
            f"/pictures/{sized_name(picture.file, width, 'webp')} {width}w" for width in picture.widths
        )
        source = f'<source type="image/webp" srcset="{sources}" sizes="{_SHOWN}">'
        return f"<picture>{source}{image}</picture>" if sources else image

    return _OWN_IMAGE.sub(dressed, part)


def _html(pieces: Sequence[str]) -> list[str]:
    html = _EMPTY.sub("", str(cleaner().clean("".join(pieces)))).strip()
    return [html] if html else []


def _read(text: str, sheet: "_Sheet") -> None:
    """Go through tags and texts once, from the first letter to the last."""
    place = 0
    while (begin := text.find("<", place)) >= 0:
        sheet.say(text[place:begin])
        if text.startswith("<!--", begin):
            end = text.find("-->", begin + 4)
            place = len(text) if end < 0 else end + 3
            continue
        found = _TAG.match(text, begin)
        if found is None:
            # No tag that anybody closed: a declaration, or a sign of its own.
            sheet.say("&lt;")
            place = begin + 1
            continue
        card = None if found[1] or not sheet.is_outermost else _CARD_PARAGRAPH.match(text, begin)
        if card is not None:
            sheet.show(card[1])
            place = card.end()
            continue
        place = _after(text, found, sheet)
    sheet.say(text[place:])


def _after(text: str, found: re.Match[str], sheet: "_Sheet") -> int:
    """Put down a tag; where the text goes on behind it."""
    name = found[2].lower()
    if name in _BOXES:
        sheet.part(name)
        return found.end()
    if found[1]:
        sheet.close(_MEANS.get(name, name))
        return found.end()
    if name in _PLAYERS:
        sheet.link(_attributes(found[3]).get("src", ""))
    if name in _SILENT:
        end = re.compile(f"</{name}[\\s/>]", re.IGNORECASE).search(text, found.end())
        if end is None:
            return len(text)
        closed = text.find(">", end.start())
        return len(text) if closed < 0 else closed + 1
    name = _MEANS.get(name, name)
    if name == "img":
        sheet.picture(_attributes(found[3]))
    elif name in _ELEMENTS:
        sheet.open_element(name, _attributes(found[3]))
    return found.end()


def _attributes(text: str) -> dict[str, str]:
    found = {
        each[1].lower(): unescape(each[2] or each[3] or each[4] or "") for each in _ATTRIBUTE.finditer(text)
    }
    return {name: value.strip() for name, value in found.items()}


@dataclass(slots=True)
class _Sheet:
    """What is put down of a text: pieces of well-formed HTML and cards, the tags that are open, and the addresses of
    pictures that are not ours."""

    pictures: Pictures
    elsewhere: list[str] = field(default_factory=list)
    pieces: list[str | CardOf] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    contents: list[Heading] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    heading_at: int = 0

    @property
    def is_outermost(self) -> bool:
        """Whether nothing is open but a paragraph that nobody wrote."""
        return not self.open or self.open == [_IMPLIED]

    @property
    def _wants_paragraphs(self) -> bool:
        return not self.open or self.open[-1] in {"blockquote", _IMPLIED}

    def say(self, text: str) -> None:
        """Put down text, in which an entity stays one; at the outermost level a line may be a card."""
        if not self.is_outermost or "{{" not in text:
            self._say(text)
            return
        place = 0
        for found in _CARD_LINE.finditer(text):
            self._say(text[place : found.start()])
            self.show(found[1])
            place = found.end()
        self._say(text[place:])

    def _say(self, text: str) -> None:
        if not self._wants_paragraphs:
            self._put(text)
            return
        for number, paragraph in enumerate(_BLANK_LINE.split(text)):
            if number:
                self._end_implied()
                self._put("\n")
            if paragraph.strip():
                self._imply()
            self._put(paragraph)

    def _imply(self) -> None:
        if not self.open or self.open[-1] == "blockquote":
            self.open.append(_IMPLIED)
            self._put("<p>")

    def _end_implied(self) -> None:
        if self.open and self.open[-1] == _IMPLIED:
            self._end(self.open.pop())

    def _put(self, text: str) -> None:
        if text:
            self.pieces.append(text)

    def show(self, slug: str) -> None:
        """Put down a card."""
        self._end_implied()
        self.pieces.append(CardOf(slug))

    def open_element(self, name: str, attributes: Mapping[str, str]) -> None:
        """Open an element, unless it would stand too deep; what it cannot stand in ends before."""
        self.part(name)
        if name in _INLINE:
            self._imply()
        kept = "".join(
            f' {each}="{escape(attributes[each])}"' for each in _KEPT.get(name, ()) if attributes.get(each)
        )
        if name in _VOID:
            self.pieces.append(f"<{name}>")
        elif len(self.open) < DEEPEST and not (name in _HEADINGS and _HEADINGS.intersection(self.open)):
            self.open.append(name)
            self.pieces.append(f"<{name}{kept}>")
            if name in _HEADINGS:
                self.heading_at = len(self.pieces) - 1

    def part(self, name: str) -> None:
        """End what cannot hold an element of that name."""
        closing, walls = _ENDS.get(name, (frozenset(), frozenset()))
        for other in reversed(self.open):
            if other in closing:
                self.close(other)
                break
            if other in walls:
                break

    def close(self, name: str) -> None:
        """Close an element and all that is open in it; nothing where it is not open."""
        if name == "p" and "p" not in self.open:
            name = _IMPLIED
        if name not in self.open:
            return
        while (last := self.open.pop()) != name:
            self._end(last)
        self._end(name)

    def _end(self, name: str) -> None:
        if name in _HEADINGS:
            self._name_heading(name)
        self.pieces.append(f"</{name.lower()}>")

    def _name_heading(self, name: str) -> None:
        said = "".join(piece for piece in self.pieces[self.heading_at + 1 :] if isinstance(piece, str))
        title = " ".join(unescape(re.sub(r"<[^<>]*>", "", said)).split())
        heading = Heading(free_id(title, self.taken), title)
        self.pieces[self.heading_at] = f'<{name} id="{heading.id}">'
        if name == "h2" and title:
            self.contents.append(heading)

    def picture(self, attributes: Mapping[str, str]) -> None:
        """A picture of ours is shown; to another's leads a link, since the page loads nothing of theirs."""
        source, words = attributes.get("src", ""), attributes.get("alt", "")
        if source in self.pictures:
            source = f"/pictures/{self.pictures[source].file}"
        if OWN_PICTURE.fullmatch(source):
            self._imply()
            self.pieces.append(f'<img src="{source}" alt="{escape(words)}" loading="lazy">')
        else:
            self.elsewhere.append(source)
            self.link(source, words)

    def link(self, address: str, words: str = "") -> None:
        """A way to something that the page does not show itself; its words alone within another link."""
        if address.startswith("//"):
            address = f"https:{address}"
        if not _SAFE_LINK.fullmatch(address):
            self._put(escape(words))
            return
        self._imply()
        shown = escape(words or _file_name(address))
        if "a" in self.open:
            self._put(shown)
        else:
            self._put(f'<a href="{escape(address)}">{shown}</a> ')

    def finished(self) -> list[str | CardOf]:
        """All pieces, with everything closed."""
        while self.open:
            self._end(self.open.pop())
        return self.pieces


def _file_name(address: str) -> str:
    """What a thing at an address is called, for want of words."""
    path = address.partition("?")[0].rstrip("/")
    return unquote(path.rpartition("/")[2])[:100] or address[:100]
