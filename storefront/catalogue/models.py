"""Goods: products with up to three options, their variants, collections and every movement of stock.

Knows what can be sold and how much of it there is; refuses to know carts, orders and posts.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database import BigId, Instant, append_only, db, partial_index

MOST_OPTIONS = 3
# A menu with more entries is a list, and belongs on a page.
MENU_SIZE = 8

# Columns that came later: rows that stood then say nothing.
_NOTHING = sa.text("''")
_CONTENTS = ("contents_thousandths", "contents_measure", "base_thousandths", "base_measure")
_ALL_SAID = " AND ".join(f"{name} IS NOT NULL" for name in _CONTENTS)
_NONE_SAID = " AND ".join(f"{name} IS NULL" for name in _CONTENTS)
_MEASURES = "('g', 'kg', 'ml', 'l', 'm', 'm2', 'piece')"


class ProductState(StrEnum):
    """draft: not shown yet; published: sold; withdrawn: no longer sold, its page says so."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Cause(StrEnum):
    """Why stock moved."""

    IMPORT = "import"
    ORDER = "order"
    RELEASE = "release"
    RESTOCK = "restock"
    # Came back by a return request, and somebody looked at it.
    RETURN = "return"
    ADJUSTMENT = "adjustment"
    # What staff say when they change a count.
    RECEIVED = "received"
    COUNTED = "counted"
    DAMAGED = "damaged"
    LOST = "lost"
    GIVEN = "given"
    OTHER = "other"


class Collection(db.Model):
    """A shelf of goods under one address: filled by hand, or by `rule` (see `ruled.py`)."""

    __tablename__ = "collection"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(120), unique=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    intro: Mapped[str] = mapped_column(sa.Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    in_menu: Mapped[bool] = mapped_column(default=True)
    rule: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    is_published: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    file: Mapped[str | None] = mapped_column(sa.String(30))
    sizes: Mapped[str | None] = mapped_column(sa.String(60))
    alt: Mapped[str] = mapped_column(sa.Text, default="", server_default=_NOTHING)
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()


class Product(db.Model):
    """Something the shop sells, in one or more variants. `description_html` is sanitised when it is saved."""

    __tablename__ = "product"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state"),
        sa.Index("ix_product_listed", "state", "position", "id"),
        sa.Index("ix_product_newest", "state", "published_at", "id"),
        sa.Index("ix_product_cheapest", "state", "lowest_price_minor", "id"),
        sa.Index("ix_product_titled", "state", "title", "id"),
        # Staff list goods of every state.
        sa.Index("ix_product_changed", "updated_at", "id"),
        sa.Index("ix_product_named", "title", "id"),
        # Every page says whether there is any.
        sa.Index("ix_product_gift_card", "is_gift_card", "state"),
    )
    TRANSITIONS: ClassVar[dict[ProductState, set[ProductState]]] = {
        ProductState.DRAFT: {ProductState.PUBLISHED},
        ProductState.PUBLISHED: {ProductState.WITHDRAWN, ProductState.DRAFT},
        ProductState.WITHDRAWN: {ProductState.PUBLISHED},
    }

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(200), unique=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    subtitle: Mapped[str] = mapped_column(sa.String(300), default="")
    vendor: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[str] = mapped_column(sa.String(100), default="", server_default=_NOTHING)
    tax_class: Mapped[str] = mapped_column(sa.String(20), default="standard", server_default="standard")
    # Credit, sold: no tax, no discount, nothing to send; whoever has its code spends it.
    is_gift_card: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    seo_title: Mapped[str] = mapped_column(sa.String(200), default="", server_default=_NOTHING)
    seo_description: Mapped[str] = mapped_column(sa.String(400), default="", server_default=_NOTHING)
    description_html: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[ProductState] = mapped_column(sa.String(10), default=ProductState.DRAFT)
    position: Mapped[int] = mapped_column(default=0)
    # Derived from the variants whenever they change, so that lists sort and filter by index.
    lowest_price_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    is_available: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    options: Mapped[list["Option"]] = relationship(order_by="Option.position", lazy="raise")
    variants: Mapped[list["Variant"]] = relationship(order_by="Variant.position", lazy="raise")
    images: Mapped[list["Image"]] = relationship(order_by="Image.position", lazy="raise")


class ProductTag(db.Model):
    """A word that a product is found by."""

    __tablename__ = "product_tag"
    __table_args__ = (sa.Index("ix_product_tag_tag", "tag", "product_id"),)

    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(60), primary_key=True)


class FormerSlug(db.Model):
    """An address that a product had; whoever knows it is led to the present one."""

    __tablename__ = "former_slug"

    slug: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), index=True)


