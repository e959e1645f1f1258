"""WordPress' export files (WXR: RSS 2.0 with WordPress' own elements), item by item, within limits.

Knows XML and what stands where; refuses document types, and with them every entity that a file could define: nothing
is fetched, nothing is expanded. Python's own expat is used by its events: what it has told is not kept.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from flask_babel import gettext as _

from storefront.transfer.csvfile import FileRefused

# In characters: of one item with all its comments, and of one field.
LONGEST_ITEM = 32_000_000
LONGEST_FIELD = 4_000_000
# In bytes: of one tag, comment or such like, which expat keeps until it has seen its end.
LONGEST_TOKEN = 1_000_000
DEEPEST = 32
# Different ones: expat keeps them all.
MOST_NAMES = 1_000
_CHUNK = 65_536
_SHORT = 200
# What an element takes besides its text.
_ELEMENT = 100

_MOST_AUTHORS = 10_000
# A cover's number; what a picture shows.
_META, _LONGEST_META = {"_thumbnail_id", "_wp_attachment_image_alt"}, 1_000
_OF_SITE = {"title", "link", "wp:base_site_url", "wp:base_blog_url", "wp:wxr_version"}

_EXPORT = re.compile(r"https?://wordpress\.org/export/1\.[0-9]{1,2}/(excerpt/)?")
_OTHERS = {"purl.org/rss/1.0/modules/content/": "content:", "purl.org/dc/elements/1.1/": "dc:"}
_OTHER_KINDS = (
    (b"PK\x03\x04", ".zip"),
    (b"\x1f\x8b", ".gz"),
    (b"%PDF", ".pdf"),
    (b"SQLite format 3", ".sqlite"),
)


@dataclass(slots=True)
class Item:
    """One entry of an export: its fields by name (`wp:post_id`), its terms, its comments; `line` is where it begins.

    `size` counts characters; beyond what is allowed no text is kept.
    """

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    terms: list[tuple[str, str, str]] = field(default_factory=list)
    comments: list[dict[str, str]] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    @property
    def is_too_long(self) -> bool:
        """Whether more stood in it than was read."""
        return self.size > LONGEST_ITEM

    @property
    def kind(self) -> str:
        """post, page, attachment, …"""
        return self["wp:post_type"]


@dataclass(slots=True)
class Site:
    """What an export says of itself: fields of the channel, and names of authors by the names they sign in with."""

    fields: dict[str, str] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)


def items(path: Path, site: Site) -> Iterator[Item]:
    """The items of a file, one after another; `site` is told what stands before and between them. Raises
    FileRefused, at the latest when all items are read: a file is whole only then."""
    reader = _Reader(site)
    try:
        with path.open("rb") as file:
            fed = 0
            while chunk := file.read(_CHUNK):
                if not fed:
                    _refuse_other_kinds(chunk)
                fed += len(chunk)
                reader.feed(chunk, fed=fed)
                yield from reader.taken()
            if not fed:
                raise FileRefused(_("The file is empty."))
            reader.end()
            yield from reader.taken()
    except OSError as error:
        raise FileRefused(_("The file cannot be read: %(reason)s.", reason=error.strerror)) from error


def _refuse_other_kinds(head: bytes) -> None:
    for signature, kind in _OTHER_KINDS:
        if head.startswith(signature):
            raise FileRefused(_("This is a %(kind)s file, not a WordPress export (XML).", kind=kind))


class _Reader:
    """Takes expat's events in, and has the items ready that have ended."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._items: list[Item] = []
        self._item: Item | None = None
        self._comment: dict[str, str] | None = None
        self._author: dict[str, str] | None = None
        self._term = ("", "")
        self._meta = ""
        self._way: list[str] = []
        self._text: list[str] | None = None
        self._length = 0
        self._is_export = False
        self._names: set[str] = set()
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.ExternalEntityRefHandler = self._refuse_doctype
        parser.StartNamespaceDeclHandler = lambda prefix, _space: self._meet(f"xmlns:{prefix}")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._say

    def feed(self, chunk: bytes, *, fed: int) -> None:
        """Read on; `fed` are all bytes until now. Raises FileRefused."""
        self._run(lambda: self._parser.Parse(chunk, False))
        if fed - max(self._parser.CurrentByteIndex, 0) > LONGEST_TOKEN:
            line = self._parser.CurrentLineNumber
            raise FileRefused(
                _("What begins on line %(line)s has no end near it: this is no export.", line=line)
            )

    def end(self) -> None:
        """There is nothing more. Raises FileRefused where something is missing."""
        self._run(lambda: self._parser.Parse(b"", True))
        if not self._is_export:
            raise FileRefused(_("This is a feed, not an export: it has no wp:wxr_version."))

    def taken(self) -> list[Item]:
        """The items that have ended since this was asked last."""
        taken, self._items = self._items, []
        return taken

    def _run(self, parse: Callable[[], object]) -> None:
        try:
            parse()
        except expat.ExpatError as error:
            raise FileRefused(_said(error)) from error
        except (LookupError, ValueError) as error:
            raise FileRefused(_("The file is in an encoding that cannot be read: use UTF-8.")) from error

    def _refuse_doctype(self, *_what: object) -> int:
        line = self._parser.CurrentLineNumber
        raise FileRefused(
            _(
                "Line %(line)s declares a document type or an entity: no export does, and none is read.",
                line=line,
            )
        )

    def _meet(self, name: str) -> None:
        if name not in self._names:
            self._names.add(name)
            if len(self._names) > MOST_NAMES:
                line = self._parser.CurrentLineNumber
                raise FileRefused(
                    _("Until line %(line)s there are too many names: this is no export.", line=line)
                )

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._meet(name)
        for attribute in attributes:
            self._meet(attribute)
        name = _called(name)
        way = self._way
        if not way and name != "rss":
            raise FileRefused(_("The file begins with <%(name)s>, an export with <rss>.", name=name[:60]))
        if len(way) >= DEEPEST:
            line = self._parser.CurrentLineNumber
            raise FileRefused(_("Line %(line)s is nested too deep: this is no export.", line=line))
        way.append(name)
        self._text, self._length = [], 0
        if self._item is not None:
            self._item.size += _ELEMENT
        if way == ["rss", "channel", "item"]:
            if not self._is_export:
                raise FileRefused(_("This is a feed, not an export: it has no wp:wxr_version."))
            self._item = Item(self._parser.CurrentLineNumber)
        elif len(way) == 4 and self._item is not None and name == "wp:comment":
            self._comment = {}
        elif len(way) == 4 and self._item is not None and name == "category":
            self._term = (attributes.get("domain", ""), attributes.get("nicename", ""))
        elif way == ["rss", "channel", "wp:author"]:
            self._author = {}

    def _say(self, text: str) -> None:
        if self._text is None:
            return
        self._length += len(text)
        if self._length > LONGEST_FIELD:
            if self._item is not None:
                self._item.size += LONGEST_ITEM
            return
        if self._item is not None:
            self._item.size += len(text)
            if self._item.is_too_long and self._length > _SHORT:
                return
        self._text.append(text)

    def _end(self, _name: str) -> None:
        name, depth = self._way.pop(), len(self._way)
        text = "".join(self._text or ())
        self._text = None
        if self._item is not None:
            self._end_in_item(self._item, name, text, depth)
        elif self._author is not None:
            if depth == 3:
                self._author[name] = text.strip()
            elif depth == 2:
                login = self._author.get("wp:author_login", "")
                if len(self._site.authors) < _MOST_AUTHORS:
                    self._site.authors[login[:200]] = self._author.get("wp:author_display_name") or login
                self._author = None
        elif depth == 2:
            if name in _OF_SITE:
                self._site.fields[name] = text.strip()[:1_000]
            self._is_export = self._is_export or name == "wp:wxr_version"

    def _end_in_item(self, item: Item, name: str, text: str, depth: int) -> None:
        if depth == 2:
            self._items.append(item)
            self._item = None
        elif self._comment is not None:
            if depth == 4:
                self._comment[name] = text
            elif depth == 3:
                if not item.is_too_long:
                    item.comments.append(self._comment)
                self._comment = None
        elif depth == 4 and name == "wp:meta_key":
            self._meta = text.strip()
        elif depth == 4 and name == "wp:meta_value" and self._meta in _META:
            item.meta[self._meta] = text.strip()[:_LONGEST_META]
        elif depth == 3 and item.is_too_long:
            # Which one it is can still be said.
            item.fields.setdefault(name, text[:_SHORT])
        elif depth == 3 and name == "category":
            item.terms.append((self._term[0], text.strip() or self._term[1], self._term[1]))
        elif depth == 3:
            item.fields[name] = text


