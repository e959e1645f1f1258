"""The frame of every letter: who writes, in which language, as text and as HTML.

Knows the shop's name and addresses; refuses to know what is said.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import render_template

from storefront.config import ROOT, settings
from storefront.mail.rendering import Letter
from storefront.web.text import page_locale


@dataclass(frozen=True, slots=True)
class Shop:
    """Who writes."""

    name: str
    url: str
    support_email: str
    address_line: str


@dataclass(frozen=True, slots=True)
class Way:
    """The one way on that a letter offers; `url` with its origin."""

    title: str
    url: str


def letter(template: str, *, title: str, **said: Any) -> Letter:
    """A letter by its template's name, as text and as HTML."""
    made = settings()
    shop = Shop(made.shop_name, made.origin, made.support_email, made.address_line)
    locale = page_locale()
    common = {"shop": shop, "lang": str(locale).replace("_", "-"), "dir": locale.text_direction}
    text = render_template(f"{template}.txt", title=title, **common, **said)
    html = render_template(f"{template}.html", title=title, mail_css=_mail_css(), **common, **said)
    return Letter(title, text, html)


@lru_cache(maxsize=1)
def _mail_css() -> str:
    """The sheet of all mails; it is inlined, since no mail program fetches one."""
    return (ROOT / "static" / "css" / "mail.css").read_text(encoding="utf-8")
