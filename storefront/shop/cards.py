"""Goods as cards and pictures as plates: the words and addresses that the catalogue does not know.

Knows tags such as “3 left”; refuses to read anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from storefront.catalogue.shown import Good, Picture
from storefront.money import Money
from storefront.pricing.lines import chargeable

# What a picture without known size is laid out as: the 4:5 of all goods.
_WIDTH, _HEIGHT = 800, 1000


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture ready to be printed; `large_url` is where it is seen in full size, if anywhere."""

    url: str
    width: int
    height: int
    alt: str
    large_url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A good on a shelf. `least` says that other variants cost more.

    `was` stays empty: a struck price must be the lowest of the 30 days before the reduction (EU 98/6/EC
    Art. 6a), which an imported compare-at price does not prove.
    """

    title: str
    url: str
    subtitle: str
    price: Money
    least: bool
    tag: str | None
    tag_kind: str
    picture: Plate | None
    was: Money | None = None


def cards(goods: Iterable[Good]) -> list[Card]:
    """Goods as cards, in their order."""
    return [_card(good) for good in goods]


def plate(picture: Picture | None, *, opens: bool = False) -> Plate | None:
    """A picture with its address; it `opens` where it is a link to itself."""
    if picture is None:
        return None
    url = url_for("static", filename=picture.path)
    return Plate(
        url=url,
        width=picture.width or _WIDTH,
        height=picture.height or _HEIGHT,
        alt=picture.alt,
        large_url=url if opens else None,
    )


def _card(good: Good) -> Card:
    tag, kind = _tag(good)
    return Card(
        title=good.title,
        url=url_for("shop.product", slug=good.slug),
        subtitle=good.subtitle,
        price=chargeable(good.price),
        least=good.has_dearer,
        tag=tag,
        tag_kind=kind,
        picture=plate(good.picture),
    )


def _tag(good: Good) -> tuple[str | None, str]:
    if not good.is_available:
        return _("Sold out"), "wash"
    if good.is_scarce:
        return _("%(count)s left", count=good.left), "marker"
    return None, ""
