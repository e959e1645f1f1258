"""Names that WooCommerce may write with HTML entities (`Tea &amp; Cups`), and texts that it writes in its own way.

Knows escapes; refuses to know what a text says.
"""

import re
from html import escape, unescape

_LINE_BREAK = re.compile(r"(\\+)n")
_BLOCK = re.compile(r"<(?:p|h[1-6]|ul|ol|dl|table|blockquote|div|hr)\b", re.IGNORECASE)
_SINGLE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")


def plain(name: str) -> str:
    """A name without entities."""
    return unescape(name) if "&" in name else name


def with_entities(name: str) -> str:
    """A name that `plain` reads as itself: left alone wherever it can be."""
    if ">" in name:
        return escape(name, quote=False)
    return name if plain(name) == name else name.replace("&", "&amp;")


def text_of(html: str) -> str:
    """The text of a short piece of HTML."""
    import nh3

    return unescape(nh3.clean(html, tags=set())) if "<" in html or "&" in html else html


def html_of(text: str) -> str:
    """A text as HTML that `text_of` reads as itself."""
    return escape(text, quote=False)


def long_text(cell: str) -> str:
    r"""A description: `\n` is a line break in it, `\\n` the two characters. Text without paragraphs, which
    WordPress breaks at the end of each line, is given its line breaks."""
    text = _LINE_BREAK.sub(lambda found: _unescaped(found[1]), cell).replace("\r\n", "\n")
    return text if _BLOCK.search(text) else _SINGLE_BREAK.sub("<br>\n", text)


def long_cell(html: str) -> str:
    r"""A description as one cell that `long_text` reads; line breaks stay as they are."""
    return _LINE_BREAK.sub(r"\\\g<0>", html)


def _unescaped(backslashes: str) -> str:
    return "\n" if len(backslashes) == 1 else f"{backslashes[1:]}n"
