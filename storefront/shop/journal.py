"""Posts as their pages print them: parts in their order, cards that sell, and the ways to other posts.

Knows words and addresses; refuses to read anything: the post is handed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.claims.printed import Notes
from storefront.content.leads import lead, leading
from storefront.content.markdown import Heading
from storefront.content.shown import Named, Offer, PostPage, Story
from storefront.pictures.plates import Plate, plate
from storefront.pricing.lines import chargeable
from storefront.shop.cards import Card, cards
from storefront.shop.frame import Link
from storefront.web.parts import once
from storefront.web.text import money_text


@dataclass(frozen=True, slots=True)
class StoryShown:
    """A post in a list."""

    title: str
    url: str
    summary: str
    kicker: Link | None
    author: Link | None
    published_at: datetime
    minutes: str
    cover: Plate | None


@dataclass(frozen=True, slots=True)
class ChoiceShown:
    """A variant to put into the cart, with its price where there are several."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class OfferShown:
    """A product within a post; `gone` says in its place why nothing can be bought, `url` is empty without a page."""

    card: Card
    choices: tuple[ChoiceShown, ...]
    stock: str
    gone: str
    url: str
    add_url: str
    post: int
    field: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: HTML that was sanitised when it was saved, or an offer."""

    html: str
    offer: OfferShown | None = None


@dataclass(frozen=True, slots=True)
class PostShown:
    """What `templates/content/post.html` calls `post`."""

    id: int
    is_page: bool
    title: str
    summary: str
    kicker: Link | None
    tags: tuple[Link, ...]
    author: Link | None
    author_bio: str
    face: Plate | None
    published_at: datetime
    minutes: str
    cover: Plate | None
    contents: tuple[Heading, ...]
    pieces: tuple[Piece, ...]
    sells: bool
    previous: StoryShown | None
    following: StoryShown | None
    related: tuple[StoryShown, ...]
    notes: Notes


def shown(page: PostPage) -> PostShown:
    """A post as it is printed."""
    tags = tuple(tag_link(tag) for tag in page.tags)
    return PostShown(
        id=page.id,
        is_page=page.is_page,
        title=page.title,
        summary=page.summary,
        kicker=tags[0] if tags else None,
        tags=tags,
        author=author_link(page.author),
        author_bio=page.author_bio,
        # Their name stands beside it.
        face=plate(page.face, alt=""),
        published_at=page.published_at,
        minutes=_minutes(page.minutes),
        cover=plate(page.cover),
        contents=page.contents if page.is_long else (),
        pieces=tuple(_pieces(page)),
        sells=bool(page.offers),
        previous=story(page.previous) if page.previous else None,
        following=story(page.following) if page.following else None,
        related=stories(page.related),
        notes=page.notes,
    )


def stories(found: Iterable[Story]) -> tuple[StoryShown, ...]:
    """Posts as a list prints them, in their order."""
    return tuple(story(each) for each in found)


@once()
def story(found: Story) -> StoryShown:
    """A post as a list prints it; its picture says nothing that its title does not."""
    return StoryShown(
        title=found.title,
        url=url_for("shop.post", slug=found.slug),
        summary=found.summary,
        kicker=tag_link(found.tag) if found.tag else None,
        author=author_link(found.author),
        published_at=found.published_at,
        minutes=_minutes(found.minutes),
        cover=plate(found.cover, alt=""),
    )


def tag_link(tag: Named) -> Link:
    """The way to what stands under a tag."""
    return Link(tag.title, url_for("shop.journal_of_tag", slug=tag.slug))


def author_link(author: Named | None) -> Link | None:
    """The way to an author, if one is named."""
    return Link(author.title, url_for("shop.author", slug=author.slug)) if author else None


def _minutes(count: int) -> str:
    return ngettext("%(num)d minute", "%(num)d minutes", count)


def _pieces(page: PostPage) -> Iterable[Piece]:
    for place, part in enumerate(page.parts):
        if isinstance(part, str):
            yield Piece(leading(part, post_id=page.id))
        elif part in page.offers:
            yield Piece("", _offer(page.offers[part], page.id, place))


@once()
def _offer(offer: Offer, post: int, place: int) -> OfferShown:
    (card,) = cards([offer.good])
    several = len(offer.choices) > 1
    sold = offer.choices if offer.is_sold else ()
    return OfferShown(
        card=card,
        choices=tuple(
            ChoiceShown(
                each.id, f"{each.title}, {money_text(chargeable(each.price))}" if several else each.title
            )
            for each in sold
        ),
        stock=_("%(count)s left", count=offer.good.left) if offer.good.is_scarce else _("In stock"),
        gone=_gone(offer),
        url=_url(offer, card, post=post),
        add_url=url_for("cart.add"),
        post=post,
        field=f"choice-{place}",
    )


def _url(offer: Offer, card: Card, *, post: int) -> str:
    if offer.is_secret:
        return ""
    return lead(card.url, post_id=post) if offer.is_sold else card.url


def _gone(offer: Offer) -> str:
    if not offer.is_sold:
        return _("We no longer sell this.")
    return "" if offer.choices else _("It is sold out at the moment.")
