"""Goods for tests, saved as the shop saves them.

Knows the smallest product that can be bought; refuses to write rows of its own.
"""

from itertools import count

import sqlalchemy as sa

from storefront.catalogue import actions
from storefront.catalogue.facts import CollectionFacts, ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.measures import Measured
from storefront.catalogue.models import Collection, Product, ProductState, StockMovement, Variant
from storefront.config import settings
from storefront.database import session
from storefront.money import Money

_number = count(1)


def variant_facts(
    *values: str,
    price_minor: int = 2400,
    on_hand: int | None = 3,
    was_minor: int | None = None,
    sku: str | None = None,
    weight_grams: int | None = None,
    requires_shipping: bool | None = None,
    contents: Measured | None = None,
) -> VariantFacts:
    """A variant of three pieces at 24.00; `on_hand=None` is never counted."""
    currency = settings().currency
    return VariantFacts(
        price=Money(price_minor, currency),
        values=values,
        compare_at=None if was_minor is None else Money(was_minor, currency),
        sku=sku,
        is_counted=on_hand is not None,
        on_hand=on_hand,
        weight_grams=weight_grams,
        requires_shipping=requires_shipping,
        contents=contents,
    )


def product_facts(
    slug: str = "",
    *variants: VariantFacts,
    title: str = "Lion’s mane kit",
    options: tuple[str, ...] = (),
    state: ProductState | None = ProductState.PUBLISHED,
    subtitle: str | None = None,
    description: str | None = None,
    position: int | None = None,
    images: tuple[ImageFacts, ...] | None = None,
    collections: tuple[str, ...] = (),
    is_gift_card: bool | None = None,
) -> ProductFacts:
    """A published product; with one variant and no options unless others are given."""
    return ProductFacts(
        slug=slug or f"product-{next(_number)}",
        title=title,
        variants=variants or (variant_facts(),),
        options=options,
        state=state,
        subtitle=subtitle,
        description=description,
        position=position,
        images=images,
        collections=collections,
        is_gift_card=is_gift_card,
    )


def a_product(
    slug: str = "",
    *variants: VariantFacts,
    title: str = "Lion’s mane kit",
    options: tuple[str, ...] = (),
    state: ProductState = ProductState.PUBLISHED,
    description: str | None = None,
    collections: tuple[str, ...] = (),
) -> Product:
    """A saved product. Opens a transaction."""
    facts = product_facts(
        slug,
        *variants,
        title=title,
        options=options,
        state=state,
        description=description,
        collections=collections,
    )
    actions.save_product(facts)
    return the_product(facts.slug)


def a_variant(
    *,
    on_hand: int | None = 3,
    price_minor: int = 2400,
    title: str = "Lion’s mane kit",
    sku: str | None = None,
    weight_grams: int | None = None,
    requires_shipping: bool | None = None,
) -> Variant:
    """The one variant of a new published product. Opens a transaction."""
    facts = variant_facts(
        price_minor=price_minor,
        on_hand=on_hand,
        sku=sku,
        weight_grams=weight_grams,
        requires_shipping=requires_shipping,
    )
    return the_variants(a_product("", facts, title=title).slug)[0]


def a_gift_card_product(*amounts: int, slug: str = "gift-card") -> list[Variant]:
    """The variants of a published gift card, in amounts of minor units (25.00 and 50.00 unless others are given)."""
    variants = [variant_facts(str(minor // 100), price_minor=minor) for minor in amounts or (2500, 5000)]
    facts = product_facts(slug, *variants, title="Gift card", options=("Amount",), is_gift_card=True)
    actions.save_product(facts)
    return the_variants(slug)


def a_collection(slug: str = "kits", *, title: str = "Growing kits", position: int = 0) -> Collection:
    """A saved collection in the menu. Opens a transaction."""
    actions.save_collection(CollectionFacts(slug=slug, title=title, position=position))
    return session().scalars(sa.select(Collection).where(Collection.slug == slug)).one()


def the_product(slug: str) -> Product:
    """The product under `slug` as it now stands."""
    select = sa.select(Product).where(Product.slug == slug)
    return session().scalars(select, execution_options={"populate_existing": True}).one()


def the_variants(slug: str) -> list[Variant]:
    """All variants of a product as they now stand, sold or not, in their order."""
    select = sa.select(Variant).join(Product, Product.id == Variant.product_id).where(Product.slug == slug)
    ordered = select.order_by(Variant.position, Variant.id)
    return list(session().scalars(ordered, execution_options={"populate_existing": True}))


def on_hand(variant_id: int) -> int | None:
    """How many pieces are on hand now."""
    return session().scalar(sa.select(Variant.on_hand).where(Variant.id == variant_id))


def moved(variant_id: int) -> int:
    """The sum of all movements of a variant."""
    total = sa.select(sa.func.coalesce(sa.func.sum(StockMovement.delta), 0))
    return int(session().scalar(total.where(StockMovement.variant_id == variant_id)) or 0)
