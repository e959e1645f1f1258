"""What stands of products that are about to be saved: read whole, locked in one order, as plain rows.

Knows how to read many at once; refuses to judge what has changed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.models import Image, Option, Placement, Product, Variant
from storefront.database import require_transaction


@dataclass(slots=True)
class Standing:
    """A product as it stands: rows of its tables, variants by their three values."""

    product: Any
    options: list[str] = field(default_factory=list)
    variants: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    images: list[Any] = field(default_factory=list)
    collection_ids: set[int] = field(default_factory=set)


def standing_products(slugs: Collection[str]) -> dict[str, Standing]:
    """The products that stand under these slugs. A step: locks variants, then products, each by id, which is the
    order in which orders lock them."""
    session = require_transaction()
    ids = list(session.scalars(sa.select(Product.id).where(Product.slug.in_(list(slugs)))))
    if not ids:
        return {}
    variants = _rows(Variant, ids, order=(Variant.id,), lock=True)
    product: Any = Product.__table__
    lock = sa.select(product).where(product.c.id.in_(ids)).order_by(product.c.id)
    found = {row.id: Standing(row) for row in session.execute(lock.with_for_update(key_share=True))}
    for row in variants:
        found[row.product_id].variants[row.value1, row.value2, row.value3] = row
    for row in _rows(Option, ids, order=(Option.position,)):
        found[row.product_id].options.append(row.name)
    for row in _rows(Image, ids, order=(Image.position, Image.id)):
        found[row.product_id].images.append(row)
    for row in _rows(Placement, ids, order=(Placement.collection_id,)):
        found[row.product_id].collection_ids.add(row.collection_id)
    return {each.product.slug: each for each in found.values()}


def _rows(model: type[Any], product_ids: list[int], *, order: Iterable[Any], lock: bool = False) -> list[Any]:
    table = model.__table__
    select = sa.select(table).where(table.c.product_id.in_(product_ids)).order_by(*order)
    return list(require_transaction().execute(select.with_for_update(key_share=True) if lock else select))
