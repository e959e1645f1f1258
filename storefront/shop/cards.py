"""Goods as cards: the words and addresses that the catalogue does not know.

Knows tags such as “3 left”; refuses to read anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from storefront.catalogue.shown import Good
from storefront.catalogue.unit_prices import per_unit
from storefront.money import Money
from storefront.pictures.plates import Plate, plate
from storefront.pricing.lines import chargeable


@dataclass(frozen=True, slots=True)
class Card:
    """A good on a shelf. `least` says that other variants cost more.

    `was` is the lowest price of the 30 days before the reduction, from the shop's own history (EU 98/6/EC Art. 6a):
    an imported compare-at price proves nothing and is never struck.
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
    per_unit: str = ""


def cards(goods: Iterable[Good]) -> list[Card]:
    """Goods as cards, in their order."""
    return [_card(good) for good in goods]


def _card(good: Good) -> Card:
    tag, kind = _tag(good)
    return Card(
        title=good.title,
        url=url_for("shop.product", slug=good.slug),
        subtitle=good.subtitle,
        price=chargeable(good.price),
        was=chargeable(good.was) if good.was else None,
        least=good.has_dearer,
        tag=tag,
        tag_kind=kind,
        picture=plate(good.picture),
        per_unit=per_unit(good.contents, chargeable(good.price)),
    )


def _tag(good: Good) -> tuple[str | None, str]:
    if not good.is_available:
        return _("Sold out"), "wash"
    if good.is_scarce:
        return _("%(count)s left", count=good.left), "marker"
    return None, ""