class Placement(db.Model):
    """A product's place in a collection."""

    __tablename__ = "placement"
    __table_args__ = (sa.Index("ix_placement_shelf", "collection_id", "position", "product_id"),)

    collection_id: Mapped[int] = mapped_column(sa.ForeignKey("collection.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class Option(db.Model):
    """What a product may be chosen by, such as Size; its values are those that the variants carry."""

    __tablename__ = "option"
    __table_args__ = (
        sa.UniqueConstraint("product_id", "position"),
        sa.CheckConstraint(f"position BETWEEN 1 AND {MOST_OPTIONS}", name="position"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"))
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(sa.String(100))


class Variant(db.Model):
    """What is bought: one choice of every option. `on_hand` counts pieces; NULL means it is never counted.

    `on_hand` is the sum of the variant's movements, changed with them in `stock.py` alone.
    """

    __tablename__ = "variant"
    __table_args__ = (
        sa.UniqueConstraint("product_id", "value1", "value2", "value3"),
        sa.CheckConstraint("on_hand >= 0", name="on_hand"),
        sa.CheckConstraint("price_minor >= 0", name="price"),
        sa.CheckConstraint("compare_at_minor > price_minor", name="compare_at"),
        sa.CheckConstraint("weight_grams >= 0", name="weight"),
        sa.CheckConstraint(f"({_ALL_SAID}) OR ({_NONE_SAID})", name="contents"),
        sa.CheckConstraint("contents_thousandths > 0 AND base_thousandths > 0", name="contents_thousandths"),
        sa.CheckConstraint(
            f"contents_measure IN {_MEASURES} AND base_measure IN {_MEASURES}", name="contents_measure"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    # Values of options 1 to 3; empty where the product has fewer.
    value1: Mapped[str] = mapped_column(sa.String(200), default="")
    value2: Mapped[str] = mapped_column(sa.String(200), default="")
    value3: Mapped[str] = mapped_column(sa.String(200), default="")
    sku: Mapped[str | None] = mapped_column(sa.String(100), index=True)
    barcode: Mapped[str | None] = mapped_column(sa.String(50))
    price_minor: Mapped[int] = mapped_column(sa.BigInteger)
    compare_at_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    # Its price before it was lowered, as `reductions` proves it; None where it was not, or nothing proves it.
    lowest_before_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    on_hand: Mapped[int | None] = mapped_column()
    weight_grams: Mapped[int] = mapped_column(default=0)
    # What one piece contains, and for how much its price is told, in thousandths of their measures (`measures`).
    contents_thousandths: Mapped[int | None] = mapped_column(sa.BigInteger)
    contents_measure: Mapped[str | None] = mapped_column(sa.String(5))
    base_thousandths: Mapped[int | None] = mapped_column(sa.BigInteger)
    base_measure: Mapped[str | None] = mapped_column(sa.String(5))
    requires_shipping: Mapped[bool] = mapped_column(default=True)
    is_sold: Mapped[bool] = mapped_column(default=True)
    # From this many pieces down it is low; NULL takes the shop's own number.
    low_at: Mapped[int | None] = mapped_column()

    @property
    def values(self) -> tuple[str, ...]:
        """The chosen value of each option the product has."""
        return tuple(value for value in (self.value1, self.value2, self.value3) if value)

    @property
    def title(self) -> str:
        """The choice in words, such as “1.5 kg / plain box”; empty where there is none."""
        return " / ".join(self.values)


class PriceChange(db.Model):
    """A price from an instant on: what “was” prices are proved with (EU 98/6/EC Art. 6a)."""

    __tablename__ = "price_change"
    __table_args__ = (sa.Index("ix_price_change_variant", "variant_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(sa.ForeignKey("variant.id"))
    price_minor: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)


append_only("price_change", why="a price history that can be rewritten proves no reduction")


class StockMovement(db.Model):
    """Pieces that came (+) or went (−), and why; `reference` names the cause's own row, such as `order:12`."""

    __tablename__ = "stock_movement"
    __table_args__ = (sa.CheckConstraint("delta <> 0", name="delta"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(sa.ForeignKey("variant.id"), index=True)
    delta: Mapped[int] = mapped_column()
    cause: Mapped[Cause] = mapped_column(sa.String(20))
    reference: Mapped[str] = mapped_column(sa.String(80), index=True)
    at: Mapped[datetime] = mapped_column(Instant)


append_only("stock_movement", why="what is on hand is the sum of all that ever moved")


class StockAdjustment(db.Model):
    """Why staff changed a count; its movement names it as `adjustment:<id>`. The form's `key` makes it once.

    What is written as a note may be personal and may be erased, so it does not stand with the movements.
    """

    __tablename__ = "stock_adjustment"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(40), unique=True)
    variant_id: Mapped[int] = mapped_column(sa.ForeignKey("variant.id"), index=True)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    actor_kind: Mapped[str] = mapped_column(sa.String(30))
    actor_id: Mapped[str | None] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(Instant)


class Image(db.Model):
    """A picture of a product: a file of ours in the storage, or an address that was never fetched.

    `sizes` are the widths in pixels that were made of the file, by space; NULL until a worker has made them.
    """

    __tablename__ = "image"
    __table_args__ = (
        sa.CheckConstraint(
            "file IS NULL OR (coalesce(width, 0) > 0 AND coalesce(height, 0) > 0)", name="measured"
        ),
        sa.CheckConstraint("sizes IS NULL OR file IS NOT NULL", name="sizes"),
        partial_index(
            "ix_image_file",
            "file",
            unique=True,
            where="file IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    file: Mapped[str | None] = mapped_column(sa.String(30))
    sizes: Mapped[str | None] = mapped_column(sa.String(60))
    source_url: Mapped[str | None] = mapped_column(sa.Text)
    alt: Mapped[str] = mapped_column(sa.Text, default="")
    # It shows nothing that the text does not say: an empty `alt` is meant so.
    is_decorative: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    width: Mapped[int | None] = mapped_column()
    height: Mapped[int | None] = mapped_column()
