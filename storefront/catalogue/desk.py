"""Goods and shelves as staff list them, a page at a time; each function says how many statements it sends.

Knows filters, sorts and keyset pages; refuses to write, and to know how anything looks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.cards import first_image, picture
from storefront.catalogue.models import (
    Collection,
    Image,
    Placement,
    Product,
    ProductState,
    ProductTag,
    Variant,
)
from storefront.config import settings
from storefront.database import session
from storefront.errors import NotFound
from storefront.money import Money
from storefront.pictures.plates import Picture

PAGE = 50


class GoodsSort(StrEnum):
    """In which order staff see goods; the values stand in URLs."""

    CHANGED = "changed"
    TITLE = "title"
    CHEAPEST = "price"
    DEAREST = "price-down"


@dataclass(frozen=True, slots=True)
class GoodsWanted:
    """What is looked for: `find` in title, address and article numbers; the rest exactly. Empty: all."""

    find: str = ""
    state: str = ""
    stock: str = ""
    collection: int = 0
    tag: str = ""
    sort: GoodsSort = GoodsSort.CHANGED


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """A product in the list."""

    id: int
    slug: str
    title: str
    vendor: str
    kind: str
    state: ProductState
    price: Money
    is_available: bool
    variants: int
    pieces: int | None
    updated_at: datetime
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the id to go on after; None at the end."""

    rows: tuple[Any, ...]
    following: int | None


def goods(wanted: GoodsWanted, *, after: int | None = None) -> Page:
    """A page of all products, of any state, behind the product `after`. One statement."""
    sold = sa.and_(Variant.product_id == Product.id, Variant.is_sold)
    columns = (
        *(Product.id, Product.slug, Product.title, Product.vendor, Product.kind, Product.state),
        *(Product.lowest_price_minor, Product.is_available, Product.updated_at),
        *(Image.file, Image.alt, Image.width, Image.height, Image.sizes),
        sa.select(sa.func.count()).where(sold).scalar_subquery().label("variants"),
        sa.select(sa.func.sum(Variant.on_hand)).where(sold).scalar_subquery().label("pieces"),
    )
    select = sa.select(*columns).outerjoin(Image, first_image()).where(*_filters(wanted))
    rows = session().execute(_after(select, wanted.sort, after).limit(PAGE + 1)).all()
    found = tuple(_goods_row(row) for row in rows[:PAGE])
    return Page(found, found[-1].id if len(rows) > PAGE else None)


def _filters(wanted: GoodsWanted) -> list[Any]:
    clauses: list[Any] = []
    if wanted.find:
        by_sku = sa.select(Variant.product_id).where(Variant.sku.istartswith(wanted.find, autoescape=True))
        clauses.append(
            sa.or_(
                Product.title.icontains(wanted.find, autoescape=True),
                Product.slug.startswith(wanted.find.lower(), autoescape=True),
                Product.id.in_(by_sku),
            )
        )
    if wanted.state:
        clauses.append(Product.state == wanted.state)
    if wanted.stock:
        clauses.append(Product.is_available if wanted.stock == "in" else sa.not_(Product.is_available))
    if wanted.collection:
        placed = sa.select(Placement.product_id).where(Placement.collection_id == wanted.collection)
        clauses.append(Product.id.in_(placed))
    if wanted.tag:
        clauses.append(Product.id.in_(sa.select(ProductTag.product_id).where(ProductTag.tag == wanted.tag)))
    return clauses


_KEYS: dict[GoodsSort, tuple[Any, bool]] = {
    GoodsSort.CHANGED: (Product.updated_at, True),
    GoodsSort.TITLE: (Product.title, False),
    GoodsSort.CHEAPEST: (Product.lowest_price_minor, False),
    GoodsSort.DEAREST: (Product.lowest_price_minor, True),
}


def _after(select: Any, sort: GoodsSort, after: int | None) -> Any:
    key, descending = _KEYS[sort]
    if after is not None:
        anchor = sa.orm.aliased(Product)
        last = sa.select(getattr(anchor, key.key)).where(anchor.id == after).scalar_subquery()
        place, here = sa.tuple_(key, Product.id), sa.tuple_(last, sa.literal(after, sa.BigInteger))
        select = select.where(place < here if descending else place > here)
    ordered = (key.desc(), Product.id.desc()) if descending else (key, Product.id)
    return select.order_by(*ordered)


def _goods_row(row: Any) -> GoodsRow:
    return GoodsRow(
        id=row.id,
        slug=row.slug,
        title=row.title,
        vendor=row.vendor,
        kind=row.kind,
        state=ProductState(row.state),
        price=Money(row.lowest_price_minor, settings().currency),
        is_available=row.is_available,
        variants=row.variants,
        pieces=row.pieces,
        updated_at=row.updated_at,
        picture=picture(row.file, row.alt, row.width, row.height, row.sizes),
    )


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A collection in the list; `count` is of all that stands on it."""

    id: int
    slug: str
    title: str
    count: int
    in_menu: bool
    is_published: bool
    has_rule: bool


def collections() -> tuple[ShelfRow, ...]:
    """All collections in their order. One statement."""
    count = sa.select(sa.func.count()).where(Placement.collection_id == Collection.id).scalar_subquery()
    select = sa.select(Collection, count.label("count")).order_by(Collection.position, Collection.id)
    return tuple(
        ShelfRow(
            *(shelf.id, shelf.slug, shelf.title, n, shelf.in_menu, shelf.is_published),
            shelf.rule is not None,
        )
        for shelf, n in session().execute(select)
    )


def collection_by_id(collection_id: int) -> Collection:
    """A collection. One statement. Raises NotFound."""
    found = session().get(Collection, collection_id) if 0 < collection_id < 2**63 else None
    if found is None:
        raise NotFound()
    collection: Collection = found
    return collection


def on_shelf(collection_id: int, *, after: int | None = None) -> Page:
    """A page of what stands in a collection, in its order, behind the product `after`. One statement."""
    select = (
        sa.select(Product.id, Product.title, Product.slug, Product.state)
        .join(Placement, Placement.product_id == Product.id)
        .where(Placement.collection_id == collection_id)
    )
    if after is not None:
        place = sa.orm.aliased(Placement)
        last = sa.select(place.position).where(
            place.collection_id == collection_id, place.product_id == after
        )
        here = sa.tuple_(last.scalar_subquery(), sa.literal(after, sa.BigInteger))
        select = select.where(sa.tuple_(Placement.position, Placement.product_id) > here)
    ordered = select.order_by(Placement.position, Placement.product_id).limit(PAGE + 1)
    rows = session().execute(ordered).all()
    return Page(tuple(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else None)


def ids_named(names: Iterable[str]) -> dict[str, int]:
    """Ids of products by the address or article number that names them; unknown names are absent. One statement."""
    wanted = [name for name in names if "\0" not in name]
    by_slug = sa.select(Product.slug.label("name"), Product.id).where(Product.slug.in_(wanted))
    by_sku = sa.select(Variant.sku.label("name"), Variant.product_id.label("id")).where(
        Variant.sku.in_(wanted)
    )
    rows: Any = session().execute(sa.union_all(by_sku, by_slug))
    return {row.name: row.id for row in rows}


def slugs_of(product_ids: Iterable[int]) -> tuple[str, ...]:
    """Addresses of products, in their alphabetical order. One statement where there are any."""
    ids = list(product_ids)
    if not ids:
        return ()
    return tuple(session().scalars(sa.select(Product.slug).where(Product.id.in_(ids)).order_by(Product.slug)))
