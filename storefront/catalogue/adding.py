"""New products, many at once: a statement for each table, not for each product.

Knows the usual values of what was not said; refuses to touch what stands.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront import jobs
from storefront.catalogue import stock
from storefront.catalogue.facts import ProductFacts, VariantFacts
from storefront.catalogue.measures import as_columns
from storefront.catalogue.models import (
    Image,
    Option,
    Placement,
    PriceChange,
    Product,
    ProductState,
    Variant,
)
from storefront.catalogue.texts import clean_description
from storefront.database import require_transaction

SIZES_JOB = "pictures.sizes"
FORGET_JOB = "pictures.forget"


def add_products(
    all_facts: Sequence[ProductFacts], shelves: Mapping[str, int], *, now: datetime, reference: str
) -> None:
    """Insert products with all they have; `shelves` maps the slugs of collections to ids. A step."""
    if not all_facts:
        return
    _insert(Product, [_product(facts, now) for facts in all_facts])
    ids = _product_ids([facts.slug for facts in all_facts])
    pairs = [(ids[facts.slug], facts) for facts in all_facts]
    insert_options(pairs)
    wanted = [(key, i, variant) for key, facts in pairs for i, variant in enumerate(facts.variants)]
    add_variants(wanted, now=now, reference=reference)
    images = [(key, facts) for key, facts in pairs if facts.images]
    add_images([image_row(key, i, image) for key, f in images for i, image in enumerate(f.images or ())])
    placements = [(key, shelves[slug]) for key, f in pairs for slug in dict.fromkeys(f.collections)]
    _insert(Placement, [{"product_id": key, "collection_id": shelf} for key, shelf in placements])


def add_variants(wanted: Sequence[tuple[int, int, VariantFacts]], *, now: datetime, reference: str) -> None:
    """Insert variants, given as (product id, position, facts), with their first prices and pieces. A step."""
    if not wanted:
        return
    _insert(Variant, [_variant(key, position, facts) for key, position, facts in wanted])
    ids = _variant_ids({key for key, _position, _facts in wanted})
    pairs = [(ids[key, facts.key], facts) for key, _position, facts in wanted]
    prices = [{"variant_id": key, "price_minor": facts.price.minor, "at": now} for key, facts in pairs]
    _insert(PriceChange, prices)
    stock.first_count({key: facts.pieces or 0 for key, facts in pairs}, reference=reference)


def insert_options(pairs: Sequence[tuple[int, ProductFacts]]) -> None:
    """Insert the options of products that have none, given as (product id, facts). A step."""
    rows = [
        {"product_id": key, "position": i, "name": name}
        for key, facts in pairs
        for i, name in enumerate(facts.options, start=1)
    ]
    _insert(Option, rows)


def add_images(rows: list[dict[str, Any]]) -> None:
    """Insert rows of `image_row`; sizes of those that have a file are made later. A step."""
    _insert(Image, rows)
    for file in (row["file"] for row in rows if row["file"]):
        jobs.enqueue(SIZES_JOB, {"file": file}, key=f"{SIZES_JOB}:{file}")


def drop_images(rows: Sequence[Any]) -> None:
    """Delete pictures, given as rows; their files go when this is committed. A step."""
    if rows:
        ids = [row.id for row in rows]
        require_transaction().execute(sa.delete(Image.__table__).where(Image.__table__.c.id.in_(ids)))
    for row in rows:
        if row.file:
            jobs.enqueue(FORGET_JOB, {"file": row.file, "width": row.width}, key=f"{FORGET_JOB}:{row.file}")


def image_row(product_id: int, position: int, facts: Any) -> dict[str, Any]:
    """The row of a picture."""
    return {
        "product_id": product_id,
        "position": position,
        "file": facts.file,
        "source_url": facts.source_url,
        "alt": facts.alt or "",
        "width": facts.width,
        "height": facts.height,
    }


def _product(facts: ProductFacts, now: datetime) -> dict[str, Any]:
    # What is withdrawn before it was ever shown stays a draft: nobody has its address.
    is_published = facts.state in {ProductState.PUBLISHED, None}
    return {
        "slug": facts.slug,
        "title": facts.title,
        "subtitle": facts.subtitle or "",
        "vendor": facts.vendor or "",
        "description_html": clean_description(facts.description or ""),
        "state": ProductState.PUBLISHED if is_published else ProductState.DRAFT,
        "published_at": now if is_published else None,
        "position": facts.position or 0,
        "is_gift_card": bool(facts.is_gift_card),
        "lowest_price_minor": min(variant.price.minor for variant in facts.variants),
        "is_available": any(variant.pieces is None or variant.pieces > 0 for variant in facts.variants),
        "created_at": now,
        "updated_at": now,
    }


def _variant(product_id: int, position: int, facts: VariantFacts) -> dict[str, Any]:
    value1, value2, value3 = facts.key
    return {
        "product_id": product_id,
        "position": position,
        "value1": value1,
        "value2": value2,
        "value3": value3,
        "sku": facts.sku or None,
        "barcode": facts.barcode or None,
        "price_minor": facts.price.minor,
        "compare_at_minor": facts.compare_at.minor or None if facts.compare_at else None,
        # Pieces come by a movement, right after.
        "on_hand": 0 if facts.is_counted else None,
        "weight_grams": facts.weight_grams or 0,
        "requires_shipping": facts.requires_shipping is not False,
        **as_columns(facts.contents),
    }


def _insert(model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        require_transaction().execute(sa.insert(model.__table__), rows)


# Ids are read back, not RETURNING: on SQLite that would make an INSERT of each row, at twice the time.
def _product_ids(slugs: list[str]) -> dict[str, int]:
    select = sa.select(Product.id, Product.slug).where(Product.slug.in_(slugs))
    return {row.slug: row.id for row in require_transaction().execute(select)}


def _variant_ids(product_ids: set[int]) -> dict[tuple[int, tuple[str, str, str]], int]:
    columns = (Variant.id, Variant.product_id, Variant.value1, Variant.value2, Variant.value3)
    select = sa.select(*columns).where(Variant.product_id.in_(product_ids))
    rows = require_transaction().execute(select)
    return {(row.product_id, (row.value1, row.value2, row.value3)): row.id for row in rows}