def _called(name: str) -> str:
    """An element's name by the prefix that exports usually give its namespace."""
    space, gap, bare = name.rpartition(" ")
    if not gap:
        return name
    if (found := _EXPORT.fullmatch(space)) is not None:
        return f"excerpt:{bare}" if found[1] else f"wp:{bare}"
    prefix = _OTHERS.get(space.partition("://")[2])
    return f"{prefix}{bare}" if prefix else f"other:{bare}"


def _said(error: expat.ExpatError) -> str:
    """Expat's word for what is wrong, in a sentence with its line."""
    words = expat.errors.messages
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]:
        return _(
            "The file ends on line %(line)s before anything is complete: it is not whole.", line=error.lineno
        )
    if words.get(error.code) in {
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    }:
        return _(
            "The file ends on line %(line)s in the middle of something: it is not whole.", line=error.lineno
        )
    if words.get(error.code) in {
        expat.errors.XML_ERROR_UNKNOWN_ENCODING,
        expat.errors.XML_ERROR_INCORRECT_ENCODING,
    }:
        return _("The file is in an encoding that cannot be read: use UTF-8.")
    if words.get(error.code) == expat.errors.XML_ERROR_INVALID_TOKEN:
        return _(
            "Line %(line)s has a character that cannot stand there: is the file UTF-8, and is it whole?",
            line=error.lineno,
        )
    reason = expat.ErrorString(error.code)
    return _("Line %(line)s cannot be read as XML: %(reason)s.", line=error.lineno, reason=reason)
