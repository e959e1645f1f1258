"""Feeds of the journal, in Atom (RFC 4287): everything, one tag, one author.

Knows how a post reads outside its page; refuses to know who subscribed.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, abort, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from storefront.claims.printed import Notes
from storefront.config import settings
from storefront.content import queries
from storefront.content.leads import lead, leading
from storefront.content.shown import Entry
from storefront.database import reading
from storefront.shop.blueprint import blueprint
from storefront.web import open_to, public_page, tagged

# Addresses of ours within tags, which readers elsewhere cannot complete; further sizes, which they do not read.
_OURS = re.compile(r'(<(?:a|img)\b(?:[^<>"]|"[^"]*")*?\s(?:href|src)=")/(?!/)')
_SOURCE = re.compile(r'<source\b(?:[^<>"]|"[^"]*")*>')
# What a feed without any entry was last changed at.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EntryShown:
    """A post as a feed carries it; `id` stays whatever its address becomes."""

    id: str
    title: str
    url: str
    summary: str
    author: str
    published: str
    updated: str
    html: Markup


@blueprint.get("/blog/feed.xml")
@open_to("everyone")
@public_page
def journal_feed() -> Response:
    """The newest posts, whole. Three statements."""
    with reading():
        entries = queries.feed()
    return _feed(_("Journal"), url_for("shop.journal"), url_for("shop.journal_feed"), entries)


@blueprint.get("/blog/tags/<slug>/feed.xml")
@open_to("everyone")
@public_page
def tag_feed(slug: str) -> BaseResponse:
    """The newest posts under a tag. Four statements. 404 where there is none."""
    with reading():
        tag, entries = queries.find_tag(slug), queries.feed_of_tag(slug)
    if tag is None and (now := queries.tag_moved_to(slug)):
        return redirect(url_for("shop.tag_feed", slug=now), 301)
    if tag is None or not entries:
        abort(404)
    here = url_for("shop.tag_feed", slug=slug)
    return _feed(tag.title, url_for("shop.journal_of_tag", slug=slug), here, entries)


@blueprint.get("/authors/<slug>/feed.xml")
@open_to("everyone")
@public_page
def author_feed(slug: str) -> BaseResponse:
    """The newest posts of an author. Four statements. 404 where nobody is called so."""
    with reading():
        author, entries = queries.find_author(slug), queries.feed_of_author(slug)
    if author is None and (now := queries.author_moved_to(slug)):
        return redirect(url_for("shop.author_feed", slug=now), 301)
    if author is None:
        abort(404)
    here = url_for("shop.author_feed", slug=slug)
    return _feed(author.name, url_for("shop.author", slug=slug), here, entries)


def _feed(title: str, url: str, feed_url: str, entries: tuple[Entry, ...]) -> Response:
    tagged("frame")
    origin = settings().origin
    text = render_template(
        "content/feed.xml",
        shop=settings().shop_name,
        title=title,
        url=origin + url,
        feed_url=origin + feed_url,
        updated=_stamp(max((each.changed_at for each in entries), default=_NEVER)),
        entries=[_entry(each) for each in entries],
    )
    return Response(text, mimetype="application/atom+xml")


def _entry(entry: Entry) -> EntryShown:
    story, origin = entry.story, settings().origin
    return EntryShown(
        id=f"{origin}/blog#post-{story.id}",
        title=story.title,
        url=origin + url_for("shop.post", slug=story.slug),
        summary=story.summary,
        author=story.author.title if story.author else settings().shop_name,
        published=_stamp(story.published_at),
        updated=_stamp(entry.changed_at),
        html=Markup("").join(_part(entry, part) for part in entry.parts) + _notes(entry.notes),
    )


def _part(entry: Entry, part: str | int) -> Markup:
    """A part of a text; in the place of a card stands a link: prices change after a feed was fetched."""
    if isinstance(part, str):
        led = leading(part, post_id=entry.story.id)
        return Markup(_OURS.sub(rf"\1{settings().origin}/", _SOURCE.sub("", led)))
    if part not in entry.titles:
        return Markup("")
    product = entry.titles[part]
    url = settings().origin + lead(url_for("shop.product", slug=product.slug), post_id=entry.story.id)
    return Markup('<p><a href="{}">{}</a></p>').format(url, _("In our shop: %(title)s", title=product.title))


def _notes(notes: Notes) -> Markup:
    """What stands under a text on its page stands under it here too."""
    sources = Markup("").join(
        Markup('<li>{}: <a href="{}" rel="nofollow">{}</a></li>').format(each.words, each.url, each.title)
        for each in notes.sources
    )
    listed = Markup("<p>{}</p><ul>{}</ul>").format(_("Sources"), sources) if sources else Markup("")
    return listed + Markup("").join(
        Markup("<p><small>{}</small></p>").format(each) for each in notes.disclaimers
    )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
