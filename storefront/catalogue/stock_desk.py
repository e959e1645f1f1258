"""Counts as staff list them, and what moved, a page at a time; each function says how many statements it sends.

Knows filters and keyset pages; refuses to write, and to know how anything looks.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.desk import PAGE, Page
from storefront.catalogue.models import (
    Product,
    ProductState,
    StockAdjustment,
    StockMovement,
    Variant,
)
from storefront.config import settings
from storefront.database import session
from storefront.errors import NotFound


@dataclass(frozen=True, slots=True)
class StockRow:
    """A variant with its count. `low_at` is what counts: its own threshold, or the shop's."""

    id: int
    product_id: int
    title: str
    choice: str
    sku: str
    on_hand: int | None
    own_low_at: int | None
    low_at: int
    is_sold: bool

    @property
    def is_low(self) -> bool:
        """Whether so few are left that it stands in the low view."""
        return self.on_hand is not None and self.on_hand <= self.low_at


def stock_rows(*, find: str = "", only: str = "", after: int | None = None) -> Page:
    """A page of variants that are sold, `only` "low", "out" or "uncounted" ones. One statement."""
    select = _stock_select().where(Variant.is_sold, Product.state != ProductState.WITHDRAWN)
    low_at = sa.func.coalesce(Variant.low_at, settings().low_stock_pieces)
    only_these = {
        "low": sa.and_(Variant.on_hand <= low_at),
        "out": Variant.on_hand == 0,
        "uncounted": Variant.on_hand.is_(None),
    }
    if only in only_these:
        select = select.where(only_these[only])
    if find:
        by_title = Product.title.icontains(find, autoescape=True)
        select = select.where(sa.or_(by_title, Variant.sku.istartswith(find, autoescape=True)))
    if after is not None:
        select = select.where(Variant.id > after)
    rows = session().execute(select.order_by(Variant.id).limit(PAGE + 1)).all()
    found = tuple(_stock_row(row) for row in rows[:PAGE])
    return Page(found, found[-1].id if len(rows) > PAGE else None)


def count_low() -> int:
    """How many variants that are sold are low. One statement."""
    low_at = sa.func.coalesce(Variant.low_at, settings().low_stock_pieces)
    select = (
        sa.select(sa.func.count())
        .select_from(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.is_sold, Product.state == ProductState.PUBLISHED, Variant.on_hand <= low_at)
    )
    return session().scalar(select) or 0


def stock_row(variant_id: int) -> StockRow:
    """One variant with its count. One statement. Raises NotFound."""
    known = variant_id if 0 < variant_id < 2**63 else 0
    row = session().execute(_stock_select().where(Variant.id == known)).first()
    if row is None:
        raise NotFound()
    return _stock_row(row)


def _stock_select() -> Any:
    return sa.select(
        *(Variant.id, Variant.product_id, Product.title, Variant.value1, Variant.value2, Variant.value3),
        *(Variant.sku, Variant.on_hand, Variant.low_at, Variant.is_sold),
    ).join(Product, Product.id == Variant.product_id)


def _stock_row(row: Any) -> StockRow:
    return StockRow(
        id=row.id,
        product_id=row.product_id,
        title=row.title,
        choice=" / ".join(value for value in (row.value1, row.value2, row.value3) if value),
        sku=row.sku or "",
        on_hand=row.on_hand,
        own_low_at=row.low_at,
        low_at=settings().low_stock_pieces if row.low_at is None else row.low_at,
        is_sold=row.is_sold,
    )


def movements(variant_id: int, *, after: int | None = None) -> Page:
    """A page of what moved, the newest first, with the note and who wrote it. One statement."""
    select = (
        sa.select(
            *(StockMovement.id, StockMovement.delta, StockMovement.cause, StockMovement.reference),
            *(StockMovement.at, StockAdjustment.note, StockAdjustment.actor_id, StockAdjustment.actor_kind),
        )
        .outerjoin(
            StockAdjustment,
            StockMovement.reference == sa.literal("adjustment:") + sa.cast(StockAdjustment.id, sa.String),
        )
        .where(StockMovement.variant_id == variant_id)
    )
    if after is not None:
        select = select.where(StockMovement.id < after)
    rows = session().execute(select.order_by(StockMovement.id.desc()).limit(PAGE + 1)).all()
    return Page(tuple(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else None)
