"""The journal: its lists, its posts, its authors, and pages that stand alone. The same for everyone.

Knows their addresses; refuses to know who reads them.
"""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from storefront.comments.queries import Found, found_thread
from storefront.comments.thread import printed as printed_thread
from storefront.config import settings
from storefront.content import queries
from storefront.content.commented import KIND as COMMENTED
from storefront.content.commented import subject_of
from storefront.content.models import PostKind
from storefront.content.post_page import post_page
from storefront.content.shown import AuthorPage, Named, PostPage, Story
from storefront.database import reading
from storefront.errors import NotFound
from storefront.pictures.plates import plate
from storefront.shop import contact_views
from storefront.shop import journal as told
from storefront.shop.blueprint import blueprint
from storefront.shop.frame import Frame, Link, the_frame
from storefront.shop.shelf_page import Pager
from storefront.shop.structured import author_json_ld, post_json_ld
from storefront.web import Sheet, open_to, public_page, sheet
from storefront.web.kept import kept

SHEETS_KEPT = 256
_PAGE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of posts: what it is called, where it is, and which page of it this is."""

    title: str
    intro: str
    url: str
    feed_url: str
    number: int
    is_more: bool
    author: AuthorPage | None = None


@blueprint.get("/blog")
@open_to("everyone")
@public_page
def journal() -> Sheet:
    """All posts, newest first. Three statements."""
    number = _page_number()
    with reading():
        frame, known, (found, is_more) = the_frame(), queries.tags(), queries.journal(number)
    if number > 1 and not found:
        abort(404)
    url, feed = url_for("shop.journal"), url_for("shop.journal_feed")
    listing = Listing(_("Journal"), "", url, feed, number, is_more)
    return _list(frame, found, known, listing=listing)


@blueprint.get("/blog/tags/<slug>")
@open_to("everyone")
@public_page
def journal_of_tag(slug: str) -> Sheet | BaseResponse:
    """The posts under a tag. Three statements. 404 where there is none; a former address leads on."""
    number = _page_number()
    with reading():
        frame, tag, (found, is_more) = (
            the_frame(),
            queries.find_tag(slug),
            queries.journal_of_tag(slug, number),
        )
    if tag is None and (now := queries.tag_moved_to(slug)):
        return redirect(url_for("shop.journal_of_tag", slug=now), 301)
    if tag is None or not found:
        abort(404)
    url, feed = url_for("shop.journal_of_tag", slug=slug), url_for("shop.tag_feed", slug=slug)
    return _list(frame, found, (), listing=Listing(tag.title, "", url, feed, number, is_more))


@blueprint.get("/authors/<slug>")
@open_to("everyone")
@public_page
def author(slug: str) -> Sheet | BaseResponse:
    """What is said of an author, and what they have written. Three statements. 404 where nobody is called so; a
    former address leads on."""
    number = _page_number()
    with reading():
        frame, known = the_frame(), queries.find_author(slug)
        found, is_more = queries.journal_of_author(slug, number)
    if known is None and (now := queries.author_moved_to(slug)):
        return redirect(url_for("shop.author", slug=now), 301)
    if known is None or (number > 1 and not found):
        abort(404)
    url, feed = url_for("shop.author", slug=slug), url_for("shop.author_feed", slug=slug)
    listing = Listing(known.name, known.bio, url, feed, number, is_more, known)
    return _list(frame, found, (), listing=listing)


@kept(most=SHEETS_KEPT)
def _list(frame: Frame, found: tuple[Story, ...], known: tuple[Named, ...], *, listing: Listing) -> Sheet:
    at_front = listing.url == url_for("shop.journal")
    way = [] if at_front else [Link(_("Journal"), url_for("shop.journal"))]
    crumbs = [*way, Link(listing.title, listing.url)]
    picture = plate(listing.author.picture) if listing.author else None
    html = render_template(
        "content/journal.html",
        frame=frame,
        listing=listing,
        stories=told.stories(found),
        tags=[told.tag_link(tag) for tag in known],
        pager=_pager(listing),
        canonical=settings().origin + listing.url + (f"?page={listing.number}" if listing.number > 1 else ""),
        crumbs=crumbs,
        picture=picture,
        json_ld=listing.author and author_json_ld(listing.author, picture, crumbs=crumbs, url=listing.url),
    )
    return sheet(html)


@blueprint.get("/blog/<slug>")
@open_to("everyone")
@public_page
def post(slug: str) -> Sheet | BaseResponse:
    """One post with its thread. Three statements. 404 for what is not public; a former address leads on."""
    return _standing(slug, PostKind.POST)


@blueprint.get("/pages/<slug>")
@open_to("everyone")
@public_page
def page(slug: str) -> Sheet | BaseResponse:
    """A page that stands alone. Two statements. 404 as for posts."""
    if slug == contact_views.SLUG:
        return redirect(url_for("shop.contact"), 301)
    return _standing(slug, PostKind.PAGE)


def _standing(slug: str, kind: PostKind) -> Sheet | BaseResponse:
    try:
        with reading():
            frame, found = the_frame(), post_page(slug, kind=kind)
            said = None if found.is_page else found_thread(COMMENTED, found.id, page=_thread_page())
    except NotFound:
        if (now := queries.post_moved_to(slug)) is None:
            raise
        endpoint = "shop.page" if now[0] == PostKind.PAGE else "shop.post"
        return redirect(url_for(endpoint, slug=now[1]), 301)
    if said is not None and said.is_beyond:
        abort(404)
    return _post(frame, found, said)


@kept(most=SHEETS_KEPT)
def _post(frame: Frame, found: PostPage, said: Found | None) -> Sheet:
    shown = told.shown(found)
    url = url_for("shop.page" if found.is_page else "shop.post", slug=found.slug)
    way = [] if found.is_page else [Link(_("Journal"), url_for("shop.journal"))]
    crumbs = [*way, *([shown.kicker] if shown.kicker else []), Link(shown.title, url)]
    html = render_template(
        "content/post.html",
        frame=frame,
        post=shown,
        thread=said and printed_thread(subject_of(found.id, found.slug, found.title), said),
        json_ld=post_json_ld(found, shown, crumbs=crumbs, url=url),
        canonical=settings().origin + url + (f"?comments={said.page}" if said and said.page > 1 else ""),
        origin=settings().origin,
        crumbs=crumbs,
    )
    return sheet(html)


def _pager(listing: Listing) -> Pager:
    number = listing.number
    before = None if number == 1 else listing.url + (f"?page={number - 1}" if number > 2 else "")
    after = f"{listing.url}?page={number + 1}" if listing.is_more else None
    return Pager(before, after, _("Page %(number)s", number=number) if before or after else "")


def _page_number() -> int:
    """The number in `?page=`; 1 where it is none, so that a mistyped address still shows posts."""
    return _number_in("page")


def _thread_page() -> int:
    """The number in `?comments=`, likewise."""
    return _number_in("comments")


def _number_in(name: str) -> int:
    text = request.args.get(name, "")
    is_number = text.isascii() and text.isdigit() and len(text) <= _PAGE_DIGITS
    return min(max(int(text), 1), queries.MOST_PAGES) if is_number else 1
