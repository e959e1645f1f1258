"""The columns that make a good on a shelf, and the row that becomes one.

Knows selects; refuses to know which goods are wanted, and in which order.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.measures import packed, unpacked
from storefront.catalogue.models import Image, Product, Variant
from storefront.catalogue.shown import Good
from storefront.money import Money
from storefront.pictures.plates import Picture

# Images are numbered from nought when they are saved.
FIRST_IMAGE = 0
GOODS_KEPT = 128


def card_columns() -> list[Any]:
    """What `good` needs of a Product outer-joined to its first image by `first_image()`."""
    of_product = sa.and_(Variant.product_id == Product.id, Variant.is_sold)
    at_lowest = sa.and_(of_product, Variant.price_minor == Product.lowest_price_minor)
    uncounted = sa.select(Variant.id).where(of_product, Variant.on_hand.is_(None)).exists()
    return [
        Product.id,
        Product.slug,
        Product.title,
        Product.subtitle,
        Image.file,
        Image.alt,
        Image.sizes,
        Product.lowest_price_minor.label("price"),
        # 0 where one of those that cost so much was never reduced.
        sa.select(sa.func.min(sa.func.coalesce(Variant.lowest_before_minor, 0)))
        .where(at_lowest)
        .scalar_subquery()
        .label("was"),
        sa.select(sa.func.max(Variant.price_minor)).where(of_product).scalar_subquery().label("highest"),
        sa.case((Product.is_available, 1), else_=0).label("available"),
        sa.case(
            (uncounted, None),
            else_=sa.select(sa.func.sum(Variant.on_hand)).where(of_product).scalar_subquery(),
        ).label("pieces"),
        Image.width,
        Image.height,
        sa.select(packed(Variant))
        .where(at_lowest)
        .order_by(Variant.position, Variant.id)
        .limit(1)
        .scalar_subquery()
        .label("contents"),
    ]


def first_image() -> sa.ColumnElement[bool]:
    """On which condition an image is its product's first."""
    return sa.and_(Image.product_id == Product.id, Image.position == FIRST_IMAGE)


def good(row: Any, currency: str) -> Good:
    """One row of `card_columns` as a good."""
    return Good(
        id=row.id,
        slug=row.slug,
        title=row.title,
        subtitle=row.subtitle,
        price=Money(row.price, currency),
        was=Money(row.was, currency) if row.was else None,
        has_dearer=row.highest is not None and row.highest > row.price,
        is_available=bool(row.available),
        left=None if row.pieces is None else int(row.pieces),
        picture=picture(row.file, row.alt, row.width, row.height, row.sizes),
        contents=unpacked(row.contents),
    )


# The same tuple for the same rows: what is made of it is known again by that.
@lru_cache(maxsize=GOODS_KEPT)
def goods(rows: tuple[Any, ...], currency: str) -> tuple[Good, ...]:
    """Rows of `card_columns` as goods."""
    return tuple(good(row, currency) for row in rows)


def picture(
    file: str | None, alt: str | None, width: int | None, height: int | None, sizes: str | None
) -> Picture | None:
    """A picture where there is a file of ours; an address that was never fetched shows nothing."""
    if file is None or width is None or height is None:
        return None
    return Picture(file, alt or "", width, height, tuple(map(int, sizes.split())) if sizes else ())
