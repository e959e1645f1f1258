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
from storefront.comments.queries import Found, Spoken, found_thread
from storefront.comments.subjects import Subject
from storefront.comments.wording import shown
from storefront.config import settings
from storefront.web.text import day_text


@dataclass(frozen=True, slots=True)
class Tag:
    """A word beside a name, and the class of its colour ("" for none)."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class CommentShown:
    """A comment with what was answered to it; `html` is empty where its writer was erased."""

    id: int
    name: str
    html: Markup
    at: datetime
    day: str
    tags: tuple[Tag, ...]
    url: str
    reply_url: str
    replies: tuple["CommentShown", ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """All that `templates/comments/_thread.html` prints."""

    heading: str
    count: int
    comments: tuple[CommentShown, ...]
    extent: str
    previous_url: str
    next_url: str
    is_closed: bool
    form: CommentForm
    action: str


def thread_of(subject: Subject, *, page: int = 1) -> Thread:
    """The page of a subject's thread, with an empty form. One statement."""
    return printed(subject, found_thread(subject.kind, subject.id, page=page))


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
        form=CommentForm(formdata=None),
        action=url_for("comments.submit", kind=subject.kind, subject_id=subject.id),
    )


def heading(count: int) -> str:
    """How many there are, as the thread's heading."""
    return ngettext("%(num)s comment", "%(num)s comments", count) if count else _("No comments yet")


def page_url(subject: Subject, page: int, *, anchor: str = "thread") -> str:
    """The address of a page of the thread; the first is the subject's own."""
    address = subject.url if page == 1 else f"{subject.url}?comments={page}"
    return f"{address}#{anchor}"


_page_url = page_url


def _threaded(found: Found) -> tuple[CommentShown, ...]:
    replies: dict[int, list[CommentShown]] = {}
    for each in found.comments:
        if each.parent_id is not None:
            replies.setdefault(each.parent_id, []).append(_shown(each))
    roots = (each for each in found.comments if each.parent_id is None)
    return tuple(_shown(each, tuple(replies.get(each.id, ()))) for each in roots)


def _shown(spoken: Spoken, replies: tuple[CommentShown, ...] = ()) -> CommentShown:
    return CommentShown(
        id=spoken.id,
        name=spoken.name or _("Erased"),
        html=shown(spoken.text),
        at=spoken.created_at,
        day=day_text(spoken.created_at, "medium"),
        tags=tags(spoken),
        url=url_for("comments.place", comment_id=spoken.id),
        reply_url=url_for("comments.reply", comment_id=spoken.id),
        replies=replies,
    )


def tags(spoken: Spoken) -> tuple[Tag, ...]:
    """What stands beside a name: who belongs to the shop, who bought what this is about, who only seems to belong."""
    words = {
        "staff": Tag(settings().shop_name, "tag-marker"),
        "author": Tag(_("Author"), "tag-marker"),
        "bought": Tag(_("Verified buyer"), "tag-wash"),
        "returned": Tag(_("Bought it, money back"), ""),
        "namesake": Tag(_("Reader, not of the shop"), ""),
    }
    codes = (spoken.insider, spoken.standing, "namesake" if spoken.is_namesake else "")
    return tuple(words[code] for code in codes if code)


def _extent(found: Found, pages: int) -> str:
    return _("Page %(page)s of %(pages)s", page=found.page, pages=pages) if pages > 1 else ""
