"""The goods as pages show them; each function says how many statements it sends.

Knows how to read quickly; refuses to write and to know who shows it.
"""

from collections.abc import Collection as AnyOf
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.cards import card_columns, first_image, goods, picture
from storefront.catalogue.measures import packed, unpacked
from storefront.catalogue.models import (
    MENU_SIZE,
    Collection,
    FormerSlug,
    Image,
    Placement,
    Product,
    ProductState,
    Variant,
)
from storefront.catalogue.product_page import product_page
from storefront.catalogue.shelves import COUNTED_AT_MOST, listing
from storefront.catalogue.shown import CartGoods, Contents, Good, Heading
from storefront.config import settings
from storefront.database import Prepared, read
from storefront.money import Money
from storefront.web.pages import tagged

__all__ = ["cart_goods", "contents", "home_goods", "listing", "menu", "moved_to", "product_page"]


def menu() -> tuple[Heading, ...]:
    """The collections named on every page, in their order. One statement."""
    return headings(read(_MENU)[0].menu)


def headings(text: str | None) -> tuple[Heading, ...]:
    """The collections in the column `MENU`, which a higher room may have read beside its own."""
    tagged("collections")
    return _headings(text or "")


def contents() -> tuple[Contents, ...]:
    """The collections of the menu with how many published goods each holds. One statement.

    Counting stops at `COUNTED_AT_MOST` in each, so that the page costs the same however much is sold.
    """
    tagged("collections", "goods")
    return _entries(tuple(read(_CONTENTS)))


def home_goods(size: int) -> tuple[Good, ...]:
    """The first `size` published goods that can be had, in the shop's own order. One statement."""
    rows = tuple(read(_HOME_GOODS, {"size": size}))
    tagged("goods", *(f"product:{row.id}" for row in rows))
    return goods(rows, settings().currency)


def cart_goods(variant_ids: AnyOf[int]) -> dict[int, CartGoods]:
    """What a cart must know of these variants, by id; ids that never existed are absent. One statement."""
    known = [variant_id for variant_id in variant_ids if 0 < variant_id < 2**63]
    if not known:
        return {}
    return cart_goods_in(read(_CART_GOODS, {"ids": known}))


def cart_goods_in(rows: Iterable[Any]) -> dict[int, CartGoods]:
    """The goods in rows of `CART_GOODS`, which a higher room may have read together with its own."""
    currency = settings().currency
    return {row.id: _cart_goods(row, currency) for row in rows}


def moved_to(slug: str) -> str | None:
    """The present address of the published or withdrawn product that was under `slug` before. One statement."""
    rows = read(_MOVED_TO, {"slug": slug})
    return rows[0].slug if rows else None


# The same tuple for the same text: what is made of it is known again by that.
@lru_cache(maxsize=8)
def _headings(text: str) -> tuple[Heading, ...]:
    found = [each.split(_WITHIN, 3) for each in text.split(_BETWEEN) if each.count(_WITHIN) >= 3]
    found.sort(key=lambda each: (int(each[0]), int(each[1])))
    return tuple(Heading(slug, title) for _position, _id, slug, title in found)


@lru_cache(maxsize=8)
def _entries(rows: tuple[Any, ...]) -> tuple[Contents, ...]:
    return tuple(
        Contents(row.slug, row.title, row.intro, min(row.n, COUNTED_AT_MOST), row.n > COUNTED_AT_MOST)
        for row in rows
    )


def _in_menu(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .where(Collection.in_menu, Collection.is_published)
        .order_by(Collection.position, Collection.id)
        .limit(MENU_SIZE)
    )


def _contents() -> sa.Select[Any]:
    some = (
        sa.select(sa.literal(1))
        .select_from(Placement)
        .join(Product, Product.id == Placement.product_id)
        .where(Placement.collection_id == Collection.id, Product.state == ProductState.PUBLISHED)
        .limit(COUNTED_AT_MOST + 1)
        .correlate(Collection)
    )
    # LATERAL is not SQLite's; a scalar subquery over a limited one is everybody's.
    count = sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()
    return _in_menu(Collection.slug, Collection.title, Collection.intro, count.label("n"))


# Control characters, which nobody types: they part what is put into one text.
_WITHIN, _BETWEEN = "\x1f", "\x1e"


def _menu() -> Any:
    """Place, address and title of its collections in one text, a column beside others: five rows would say five times
    what stands beside it."""
    named = _in_menu(Collection.position, Collection.id, Collection.slug, Collection.title).subquery("named")
    place, key = sa.cast(named.c.position, sa.Text), sa.cast(named.c.id, sa.Text)
    entry = place + _WITHIN + key + _WITHIN + named.c.slug + _WITHIN + named.c.title
    return sa.select(sa.func.aggregate_strings(entry, _BETWEEN)).scalar_subquery()


# Made once: to put such a statement together takes longer than to run it.
MENU = _menu()
_MENU = Prepared(sa.select(MENU.label("menu")))
_CONTENTS = Prepared(_contents())
_HOME_GOODS = Prepared(
    sa.select(*card_columns())
    .select_from(Product)
    .outerjoin(Image, first_image())
    .where(Product.state == ProductState.PUBLISHED, Product.is_available)
    .order_by(Product.position, Product.id)
    .limit(sa.bindparam("size", type_=sa.Integer))
)
_MOVED_TO = Prepared(
    sa.select(Product.slug)
    .join(FormerSlug, FormerSlug.product_id == Product.id)
    .where(FormerSlug.slug == sa.bindparam("slug"), Product.state != ProductState.DRAFT)
)
CART_GOODS = (
    sa.select(
        *(Variant.id, Variant.value1, Variant.value2, Variant.value3, Variant.sku, Variant.price_minor),
        *(Variant.on_hand, Variant.weight_grams, Variant.requires_shipping, Variant.is_sold),
        *(Variant.product_id, Product.slug, Product.title, Product.state, Product.tax_class),
        Product.is_gift_card,
        *(Image.file, Image.alt, Image.width, Image.height, Image.sizes),
        packed(Variant).label("contents"),
    )
    .join(Product, Product.id == Variant.product_id)
    .outerjoin(Image, first_image())
    .where(Variant.id.in_(sa.bindparam("ids", expanding=True)))
)
_CART_GOODS = Prepared(CART_GOODS)


def _cart_goods(row: Any, currency: str) -> CartGoods:
    return CartGoods(
        variant_id=row.id,
        product_id=row.product_id,
        slug=row.slug,
        title=row.title,
        variant_title=" / ".join(value for value in (row.value1, row.value2, row.value3) if value),
        sku=row.sku,
        price=Money(row.price_minor, currency),
        on_hand=row.on_hand,
        weight_grams=row.weight_grams,
        requires_shipping=row.requires_shipping and not row.is_gift_card,
        tax_class=row.tax_class,
        is_sold=row.is_sold and row.state == ProductState.PUBLISHED,
        is_gift_card=row.is_gift_card,
        picture=picture(row.file, row.alt, row.width, row.height, row.sizes),
        contents=unpacked(row.contents),
    )
