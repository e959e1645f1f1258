"""A thread as it is printed beneath its subject.

Knows words and addresses; refuses to read anything: what is found is handed in.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from storefront.comments.forms import CommentForm
from storefront.comments.queries import Found, Spoken
from storefront.comments.subjects import Subject
from storefront.comments.wording import shown
from storefront.config import settings
from storefront.web.parts import macro, once
from storefront.web.text import day_text


@dataclass(frozen=True, slots=True)
class Tag:
    """A word beside a name, and the class of its colour ("" for none)."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class CommentShown:
    """A comment; `html` is empty where its writer was erased."""

    id: int
    name: str
    html: Markup
    at: datetime
    day: str
    tags: tuple[Tag, ...]
    url: str
    reply_url: str


@dataclass(frozen=True, slots=True)
class Thread:
    """All that `templates/comments/_thread.html` prints; `comments` and `form` as HTML."""

    heading: str
    count: int
    comments: tuple[Markup, ...]
    extent: str
    previous_url: str
    next_url: str
    is_closed: bool
    form: Markup


def printed(subject: Subject, found: Found) -> Thread:
    """A thread that was found, as it is printed."""
    pages = found.pages
    return Thread(
        heading=heading(found.count),
        count=found.count,
        comments=_threaded(found),
        extent=_extent(found, pages),
        previous_url=_page_url(subject, found.page - 1) if 1 < found.page <= pages else "",
        next_url=_page_url(subject, found.page + 1) if found.page < pages else "",
        is_closed=found.is_closed,
        form=_empty_form(url_for("comments.submit", kind=subject.kind, subject_id=subject.id)),
    )


def heading(count: int) -> str:
    """How many there are, as the thread's heading."""
    return ngettext("%(num)s comment", "%(num)s comments", count) if count else _("No comments yet")


def page_url(subject: Subject, page: int, *, anchor: str = "thread") -> str:
    """The address of a page of the thread; the first is the subject's own."""
    address = subject.url if page == 1 else f"{subject.url}?comments={page}"
    return f"{address}#{anchor}"


_page_url = page_url


def _threaded(found: Found) -> tuple[Markup, ...]:
    replies: dict[int, list[Markup]] = {}
    for each in found.comments:
        if each.parent_id is not None:
            replies.setdefault(each.parent_id, []).append(_said(each, (), found))
    roots = (each for each in found.comments if each.parent_id is None)
    return tuple(_said(each, tuple(replies.get(each.id, ())), found) for each in roots)


def _said(spoken: Spoken, replies: tuple[Markup, ...], found: Found) -> Markup:
    made = settings()
    return _comment(spoken, replies, not found.is_closed, made.shop_name, made.timezone.key)


# One is a few KB, and with its replies some dozen.
@once(most=512)
def _comment(
    spoken: Spoken, replies: tuple[Markup, ...], may_reply: bool, shop_name: str, _zone: str
) -> Markup:
    """A comment with what was answered to it: of a thread that goes on, only what is new is written anew."""
    return macro("comments/_comment.html", "said")(_shown(spoken, shop_name), may_reply, replies)


@once(most=512)
def _empty_form(action: str) -> Markup:
    return macro("comments/_fields.html", "fields")(CommentForm(formdata=None), action)


def _shown(spoken: Spoken, shop_name: str) -> CommentShown:
    return CommentShown(
        id=spoken.id,
        name=spoken.name or _("Erased"),
        html=shown(spoken.text),
        at=spoken.created_at,
        day=day_text(spoken.created_at, "medium"),
        tags=tags(spoken, shop_name),
        url=url_for("comments.place", comment_id=spoken.id),
        reply_url=url_for("comments.reply", comment_id=spoken.id),
    )


def tags(spoken: Spoken, shop_name: str) -> tuple[Tag, ...]:
    """What stands beside a name: who belongs to the shop, who bought what this is about, who only seems to belong."""
    words = {
        "staff": Tag(shop_name, "tag-marker"),
        "author": Tag(_("Author"), "tag-marker"),
        "bought": Tag(_("Verified buyer"), "tag-wash"),
        "returned": Tag(_("Bought it, money back"), ""),
        "namesake": Tag(_("Reader, not of the shop"), ""),
    }
    codes = (spoken.insider, spoken.standing, "namesake" if spoken.is_namesake else "")
    return tuple(words[code] for code in codes if code)


def _extent(found: Found, pages: int) -> str:
    return _("Page %(page)s of %(pages)s", page=found.page, pages=pages) if pages > 1 else ""
