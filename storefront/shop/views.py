"""The shelves and the goods on them: pages that are the same for everyone.

Knows their addresses; refuses to know what the visitor did before.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from storefront import clock
from storefront.catalogue.queries import contents, home_goods, listing, moved_to, product_page
from storefront.catalogue.shown import Contents, Good, ProductPage, Shelf, VariantShown
from storefront.config import settings
from storefront.content.queries import newest_stories, stories_on
from storefront.content.shown import Story
from storefront.database import reading
from storefront.errors import NotFound
from storefront.pictures.plates import Plate, plate
from storefront.policies.document import PolicyDocument
from storefront.shop import (
    account_views,
    address_views,
    contact_views,
    feeds,
    gift_card_views,
    journal,
    journal_views,
    letter_views,
    machines,
    mailbox_views,
    order_views,
    return_views,
    shelf_page,
    withdrawal_views,
)
from storefront.shop import product_page as pages
from storefront.shop.blueprint import blueprint
from storefront.shop.cards import cards
from storefront.shop.choice import choose
from storefront.shop.frame import Frame, Link, the_frame, the_policy
from storefront.shop.moved import url_by_number
from storefront.shop.structured import product_json_ld
from storefront.web import Sheet, open_to, public_page, sheet, tagged
from storefront.web.assets import asset
from storefront.web.kept import kept
from storefront.web.pages import weight

# The modules named beside it hang their pages on the same blueprint.
__all__ = [
    "account_views",
    "address_views",
    "blueprint",
    "contact_views",
    "feeds",
    "gift_card_views",
    "journal_views",
    "letter_views",
    "machines",
    "mailbox_views",
    "order_views",
    "return_views",
    "withdrawal_views",
]

HOME_GOODS = 8
HOME_STORIES = 3
# What is said elsewhere of a product leads away from it: few.
STORIES = 3
COVER_SIZE = (1500, 1350)
# Of each kind of page: some 200 of them, for a sheet has about 15 KB, and what it was made of as much again.
SHEETS_KEPT_BYTES = 3 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cover:
    """What the front page opens with."""

    kicker: str
    title: str
    lead: str
    picture: Plate | None
    actions: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A department in the front page's table of contents."""

    title: str
    url: str
    count: str


@blueprint.get("/")
@open_to("everyone")
@public_page
def home() -> Sheet | BaseResponse:
    """The front page. Four statements. What `?p=12` asked for at a shop that moved in leads on."""
    # Looked at only where there is a query at all: most visits have none.
    if request.query_string and (url := url_by_number()) is not None:
        return redirect(url, 301)
    with reading():
        frame, goods, departments = the_frame(), home_goods(HOME_GOODS), contents()
        latest = newest_stories(HOME_STORIES)
    return _home(frame, goods, departments, latest)


@kept(most=SHEETS_KEPT_BYTES, weigh=weight)
def _home(
    frame: Frame, goods: tuple[Good, ...], departments: tuple[Contents, ...], latest: tuple[Story, ...]
) -> Sheet:
    html = render_template(
        "shop/home.html",
        frame=frame,
        cover=_cover(goods, departments),
        goods=cards(goods),
        contents=[
            ContentsEntry(
                each.title,
                url_for("shop.collection", slug=each.slug),
                shelf_page.counted(each.count, is_more=each.is_more),
            )
            for each in departments
        ],
        stories=journal.stories(latest),
    )
    return sheet(html)


def _cover(goods: tuple[Good, ...], departments: tuple[Contents, ...]) -> Cover | None:
    """What the settings say, or the first department that introduces itself, with the first good's picture."""
    first = next((each for each in departments if each.intro), None)
    if first is None:
        return None
    made = settings()
    return Cover(
        kicker=_("First on the shelf"),
        title=made.cover_title or first.title,
        lead=made.cover_lead or first.intro,
        picture=_cover_picture() or next((found for good in goods if (found := plate(good.picture))), None),
        actions=(
            Link(
                _("See %(collection)s", collection=first.title), url_for("shop.collection", slug=first.slug)
            ),
            Link(_("All goods"), url_for("shop.products")),
        ),
    )


