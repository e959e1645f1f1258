"""One page of goods: sorted, narrowed, and paged by where the page before ended.

Knows keyset pages over the product table's indexes; refuses to know URLs and words.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.cards import GOODS_KEPT, card_columns, first_image, good, picture
from storefront.catalogue.models import Collection, Image, Placement, Product, ProductState
from storefront.catalogue.shown import Shelf, Sort
from storefront.config import settings
from storefront.database import Prepared, read
from storefront.errors import NotFound
from storefront.web.pages import tagged

PAGE = 24
# Beyond this a shelf says “more than 1,000”: an exact count of everything would grow with the shop.
COUNTED_AT_MOST = 1000

_NEWEST_FIRST = frozenset({Sort.NEWEST, Sort.DEAREST})


def listing(
    slug: str | None = None,
    *,
    sort: Sort = Sort.FEATURED,
    in_stock_only: bool = False,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> Shelf:
    """The goods of a collection, or all where `slug` is None, from the one after (or up to the one before) the
    product of that id. Two statements. Raises NotFound for a collection that does not exist."""
    for given in (after, before):
        if given is not None and not 0 < given < 2**63:
            raise NotFound()
    heading = _heading(slug, in_stock_only=in_stock_only)
    rows = _rows(heading.id, sort, in_stock_only, after, before, size)
    shelf = f"collection:{heading.id}" if slug else "goods"
    tagged(shelf, *(f"product:{row.id}" for row in rows))
    return _shelf(
        heading,
        rows,
        size=size,
        has_previous=None if before is not None else after is not None,
        currency=settings().currency,
    )


# The same object for the same rows: what is made of it is known again by that.
@lru_cache(maxsize=GOODS_KEPT)
def _shelf(
    heading: Any, rows: tuple[Any, ...], *, size: int, has_previous: bool | None, currency: str
) -> Shelf:
    """A page of goods; `rows` is one more than the page where it goes on. Without `has_previous` they come
    backwards."""
    is_cut = len(rows) > size
    backwards = has_previous is None
    page = rows[:size][::-1] if backwards else rows[:size]
    shown = tuple(good(row, currency) for row in page)
    has_previous, has_following = (is_cut, True) if backwards else (has_previous, is_cut)
    return Shelf(
        slug=heading.slug,
        title=heading.title,
        intro=heading.intro,
        picture=picture(heading.file, heading.alt, heading.width, heading.height, heading.sizes),
        goods=shown,
        count=min(heading.count, COUNTED_AT_MOST),
        is_more=heading.count > COUNTED_AT_MOST,
        previous=shown[0].id if shown and has_previous else None,
        following=shown[-1].id if shown and has_following else None,
    )


def _heading(slug: str | None, *, in_stock_only: bool) -> Any:
    if slug is None:
        return read(_heading_of_all(in_stock_only))[0]
    row = next(iter(read(_heading_of_one(in_stock_only), {"slug": slug})), None)
    if row is None:
        raise NotFound()
    return row


# Statements are made once for each way to look at a shelf: to put one together takes longer than to run it.
@lru_cache
def _heading_of_all(in_stock: bool) -> Prepared:
    nothing = sa.literal("")
    texts = [nothing.label(name) for name in ("slug", "title", "intro")]
    absent = [sa.null().label(name) for name in ("id", "file", "alt", "width", "height", "sizes")]
    return Prepared(sa.select(*absent, *texts, _counted(None, in_stock=in_stock)))


@lru_cache
def _heading_of_one(in_stock: bool) -> Prepared:
    columns = (
        *(Collection.id, Collection.slug, Collection.title, Collection.intro),
        *(Collection.file, Collection.alt, Collection.width, Collection.height, Collection.sizes),
    )
    count = _counted(Collection.id, in_stock=in_stock)
    here = sa.select(*columns, count).where(Collection.slug == sa.bindparam("slug"), Collection.is_published)
    return Prepared(here)


def _counted(collection: Any, *, in_stock: bool) -> Any:
    some = _listed(sa.literal(1), collection=collection, in_stock=in_stock)
    limited = some.limit(COUNTED_AT_MOST + 1).correlate(Collection).subquery()
    return sa.select(sa.func.count()).select_from(limited).scalar_subquery().label("count")


def _rows(
    collection: int | None, sort: Sort, in_stock: bool, after: int | None, before: int | None, size: int
) -> tuple[Any, ...]:
    backwards = before is not None
    anchor = before if backwards else after
    statement = _goods(
        sort,
        in_collection=collection is not None,
        in_stock=in_stock,
        is_anchored=anchor is not None,
        backwards=backwards,
    )
    return tuple(read(statement, {"collection": collection, "anchor": anchor, "size": size + 1}))


_COLLECTION: Any = sa.bindparam("collection", type_=sa.BigInteger)
_ANCHOR: Any = sa.bindparam("anchor", type_=sa.BigInteger)


@lru_cache
def _goods(
    sort: Sort, *, in_collection: bool, in_stock: bool, is_anchored: bool, backwards: bool
) -> Prepared:
    """The goods of one page, in the order of `sort` or against it."""
    keys = _keys(sort, in_collection=in_collection)
    descending = (sort in _NEWEST_FIRST) != backwards
    chosen = _listed(Product.id, collection=_COLLECTION if in_collection else None, in_stock=in_stock)
    if is_anchored:
        start = sa.tuple_(*map(_key_of_anchor, keys))
        chosen = chosen.where(sa.tuple_(*keys) < start if descending else sa.tuple_(*keys) > start)
    chosen = chosen.order_by(*(key.desc() if descending else key for key in keys))
    return Prepared(_cards(chosen.limit(sa.bindparam("size", type_=sa.Integer)), keys, descending=descending))


def _listed(*columns: Any, collection: Any, in_stock: bool) -> sa.Select[Any]:
    """Published goods, all or one collection's; `collection` is an id or the column of an outer select."""
    select = sa.select(*columns).select_from(Product).where(Product.state == ProductState.PUBLISHED)
    if collection is not None:
        select = select.join(Placement, Placement.product_id == Product.id)
        select = select.where(Placement.collection_id == collection)
    return select.where(Product.is_available) if in_stock else select


