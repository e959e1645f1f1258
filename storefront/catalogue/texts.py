"""Descriptions as they are kept: HTML that can be shown as it stands.

Knows which elements a description may have; refuses everything that runs, loads or styles.
"""

import re

import nh3

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
_cleaner = nh3.Cleaner(
    tags=_ELEMENTS,
    attributes={"a": {"href"}, "th": {"scope", "colspan", "rowspan"}, "td": {"colspan", "rowspan"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener",
)
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


def _cleaned(html: str) -> str:
    return str(_cleaner.clean(_HEADING.sub(r"<\1h3", html))).strip()
