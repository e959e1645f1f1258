"""An order that staff make for somebody: what was picked so far, kept in the form itself.

Knows how goods are looked for and what the form holds; refuses to price: the quote does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.cart.contents import MOST_LINES, MOST_PIECES, Cart, CartLine
from storefront.catalogue.models import Product, ProductState, Variant
from storefront.config import settings
from storefront.database import session
from storefront.errors import Refused
from storefront.money import Money

# One screen of goods; whoever does not find theirs writes more of its name.
MOST_FOUND = 20
_LINE = re.compile(r"pieces_([0-9]{1,18})", re.ASCII)
_PIECES = re.compile(r"[0-9]{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """A variant that can be put into the order."""

    id: int
    title: str
    more: str
    price: Money
    left: str


def picked(typed: Mapping[str, Any], *, cart_id: str) -> Cart:
    """The cart that the form holds, with what its button adds; raises Refused on what is no number of pieces."""
    pieces: dict[int, int] = {}
    for name, text in typed.items():
        line = _LINE.fullmatch(name)
        if line is None or not str(text).strip():
            continue
        if not _PIECES.fullmatch(str(text).strip()) or int(text) > MOST_PIECES:
            raise Refused(_("Pieces are a whole number from 0 to %(most)s.", most=MOST_PIECES), field=name)
        pieces[int(line[1])] = int(text)
    added = str(typed.get("add", ""))
    if added.isascii() and added.isdigit() and len(added) < 19:
        pieces[int(added)] = min(pieces.get(int(added), 0) + 1, MOST_PIECES)
    lines = tuple(CartLine(variant_id, count) for variant_id, count in pieces.items() if count)
    if len(lines) > MOST_LINES:
        raise Refused(_("An order holds at most %(most)s different things.", most=MOST_LINES))
    return Cart(cart_id, lines)


def found(text: str) -> list[Found]:
    """Goods for sale whose name or article number holds the text, at most a screen of them. One statement."""
    text = text.strip()[:100].lower()
    if not text:
        return []
    named = sa.func.lower(Product.title).contains(text, autoescape=True)
    coded = sa.func.lower(Variant.sku).contains(text, autoescape=True)
    rows = session().execute(
        sa.select(Variant, Product.title)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.state == ProductState.PUBLISHED, Variant.is_sold, sa.or_(named, coded))
        .order_by(Product.title, Variant.id)
        .limit(MOST_FOUND)
    )
    return [_found(variant, title) for variant, title in rows]


def _found(variant: Variant, title: str) -> Found:
    choice = " / ".join(each for each in (variant.value1, variant.value2, variant.value3) if each)
    return Found(
        id=variant.id,
        title=title,
        more=", ".join(each for each in (variant.sku, choice) if each),
        price=Money(variant.price_minor, settings().currency),
        left=_("never counted") if variant.on_hand is None else _("%(left)s left", left=variant.on_hand),
    )
