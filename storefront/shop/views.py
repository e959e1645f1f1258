"""The shelves and the goods on them: pages that are the same for everyone.

Knows their addresses; refuses to know what the visitor did before.
"""

from dataclasses import dataclass

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.catalogue.queries import contents, home_goods, listing, product_page
from storefront.catalogue.shown import Contents, Good
from storefront.config import settings
from storefront.pictures.plates import Plate, plate
from storefront.shop import mailbox_views, order_views, shelf_page
from storefront.shop import product_page as pages
from storefront.shop.blueprint import blueprint
from storefront.shop.cards import cards
from storefront.shop.frame import Link, the_policy
from storefront.shop.structured import product_json_ld
from storefront.web import open_to, public_page
from storefront.web.assets import asset

# The modules named beside it hang their pages on the same blueprint.
__all__ = ["blueprint", "mailbox_views", "order_views"]

HOME_GOODS = 8
COVER_SIZE = (1500, 1350)


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
def home() -> str:
    """The front page. Four statements."""
    goods, departments = home_goods(HOME_GOODS), contents()
    return render_template(
        "shop/home.html",
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
    )


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
def products() -> str:
    """All goods, a page at a time. Four statements."""
    return _shelf(None)


@blueprint.get("/collections/<slug>")
@open_to("everyone")
@public_page
def collection(slug: str) -> str:
    """One shelf, a page at a time. Four statements. 404 where there is none."""
    return _shelf(slug)


def _shelf(slug: str | None) -> str:
    wanted = shelf_page.Wanted.from_query(request.args)
    found = listing(
        slug, sort=wanted.sort, in_stock_only=wanted.in_stock, after=wanted.after, before=wanted.before
    )
    if not found.goods and (wanted.after or wanted.before):
        abort(404)
    shown = shelf_page.shown(found, wanted=wanted)
    return render_template(
        "shop/list.html",
        shelf=shown,
        canonical=settings().origin + shown.action,
        crumbs=[Link(shown.title, shown.action)],
    )


@blueprint.get("/robots.txt")
@open_to("everyone")
@public_page
def robots() -> Response:
    """What search engines need not fetch: pages that are somebody's own."""
    closed = ("cart.show", "checkout.details", "shop.find_order", "shop.mailbox")
    lines = ["User-agent: *", *(f"Disallow: {url_for(endpoint)}" for endpoint in closed)]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/products/<slug>")
@open_to("everyone")
@public_page
def product(slug: str) -> str:
    """One product, its variant chosen by the query. Three statements. 404 for drafts and unknown slugs."""
    page, document = product_page(slug), the_policy().document
    shown, variant = pages.shown(
        page, wanted=request.args, document=document, today=clock.today(settings().timezone)
    )
    url = url_for("shop.product", slug=page.slug)
    return render_template(
        "shop/product.html",
        product=shown,
        related=cards(page.related),
        json_ld=product_json_ld(page, shown, variant, document=document, url=url),
        canonical=settings().origin + url,
        crumbs=[each for each in (shown.collection, Link(shown.title, url)) if each],
    )
