"""Goods that are nearly out.

Knows counts on hand; refuses to know how more are ordered.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from storefront.catalogue.models import Product, ProductState, Variant
from storefront.config import settings
from storefront.database import read


@dataclass(frozen=True, slots=True)
class Short:
    """A variant of which few are left."""

    variant_id: int
    title: str
    choice: str
    on_hand: int


def nearly_out(*, most: int = 8) -> tuple[Short, ...]:
    """Counted variants that are sold and of which few or none are left, the fewest first. One statement."""
    few = sa.func.coalesce(Variant.low_at, settings().low_stock_pieces)
    values = (Variant.value1, Variant.value2, Variant.value3)
    rows = read(
        sa.select(Variant.id, Product.title, Variant.on_hand, *values)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.state == ProductState.PUBLISHED, Variant.is_sold, Variant.on_hand <= few)
        .order_by(Variant.on_hand, Variant.id)
        .limit(most)
    )
    return tuple(
        Short(row.id, row.title, ", ".join(value for value in row[3:] if value), row.on_hand) for row in rows
    )
