"""A product that stands, brought to what is said of it now: only what differs is written.

Knows what counts as a change; refuses to change what was not said.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront import states
from storefront.catalogue import gift_cards, stock
from storefront.catalogue.adding import add_images, add_variants, drop_images, image_row, insert_options
from storefront.catalogue.facts import ProductFacts, VariantFacts
from storefront.catalogue.measures import as_columns
from storefront.catalogue.models import Image, Option, Placement, PriceChange, Product, ProductState, Variant
from storefront.catalogue.reductions import lowest_before
from storefront.catalogue.standing import Standing
from storefront.catalogue.texts import clean_description
from storefront.database import insert_ignore, require_transaction

_option: Any = Option.__table__
_variant: Any = Variant.__table__
_image: Any = Image.__table__
_product: Any = Product.__table__


def change_product(
    standing: Standing, facts: ProductFacts, shelves: Mapping[str, int], *, now: datetime, reference: str
) -> bool:
    """Bring one locked product to `facts`; whether anything was written. A step."""
    turns = facts.is_gift_card is not None and facts.is_gift_card != standing.product.is_gift_card
    if turns:
        gift_cards.refuse_sold(standing.product.id)
    elif standing.product.is_gift_card:
        facts = gift_cards.as_amounts(facts)
    wrote_variants = _change_variants(standing, facts, now=now, reference=reference)
    wrote = [
        wrote_variants,
        _change_options(standing, facts),
        _change_images(standing, facts),
        _place(standing, facts, shelves),
    ]
    differing = said_otherwise(standing.product, facts)
    state = next_state(standing.product.state, facts.state)
    if not (any(wrote) or differing or state):
        return False
    _write(standing.product.id, differing, state, now)
    if turns and facts.is_gift_card:
        gift_cards.uncount(standing.product.id)
    if wrote_variants:
        keep_lowest_price(standing.product.id)
        stock.keep_availability([standing.product.id])
    return True


def said_otherwise(row: Any, facts: ProductFacts) -> dict[str, Any]:
    """What the facts say otherwise than the row, by column."""
    said = {
        "title": facts.title,
        "subtitle": facts.subtitle,
        "vendor": facts.vendor,
        "description_html": _description(row, facts),
        "position": facts.position,
        "is_gift_card": facts.is_gift_card,
    }
    return {name: value for name, value in said.items() if value is not None and value != getattr(row, name)}


def _description(row: Any, facts: ProductFacts) -> str | None:
    # What stands was cleaned when it was saved: its own words again are no change.
    if facts.description is None or facts.description == row.description_html:
        return None
    return clean_description(facts.description)


def next_state(standing: str, said: ProductState | None) -> ProductState | None:
    """Where the state goes, None where it stays: a draft is not withdrawn, nor what was withdrawn drafted again."""
    if said is None or said == standing:
        return None
    if said is ProductState.PUBLISHED or standing == ProductState.PUBLISHED:
        return said
    return None


def _write(product_id: int, differing: dict[str, Any], state: ProductState | None, now: datetime) -> None:
    session = require_transaction()
    product = session.get_one(Product, product_id)
    for name, value in differing.items():
        setattr(product, name, value)
    if state is not None:
        states.advance(product, state)
    if state is ProductState.PUBLISHED:
        product.published_at = product.published_at or now
    product.updated_at = now
    product.version += 1
    session.flush()


def _change_options(standing: Standing, facts: ProductFacts) -> bool:
    if standing.options == list(facts.options):
        return False
    product_id = standing.product.id
    require_transaction().execute(sa.delete(_option).where(_option.c.product_id == product_id))
    insert_options([(product_id, facts)])
    return True


def _change_variants(standing: Standing, facts: ProductFacts, *, now: datetime, reference: str) -> bool:
    session = require_transaction()
    fresh, counts, wrote = [], {}, False
    for i, variant in enumerate(facts.variants):
        row = standing.variants.get(variant.key)
        if row is None:
            fresh.append((standing.product.id, i, variant))
            continue
        # The row is locked: what it says now is so.
        if _says_pieces(row, variant) and row.on_hand != variant.pieces:
            counts[row.id] = variant.pieces
        if differing := _differing_variant(row, i, variant):
            session.execute(sa.update(_variant).where(_variant.c.id == row.id).values(**differing))
            wrote = True
        if row.price_minor != variant.price.minor:
            lowest = lowest_before(row.id, price_minor=variant.price.minor, at=now)
            session.execute(
                sa.update(_variant).where(_variant.c.id == row.id).values(lowest_before_minor=lowest)
            )
            session.add(PriceChange(variant_id=row.id, price_minor=variant.price.minor, at=now))
    gone = standing.variants.keys() - {variant.key for variant in facts.variants}
    dropped = sorted(standing.variants[key].id for key in gone if standing.variants[key].is_sold)
    if dropped:
        session.execute(sa.update(_variant).where(_variant.c.id.in_(dropped)).values(is_sold=False))
    add_variants(fresh, now=now, reference=reference)
    moved = stock.count_as_listed(counts, reference=reference) if counts else set()
    return bool(wrote or fresh or dropped or moved)


def _says_pieces(row: Any, facts: VariantFacts) -> bool:
    """Whether the facts say how many there are: “counted” alone says nothing new of what is counted already."""
    if facts.is_counted is None:
        return False
    return not facts.is_counted or facts.on_hand is not None or row.on_hand is None


def _differing_variant(row: Any, position: int, facts: VariantFacts) -> dict[str, Any]:
    said: dict[str, Any] = {"position": position, "price_minor": facts.price.minor, "is_sold": True}
    if facts.sku is not None:
        said["sku"] = facts.sku or None
    if facts.barcode is not None:
        said["barcode"] = facts.barcode or None
    if facts.weight_grams is not None:
        said["weight_grams"] = facts.weight_grams
    if facts.requires_shipping is not None:
        said["requires_shipping"] = facts.requires_shipping
    if facts.contents is not None:
        said |= as_columns(facts.contents)
    said["compare_at_minor"] = _compare_at(row, facts)
    return {name: value for name, value in said.items() if value != getattr(row, name)}


def _compare_at(row: Any, facts: VariantFacts) -> int | None:
    """The price before as said; where it was not said, what stands as long as it is above the new price."""
    before = row.compare_at_minor if facts.compare_at is None else facts.compare_at.minor
    return before if before and before > facts.price.minor else None


def _change_images(standing: Standing, facts: ProductFacts) -> bool:
    if facts.images is None:
        return False
    product_id = standing.product.id
    rows = {row.source_url or row.file or "": row for row in standing.images}
    kept: set[int] = set()
    wrote = False
    for i, image in enumerate(facts.images):
        said = image_row(product_id, i, image)
        row = rows.get(image.key)
        if row is None:
            add_images([said])
            wrote = True
            continue
        kept.add(row.id)
        # What was fetched since keeps its file and its size.
        differing = {k: v for k, v in said.items() if v is not None and v != getattr(row, k)}
        if image.alt is None:
            differing.pop("alt", None)
        if differing:
            require_transaction().execute(sa.update(_image).where(_image.c.id == row.id).values(**differing))
            wrote = True
    left = [row for row in standing.images if row.id not in kept]
    # What was uploaded here no list from elsewhere can know: it stays, after what the list names.
    uploaded = [row for row in left if row.source_url is None]
    moved = _move_behind(uploaded, len(facts.images))
    gone = [row for row in left if row.source_url is not None]
    drop_images(gone)
    return bool(wrote or moved or gone)


def _move_behind(images: list[Any], first: int) -> bool:
    away = [(row.id, place) for place, row in enumerate(images, start=first) if row.position != place]
    for key, place in away:
        require_transaction().execute(sa.update(_image).where(_image.c.id == key).values(position=place))
    return bool(away)


def _place(standing: Standing, facts: ProductFacts, shelves: Mapping[str, int]) -> bool:
    missing = {shelves[slug] for slug in facts.collections} - standing.collection_ids
    for collection_id in sorted(missing):
        values = {"collection_id": collection_id, "product_id": standing.product.id, "position": 0}
        insert_ignore(Placement, values, unique=("collection_id", "product_id"))
    return bool(missing)


def keep_lowest_price(product_id: int) -> None:
    """Make `product.lowest_price_minor` true to the variants again; nought where none is sold. A step."""
    lowest = sa.select(sa.func.coalesce(sa.func.min(_variant.c.price_minor), 0)).where(
        _variant.c.product_id == product_id, _variant.c.is_sold
    )
    statement = sa.update(_product).where(_product.c.id == product_id)
    require_transaction().execute(statement.values(lowest_price_minor=lowest.scalar_subquery()))