def _keys(sort: Sort, *, in_collection: bool) -> tuple[Any, ...]:
    """What each sort orders by; each pair is the end of an index, so that a page is a range of it."""
    if sort is Sort.FEATURED and in_collection:
        return (Placement.position, Placement.product_id)
    leading: dict[Sort, Any] = {
        Sort.FEATURED: Product.position,
        Sort.NEWEST: Product.published_at,
        Sort.CHEAPEST: Product.lowest_price_minor,
        Sort.DEAREST: Product.lowest_price_minor,
        Sort.TITLE: Product.title,
    }
    return (leading[sort], Product.id)


def _key_of_anchor(key: Any) -> Any:
    """The anchor's own value of a key; NULL, and so an empty page, where the shelf does not hold it."""
    if key.table is Placement.__table__:
        place = sa.orm.aliased(Placement)
        column = getattr(place, key.key)
        return (
            sa.select(column)
            .where(place.collection_id == _COLLECTION, place.product_id == _ANCHOR)
            .scalar_subquery()
        )
    product = sa.orm.aliased(Product)
    return sa.select(getattr(product, key.key)).where(product.id == _ANCHOR).scalar_subquery()


def _cards(chosen: sa.Select[Any], keys: tuple[Any, ...], *, descending: bool) -> sa.Select[Any]:
    """The chosen ids as goods, in the same order: what cards cost is paid for one page, not for the shelf."""
    page = chosen.subquery()
    select = sa.select(*card_columns()).select_from(page).join(Product, Product.id == page.c.id)
    if keys[0].table is Placement.__table__:
        placed = sa.and_(Placement.product_id == page.c.id, Placement.collection_id == _COLLECTION)
        select = select.join(Placement, placed)
    select = select.outerjoin(Image, first_image())
    return select.order_by(*(key.desc() if descending else key for key in keys))
