"""Descriptions as they are kept: HTML that can be shown as it stands; and the addresses that titles make.

Knows which elements a description may have; refuses everything that runs, loads or styles.
"""

import re
from functools import lru_cache
from typing import Any

_ELEMENTS = {
    *(
        "p",
        "br",
        "hr",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "strong",
        "em",
        "b",
        "i",
    ),
    *("sub", "sup", "small", "a", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}
# The page has its own first and second headings.
_HEADING = re.compile(r"<(/?)h[12]\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\s*\n\s*\n\s*")
_PARTS = re.compile(r"<(?:p|h[34]|ul|ol|dl|table|blockquote|hr)\b")


def clean_description(text: str) -> str:
    """Sanitised HTML of what somebody wrote; text without any parts becomes paragraphs at its blank lines.

    The same text gives the same HTML, and that HTML itself again.
    """
    html = _cleaned(text.strip())
    if html and not _PARTS.search(html):
        html = _cleaned("".join(f"<p>{paragraph}</p>" for paragraph in _BLANK_LINE.split(html)))
    return html


def slug_of(text: str) -> str:
    """The address under which something so called can stand; empty where no letter or digit is in it."""
    # For who writes: 10 ms of a start.
    from slugify import slugify

    return slugify(text, allow_unicode=True, max_length=200)


def _cleaned(html: str) -> str:
    return str(_cleaner().clean(_HEADING.sub(r"<\1h3", html))).strip()


@lru_cache(maxsize=1)
def _cleaner() -> Any:
    # Who only shows descriptions does without it: they are kept clean.
    import nh3

    return nh3.Cleaner(
        tags=_ELEMENTS,
        attributes={"a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
