"""How a letter about an order is put together: its record, its link, its frame.

Knows the shop that writes; refuses to know what is said.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import render_template

from storefront.config import ROOT, settings
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter
from storefront.orders.access import order_link
from storefront.orders.queries import OrderRecord, order_record
from storefront.shop.frame import Link, the_locale


@dataclass(frozen=True, slots=True)
class Shop:
    """Who writes."""

    name: str
    url: str
    support_email: str
    address_line: str


def record_of(mail: OutgoingMail) -> OrderRecord:
    """The order that a mail is about, as it stands now; raises NotFound."""
    return order_record(mail.facts["order_id"])


def link_to(record: OrderRecord) -> str:
    """The address at which the shopper opens the order, from anywhere."""
    return order_link(record.order.id, origin=settings().origin)


def notice(title: str, paragraphs: list[str], *, record: OrderRecord, link: Link | None = None) -> Letter:
    """A short letter: a title and a few sentences."""
    return letter(
        "mail/notice",
        title=title,
        preheader=paragraphs[0],
        paragraphs=paragraphs,
        link=link,
        demo=record.order.is_demo,
    )


def letter(template: str, *, title: str, **said: Any) -> Letter:
    """A letter by its template's name, as text and as HTML."""
    made = settings()
    shop = Shop(made.shop_name, made.origin, made.support_email, made.address_line)
    locale = the_locale()
    common = {"shop": shop, "lang": str(locale).replace("_", "-"), "dir": locale.text_direction}
    text = render_template(f"{template}.txt", title=title, **common, **said)
    html = render_template(f"{template}.html", title=title, mail_css=_mail_css(), **common, **said)
    return Letter(title, text, html)


@lru_cache(maxsize=1)
def _mail_css() -> str:
    """The sheet of all mails; it is inlined, since no mail program fetches one."""
    return (ROOT / "static" / "css" / "mail.css").read_text(encoding="utf-8")
