"""One product as staff work on it: all that is said of it, its variants, pictures and prices.

Knows how its parts are read, each by one statement; refuses to write.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront.catalogue import choices, editing
from storefront.catalogue.cards import picture
from storefront.catalogue.edits import OptionNames, ProductTexts, VariantTexts
from storefront.catalogue.gallery import PictureWords
from storefront.catalogue.models import (
    Collection,
    Image,
    Option,
    Placement,
    PriceChange,
    Product,
    ProductState,
    ProductTag,
    Variant,
)
from storefront.catalogue.stale import fingerprint
from storefront.config import settings
from storefront.database import session
from storefront.errors import NotFound
from storefront.money import Money
from storefront.pictures.plates import Picture


@dataclass(frozen=True, slots=True)
class ProductDesk:
    """A product with its texts; `seen` is their fingerprint."""

    id: int
    slug: str
    title: str
    state: ProductState
    price: Money
    updated_at: datetime
    texts: ProductTexts
    seen: str


@dataclass(frozen=True, slots=True)
class VariantDesk:
    """A variant with its texts; `seen` is their fingerprint."""

    id: int
    product_id: int
    choice: str
    price: Money
    was: Money | None
    sku: str
    on_hand: int | None
    is_sold: bool
    texts: VariantTexts
    seen: str


@dataclass(frozen=True, slots=True)
class PictureDesk:
    """A picture, or the address of one that was never fetched; `seen` is its words' fingerprint."""

    id: int
    picture: Picture | None
    source_url: str
    words: PictureWords
    seen: str


@dataclass(frozen=True, slots=True)
class PricePast:
    """A price that held from an instant on."""

    price: Money
    at: datetime


def product_desk(product_id: int) -> ProductDesk:
    """A product. Three statements. Raises NotFound."""
    row = session().get(Product, product_id) if 0 < product_id < 2**63 else None
    if row is None:
        raise NotFound()
    tags = session().scalars(sa.select(ProductTag.tag).where(ProductTag.product_id == product_id))
    shelves = session().scalars(
        sa.select(Placement.collection_id)
        .join(Collection, Collection.id == Placement.collection_id)
        .where(Placement.product_id == product_id, Collection.rule.is_(None))
    )
    texts = editing.texts_from(row, tags=tuple(tags), collections=frozenset(shelves))
    return ProductDesk(
        id=row.id,
        slug=row.slug,
        title=row.title,
        state=ProductState(row.state),
        price=Money(row.lowest_price_minor, settings().currency),
        updated_at=row.updated_at,
        texts=texts,
        seen=fingerprint(texts),
    )


def option_names(product_id: int) -> OptionNames:
    """What a product is chosen by. One statement."""
    select = sa.select(Option.name).where(Option.product_id == product_id).order_by(Option.position)
    return OptionNames(tuple(session().scalars(select)))


def variants_of(product_id: int) -> tuple[VariantDesk, ...]:
    """All variants of a product, sold or not, in their order. One statement."""
    select = sa.select(Variant).where(Variant.product_id == product_id)
    ordered = select.order_by(Variant.position, Variant.id)
    return tuple(_variant(row) for row in session().scalars(ordered))


def variant_by_id(variant_id: int) -> VariantDesk:
    """A variant. One statement. Raises NotFound."""
    row = session().get(Variant, variant_id) if 0 < variant_id < 2**63 else None
    if row is None:
        raise NotFound()
    return _variant(row)


def pictures_of(product_id: int) -> tuple[PictureDesk, ...]:
    """All pictures of a product in their order. One statement."""
    select = sa.select(Image).where(Image.product_id == product_id).order_by(Image.position, Image.id)
    return tuple(_picture(row) for row in session().scalars(select))


def picture_by_id(image_id: int) -> tuple[int, PictureDesk]:
    """A picture, with its product's id. One statement. Raises NotFound."""
    row = session().get(Image, image_id) if 0 < image_id < 2**63 else None
    if row is None:
        raise NotFound()
    return row.product_id, _picture(row)


def prices_of(product_id: int) -> dict[int, list[PricePast]]:
    """Every price that a product's variants ever had, the oldest first, by variant id. One statement."""
    select = (
        sa.select(PriceChange.variant_id, PriceChange.price_minor, PriceChange.at)
        .join(Variant, Variant.id == PriceChange.variant_id)
        .where(Variant.product_id == product_id)
        .order_by(PriceChange.at, PriceChange.id)
    )
    found: defaultdict[int, list[PricePast]] = defaultdict(list)
    for row in session().execute(select):
        found[row.variant_id].append(PricePast(Money(row.price_minor, settings().currency), row.at))
    return dict(found)


def _variant(row: Any) -> VariantDesk:
    currency = settings().currency
    texts = choices.texts_of(row)
    return VariantDesk(
        id=row.id,
        product_id=row.product_id,
        choice=row.title,
        price=Money(row.price_minor, currency),
        was=None if row.compare_at_minor is None else Money(row.compare_at_minor, currency),
        sku=row.sku or "",
        on_hand=row.on_hand,
        is_sold=row.is_sold,
        texts=texts,
        seen=fingerprint(texts),
    )


def _picture(row: Any) -> PictureDesk:
    words = PictureWords(row.alt, row.is_decorative)
    return PictureDesk(
        id=row.id,
        picture=picture(row.file, row.alt, row.width, row.height, row.sizes),
        source_url=row.source_url or "",
        words=words,
        seen=fingerprint(words),
    )