def _cover_picture() -> Plate | None:
    """The picture that the settings name; it decorates what the headline says, so it has no words of its own."""
    path = settings().cover_picture
    if not path or asset(path) is None:
        return None
    return Plate(url_for("static", filename=path), *COVER_SIZE, alt="")


@blueprint.get("/products")
@open_to("everyone")
@public_page
def products() -> Sheet:
    """All goods, a page at a time. Three statements."""
    return _shelf(None)


@blueprint.get("/collections/<slug>")
@open_to("everyone")
@public_page
def collection(slug: str) -> Sheet:
    """One shelf, a page at a time. Three statements. 404 where there is none."""
    return _shelf(slug)


def _shelf(slug: str | None) -> Sheet:
    wanted = shelf_page.Wanted.from_query(request.args)
    with reading():
        frame = the_frame()
        found = listing(
            slug, sort=wanted.sort, in_stock_only=wanted.in_stock, after=wanted.after, before=wanted.before
        )
    if not found.goods and (wanted.after or wanted.before):
        abort(404)
    return _list(frame, found, wanted=wanted)


@kept(most=SHEETS_KEPT_BYTES, weigh=weight)
def _list(frame: Frame, found: Shelf, *, wanted: shelf_page.Wanted) -> Sheet:
    shown = shelf_page.shown(found, wanted=wanted)
    html = render_template(
        "shop/list.html",
        frame=frame,
        shelf=shown,
        canonical=settings().origin + shown.action,
        crumbs=[Link(shown.title, shown.action)],
    )
    return sheet(html)


@blueprint.get("/robots.txt")
@open_to("everyone")
@public_page
def robots() -> Response:
    """What search engines need not fetch: pages that are somebody's own."""
    tagged("frame")
    closed = (
        "cart.show",
        "checkout.details",
        "shop.find_order",
        "shop.mailbox",
        "shop.account",
        "privacy.your_data",
    )
    lines = ["User-agent: *", *(f"Disallow: {url_for(endpoint)}" for endpoint in closed)]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/products/<slug>")
@open_to("everyone")
@public_page
def product(slug: str) -> Sheet | BaseResponse:
    """One product, its variant chosen by the query. Three statements. 404 for drafts and unknown slugs; an address
    that it had before leads to the present one."""
    try:
        with reading():
            page, frame = product_page(slug), the_frame()
            told = stories_on(page.id, STORIES)
    except NotFound:
        if (now := moved_to(slug)) is None:
            raise
        # Not by url_for, to which some names mean something: ?slug=, ?_scheme=.
        asked = urlencode(list(request.args.items(multi=True)))
        return redirect(url_for("shop.product", slug=now) + (f"?{asked}" if asked else ""), 301)
    # Of any query only what it chooses counts: an advertisement's words lead to the same sheet.
    chosen, today = choose(page, request.args), clock.today(settings().timezone)
    return _product(frame, page, chosen, the_policy().document, told, today=today)


@kept(most=SHEETS_KEPT_BYTES, weigh=weight)
def _product(
    frame: Frame,
    page: ProductPage,
    variant: VariantShown | None,
    document: PolicyDocument,
    told: tuple[Story, ...],
    *,
    today: date,
) -> Sheet:
    shown = pages.shown(page, variant, document=document, today=today)
    url = url_for("shop.product", slug=page.slug)
    html = render_template(
        "shop/product.html",
        frame=frame,
        product=shown,
        related=cards(page.related),
        stories=journal.stories(told),
        json_ld=product_json_ld(page, shown, variant, document=document, url=url),
        canonical=settings().origin + url,
        crumbs=[each for each in (shown.collection, Link(shown.title, url)) if each],
    )
    return sheet(html)
