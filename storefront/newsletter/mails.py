"""What we write to readers: please confirm, you get our letters already, and the letter itself.

Knows titles and links; refuses to repeat what anybody typed.
"""

import re
from datetime import datetime
from html import unescape

from flask import url_for
from flask_babel import gettext as _

from storefront.config import settings
from storefront.content.markdown import parts_of
from storefront.mail.letters import Way, letter
from storefront.mail.models import OutgoingMail
from storefront.mail.rendering import Letter, renders, to_many, unsubscribes
from storefront.newsletter.actions import ALREADY, CONFIRM
from storefront.newsletter.links import LASTS, Asked, confirm_url, leave_url
from storefront.newsletter.queries import PostTold, post_told
from storefront.newsletter.sending import POST_MAIL, PREVIEW_MAIL, is_still_wanted
from storefront.newsletter.wording import wording

# The letter carries the beginning of a post: whole paragraphs, about so many words.
_MOST_WORDS = 150
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_BREAK, _TAG = re.compile(r"<br[^>]*>"), re.compile(r"<[^>]*>")

to_many(POST_MAIL)(is_still_wanted)


@renders(CONFIRM)
def newsletter_confirm(mail: OutgoingMail) -> Letter:
    """To whoever typed an address: with this link it is confirmed."""
    facts = mail.facts
    asked = Asked(facts["subscriber_id"], facts["ask"], datetime.fromisoformat(facts["at"]))
    title = _("Please confirm: letters from %(shop)s", shop=settings().shop_name)
    return letter(
        "mail/notice",
        title=title,
        preheader=title,
        paragraphs=[
            _("Somebody, we hope you, asked for our letters to this address."),
            facts.get("wording") or wording(),
            _("The link works for %(days)s days.", days=LASTS.days),
            _("If it was not you, do nothing: without your button no letter comes."),
        ],
        link=Way(_("Confirm my address"), confirm_url(asked)),
        demo=settings().is_sandbox,
    )


@renders(ALREADY)
def newsletter_already(mail: OutgoingMail) -> Letter:
    """To whoever asked and gets them already."""
    title = _("You get our letters already")
    return letter(
        "mail/newsletter_note",
        title=title,
        preheader=title,
        paragraphs=[
            _("Somebody, we hope you, asked for our letters to this address. It gets them already."),
            _("You need not do anything."),
        ],
        link=None,
        leave_url=leave_url(mail.facts["subscriber_id"]),
        demo=settings().is_sandbox,
    )


@renders(POST_MAIL)
def newsletter_post(mail: OutgoingMail) -> Letter:
    """To a subscriber: something new to read."""
    return _post_letter(post_told(mail.facts["post_id"]), leave_url(mail.facts["subscriber_id"]))


@renders(PREVIEW_MAIL)
def newsletter_preview(mail: OutgoingMail) -> Letter:
    """To somebody who works here: the letter before it goes out."""
    return _post_letter(post_told(mail.facts["post_id"]), "")


def left_at(mail: OutgoingMail) -> str:
    """Where the letters end, for good and by one click."""
    return leave_url(mail.facts["subscriber_id"])


for _kind in (POST_MAIL, ALREADY):
    unsubscribes(_kind)(left_at)


def beginning(body_parts: str) -> list[str]:
    """The first paragraphs of a post as plain text; pictures, lists and cards are left to the page."""
    told: list[str] = []
    words = 0
    for part in parts_of(body_parts):
        for html in _PARAGRAPH.findall(part) if isinstance(part, str) else ():
            text = " ".join(unescape(_TAG.sub("", _BREAK.sub(" ", html))).split())
            if text:
                told.append(text)
                words += len(text.split())
            if words >= _MOST_WORDS:
                return told
    return told


def _post_letter(post: PostTold, stop: str) -> Letter:
    by = _("By %(name)s", name=post.author) if post.author else ""
    return letter(
        "mail/newsletter",
        title=post.title,
        preheader=post.summary or post.title,
        summary=post.summary,
        byline=" · ".join(each for each in (by, post.minutes) if each),
        paragraphs=beginning(post.parts),
        notes=post.notes,
        link=Way(_("Read on"), url_for("shop.post", slug=post.slug, _external=True)),
        leave_url=stop,
        demo=settings().is_sandbox,
    )
