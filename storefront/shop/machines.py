"""What machines read of the shop: its promises and its goods as plain text, and all goods as a feed.

Knows addresses and Markdown; refuses to know any figure: each comes from the rules that the pages are made of.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, stream_with_context, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.catalogue.product_page import listed_pages
from storefront.catalogue.queries import menu
from storefront.config import settings
from storefront.policies import pages, words
from storefront.policies.badges import badges
from storefront.policies.document import PolicyDocument
from storefront.policies.queries import Policy, current_policy
from storefront.shop.blueprint import blueprint
from storefront.shop.merchant_feed import feed
from storefront.web import limiter, open_to, public_page, tagged

_FEED_SECONDS = 900


@blueprint.get("/agents.md")
@open_to("everyone")
@public_page
def agents() -> Response:
    """What programs that shop for somebody have to know: promises with their figures, goods. Two statements."""
    return _text(_agents(current_policy()), "text/markdown")


@blueprint.get("/llms.txt")
@open_to("everyone")
@public_page
def llms() -> Response:
    """Where to read what, in the form of https://llmstxt.org. Two statements."""
    return _text(_llms(current_policy()), "text/plain")


@blueprint.get("/products/feed.xml")
@open_to("everyone")
@limiter.limit(lambda: settings().limit_feed)
def product_feed() -> Response:
    """All goods that are sold, an item for each variant, written while they are read. One statement for each fifty
    products."""
    pieces = stream_with_context(feed(listed_pages(), current_policy().document))
    response = Response(pieces, mimetype="application/rss+xml")
    response.headers["Cache-Control"] = f"public, max-age={_FEED_SECONDS}"
    return response


def _text(lines: Iterable[str], kind: str) -> Response:
    tagged("frame")
    return Response("\n".join(lines) + "\n", mimetype=kind)


def _llms(policy: Policy) -> Iterator[str]:
    yield from _head(policy.document)
    yield from _goods()
    yield f"## {_('Promises')}"
    yield ""
    for title, endpoint in _promise_pages():
        yield _link(title, endpoint)
    yield _link(_("All of it with figures, for programs"), "shop.agents")
    yield ""
    yield f"## {_('Orders')}"
    yield ""
    yield _link(_("Find an order"), "shop.find_order")
    yield _link(_("Journal"), "shop.journal")


def _agents(policy: Policy) -> Iterator[str]:
    document, zone, at = policy.document, settings().timezone, clock.now()
    yield from _head(document)
    yield from (f"- {each.title}. {each.text}".rstrip() for each in badges(document))
    yield ""
    yield from _page(pages.shipping_page(policy, zone=zone), "policies.shipping")
    yield from _page(pages.money_back_page(policy, at=at, zone=zone), "policies.money_back")
    yield from _page(pages.withdrawal_page(policy, at=at, zone=zone), "policies.withdrawal")
    yield from _support(document)
    yield from _goods()
    yield f"## {_('Orders')}"
    yield ""
    yield "- " + _(
        "A person reviews and confirms each order: the last page shows every cost before it is paid."
    )
    yield "- " + _(
        "An order keeps the promises that were in force when it was placed (now: version %(n)s).", n=policy.id
    )
    yield _link(_("Find an order"), "shop.find_order")


def _head(document: PolicyDocument) -> Iterator[str]:
    made = settings()
    yield f"# {_plain(made.shop_name)}"
    yield ""
    strongest = ". ".join(each.title for each in badges(document))
    yield "> " + _plain(" ".join(filter(None, (made.tagline, f"{strongest}." if strongest else ""))))
    yield ""
    if made.prices_include_tax:
        yield _("Prices are in %(currency)s and include tax.", currency=document.currency)
    else:
        yield _("Prices are in %(currency)s, without tax: the cart adds it.", currency=document.currency)
    yield ""


def _page(page: pages.PolicyPage, endpoint: str) -> Iterator[str]:
    yield f"## {page.title}"
    yield ""
    yield f"{page.lead} {page.since}. <{_address(endpoint)}>"
    yield ""
    for section in page.sections:
        yield f"### {_plain(section.title)}"
        yield ""
        yield from map(_plain, section.paragraphs)
        for row in section.rows:
            facts = (f"{name}: {_plain(cell)}" for name, cell in zip(section.columns, row, strict=True))
            yield "- " + "; ".join(facts)
        yield ""


def _support(document: PolicyDocument) -> Iterator[str]:
    support = document.support
    said = [words.reply(support), support.hours, support.email or settings().support_email]
    yield f"## {_('Support')}"
    yield ""
    yield "- " + _plain("; ".join(filter(None, said)))
    yield from (f"- {_plain(each.statement)} ({_plain(each.evidence)})" for each in document.quality)
    yield ""


def _goods() -> Iterator[str]:
    yield f"## {_('Goods')}"
    yield ""
    yield _link(_("All goods"), "shop.products")
    for heading in menu():
        yield _link(heading.title, "shop.collection", slug=heading.slug)
    yield _link(
        _("All goods as a feed (RSS with Google's fields), prices and stock included"), "shop.product_feed"
    )
    yield "- " + _("Each product's page carries its offer, shipping and return policy as JSON-LD.")
    yield ""


def _promise_pages() -> tuple[tuple[str, str], ...]:
    return (
        (_("Shipping"), "policies.shipping"),
        (_("Money back"), "policies.money_back"),
        (_("Right of withdrawal"), "policies.withdrawal"),
    )


def _link(title: str, endpoint: str, **values: Any) -> str:
    return f"- [{_plain(title)}]({_address(endpoint, **values)})"


def _address(endpoint: str, **values: Any) -> str:
    return settings().origin + url_for(endpoint, **values)


def _plain(text: str) -> str:
    """A text of the shop's on one line, without what Markdown would take for a sign of its own."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
