"""Whole products as they stand, a few hundred at a time: the same facts that saving takes.

Knows how to read all that is said of a product; refuses to know where it goes.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.facts import ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.measures import NO_CONTENTS, of_row
from storefront.catalogue.models import Collection, Image, Option, Placement, Product, ProductState, Variant
from storefront.config import settings
from storefront.database import release, session
from storefront.money import Money

_product: Any = Product.__table__
_variant: Any = Variant.__table__
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Whole:
    """A product with the titles of its collections by slug. What is no longer sold of it is not named, nor
    pictures that came from no address."""

    facts: ProductFacts
    collections: dict[str, str]


def whole_products() -> Iterator[Whole]:
    """Every product of which anything is sold, from the oldest on. Each is read as it stands at one moment;
    nothing is held while the caller works, so others may change while this goes on."""
    after = 0
    while True:
        rows = list(session().execute(_next(sa.select(_product), after)))
        found = _read(rows)
        versions = session().execute(_next(sa.select(_product.c.id, _product.c.version), after)).all()
        release()
        if versions != [(row.id, row.version) for row in rows]:
            # Somebody saved one of these while its parts were read: all are read again.
            continue
        if not rows:
            return
        after = rows[-1].id
        yield from found


def _next(select: Any, after: int) -> Any:
    return select.where(_product.c.id > after).order_by(_product.c.id).limit(_AT_ONCE)


def _read(rows: list[Any]) -> list[Whole]:
    ids = [row.id for row in rows]
    options = _by_product(sa.select(Option.product_id, Option.name).order_by(Option.position), Option, ids)
    sold = sa.select(_variant).where(_variant.c.is_sold).order_by(_variant.c.position, _variant.c.id)
    variants = _by_product(sold, Variant, ids)
    images = _by_product(
        sa.select(Image.product_id, Image.source_url, Image.alt)
        .where(Image.source_url.is_not(None))
        .order_by(Image.position, Image.id),
        Image,
        ids,
    )
    shelves = _by_product(
        sa.select(Placement.product_id, Collection.slug, Collection.title)
        .join(Collection, Collection.id == Placement.collection_id)
        .order_by(Collection.slug),
        Placement,
        ids,
    )
    return [
        _whole(row, options[row.id], variants[row.id], images[row.id], shelves[row.id])
        for row in rows
        if variants[row.id]
    ]


def _by_product(select: Any, model: Any, ids: list[int]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session().execute(select.where(model.product_id.in_(ids))):
        found[row.product_id].append(row)
    return found


def _whole(row: Any, options: list[Any], variants: list[Any], images: list[Any], shelves: list[Any]) -> Whole:
    facts = ProductFacts(
        slug=row.slug,
        title=row.title,
        variants=tuple(_variant_facts(each, len(options)) for each in variants),
        options=tuple(each.name for each in options),
        subtitle=row.subtitle,
        vendor=row.vendor,
        description=row.description_html,
        state=ProductState(row.state),
        position=row.position,
        images=tuple(ImageFacts(source_url=each.source_url, alt=each.alt) for each in images),
        collections=tuple(each.slug for each in shelves),
        is_gift_card=row.is_gift_card,
    )
    return Whole(facts, {each.slug: each.title for each in shelves})


def _variant_facts(row: Any, options: int) -> VariantFacts:
    currency = settings().currency
    return VariantFacts(
        price=Money(row.price_minor, currency),
        values=(row.value1, row.value2, row.value3)[:options],
        compare_at=None if row.compare_at_minor is None else Money(row.compare_at_minor, currency),
        sku=row.sku,
        barcode=row.barcode,
        is_counted=row.on_hand is not None,
        on_hand=row.on_hand,
        weight_grams=row.weight_grams,
        requires_shipping=row.requires_shipping,
        contents=of_row(row) or NO_CONTENTS,
    )
