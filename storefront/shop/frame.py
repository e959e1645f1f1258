"""What stands on every page: name, menu, promises, foot.

Knows how the frame is filled, by one query; refuses to know what is framed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from babel.core import Locale
from babel.dates import format_skeleton
from flask import g, url_for
from flask.globals import request_ctx
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.local import LocalProxy

from storefront import clock
from storefront.catalogue.models import Product, ProductState
from storefront.catalogue.queries import MENU, headings
from storefront.catalogue.shown import Heading
from storefront.config import Settings, settings
from storefront.content.frame import PAGES, pages_in
from storefront.content.shown import Named
from storefront.credit.models import CreditAccount, CreditKind
from storefront.database import Prepared, read
from storefront.newsletter.wording import wording
from storefront.policies.badges import Badge, badges
from storefront.policies.document import PolicyDocument
from storefront.policies.queries import NEWEST, Policy, current_policy, in_force
from storefront.shop.blueprint import blueprint
from storefront.web.assets import files_generation
from storefront.web.kept import kept
from storefront.web.pages import tagged
from storefront.web.parts import macro
from storefront.web.text import page_locale

_JOURNAL = {"shop.journal", "shop.journal_of_tag", "shop.author", "shop.post"}


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere; `current` where this is that page."""

    title: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class PromiseShown:
    """A badge with the address of its terms; `url` is empty where it has none."""

    icon: str
    title: str
    text: str
    url: str
    link_text: str


# Known by itself: one is made of the same facts once, and what is kept of its parts is asked for at each page.
@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """All that `templates/shop/frame.html` prints; nothing of it is about the visitor."""

    shop_name: str
    tagline: str
    date_line: str
    address_line: str
    prices_note: str
    support_email: str
    newsletter: str
    menu: tuple[Link, ...]
    promises: tuple[PromiseShown, ...]
    help: tuple[Link, ...]
    pages: tuple[Link, ...]
    demo: bool
    assets: Markup
    lang: str
    dir: str


# Whether gift cards are sold, or were: a column beside others.
_GIFT_CARDS: Any = sa.or_(
    sa.exists().where(Product.is_gift_card, Product.state == ProductState.PUBLISHED),
    sa.exists().where(CreditAccount.kind == CreditKind.GIFT_CARD),
).label("gift_cards")


@blueprint.app_context_processor
def framed() -> dict[str, Any]:
    """Give every template its frame, read when it is first printed: mails and pages of failure print none."""
    return {"frame": LocalProxy(the_frame)}


def the_frame() -> Frame:
    """The frame of this page. One statement, which is the policy's too.

    The same object as long as nothing that all pages print is another: language, addresses and files included.
    """
    # Asked for each time that a template prints something of it.
    known: Frame | None = g.get("frame")
    if known is None:
        tagged("frame")
        policy, named, pages, gift_cards = _standing_facts()
        # Each look through a proxy takes as long as what it finds.
        made, asked = settings(), request_ctx.request
        is_shelf = asked.endpoint == "shop.collection"
        known = g.frame = _frame(
            made,
            the_locale(),
            policy.document,
            named,
            pages,
            gift_cards=gift_cards,
            month=clock.today(made.timezone).replace(day=1),
            here=(asked.view_args or {}).get("slug", "") if is_shelf else "",
            in_journal=asked.endpoint in _JOURNAL,
            root=asked.root_path,
            files=files_generation(),
        )
    return known


# Made anew only when something in it is another: 5 µs instead of 700.
@kept(most=64)
def _frame(
    made: Settings,
    locale: Locale,
    document: PolicyDocument,
    headings: tuple[Heading, ...],
    pages: tuple[Named, ...],
    *,
    gift_cards: bool,
    month: date,
    here: str,
    in_journal: bool,
    root: str,
    files: int,
) -> Frame:
    return Frame(
        shop_name=made.shop_name,
        tagline=made.tagline,
        date_line=format_skeleton("yMMMM", month, locale=locale),
        address_line=made.address_line,
        prices_note=_prices_note(),
        support_email=made.support_email,
        newsletter=wording(),
        menu=(
            *(_entry(each, here=here) for each in headings),
            Link(_("Journal"), url_for("shop.journal"), current=in_journal),
        ),
        promises=promises_of(badges(document, sells_gift_cards=gift_cards)),
        help=_help(made, gift_cards=gift_cards),
        pages=tuple(Link(each.title, url_for("shop.page", slug=each.slug)) for each in pages),
        demo=made.is_sandbox,
        assets=macro("shop/_assets.html", "assets")(made.remember_posts),
        lang=str(locale).replace("_", "-"),
        dir=locale.text_direction,
    )


def _standing_facts() -> tuple[Policy, tuple[Heading, ...], tuple[Named, ...], bool]:
    """What every page says of policy, collections, pages of the footer and gift cards, by one query."""
    tagged("pages", "gift-cards")
    if "policy" in g:
        rows = read(_NAMED)
    else:
        tagged("policy")
        rows = read(_STANDING)
        g.policy = in_force(rows)
    row = rows[0]
    return g.policy, headings(row.menu), pages_in(row.pages), bool(row.gift_cards)


_ELSE = (MENU.label("menu"), PAGES.label("pages"), _GIFT_CARDS)
_STANDING = Prepared(NEWEST.add_columns(*_ELSE), known=1)
_NAMED = Prepared(sa.select(*_ELSE), known=1)


def the_policy() -> Policy:
    """The policy in force, read once per page."""
    if "policy" not in g:
        g.policy = current_policy()
    policy: Policy = g.policy
    return policy


def the_locale() -> Locale:
    """The language of this page."""
    return page_locale()


def promises_of(found: list[Badge]) -> tuple[PromiseShown, ...]:
    """Badges as templates print them."""
    return tuple(
        PromiseShown(
            icon=badge.icon,
            title=badge.title,
            text=badge.text,
            url=url_for(badge.url_endpoint) if badge.url_endpoint else "",
            link_text=badge.link_text,
        )
        for badge in found
    )


def _entry(heading: Heading, *, here: str) -> Link:
    return Link(heading.title, url_for("shop.collection", slug=heading.slug), current=heading.slug == here)


def _help(made: Settings, *, gift_cards: bool) -> tuple[Link, ...]:
    mailbox = (Link(_("Mailbox"), url_for("shop.mailbox")),) if made.shows_mailbox else ()
    contact = (Link(_("Contact"), url_for("shop.contact")),) if made.support_email else ()
    withdraw = Link(_("Withdraw from contract"), url_for("shop.withdrawal"))
    cards = (Link(_("Gift card balance"), url_for("shop.gift_card_balance")),) if gift_cards else ()
    return (withdraw, *contact, *cards, Link(_("Your data"), url_for("privacy.your_data")), *mailbox)


def _prices_note() -> str:
    if not settings().prices_include_tax:
        return _("Prices are without tax; tax and shipping are shown in the cart before you pay.")
    if settings().tax_basis_points:
        return _("Prices include tax; shipping is shown in the cart before you pay.")
    return _("Shipping is shown in the cart before you pay.")
