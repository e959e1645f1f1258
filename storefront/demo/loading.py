"""Filling an empty shop with the demo's goods, through the same steps as everybody's.

Knows how a written-down good becomes facts; refuses to touch a shop that has goods.
"""

from collections.abc import Callable

import sqlalchemy as sa
from markdown_it import MarkdownIt

from storefront.catalogue import steps
from storefront.catalogue.facts import CollectionFacts, ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.models import Collection, Product, ProductState
from storefront.config import settings
from storefront.database import require_transaction, transaction
from storefront.demo import goods
from storefront.demo.shelf import Picture as WrittenPicture
from storefront.demo.shelf import Product as Written
from storefront.demo.shelf import Variant as WrittenVariant
from storefront.money import Money
from storefront.policies.steps import ensure_default

REFERENCE = "demo"

Progress = Callable[[int, int], None]


def load(progress: Progress = lambda done, of: None) -> bool:
    """Fill the shop unless it has goods; whether it was filled. Prices are read as minor units of its currency.

    `progress` is told how many products are saved, of how many. All is one transaction: a demo stopped half-way
    is no demo at all, and the next run begins anew.
    """
    with transaction() as session:
        if session.scalar(sa.select(Product.id).limit(1)) is not None:
            return False
        ensure_default(settings().currency)
        for position, shelf in enumerate(goods.COLLECTIONS):
            steps.save_collection(CollectionFacts(shelf.slug, shelf.title, shelf.intro, position))
        _save(progress)
        _arrange()
    return True


def _save(progress: Progress) -> None:
    places = {slug: place for place, slug in enumerate(_first_to_last())}
    done = 0
    for shelf in goods.COLLECTIONS:
        facts = [_facts(product, shelf.slug, places[product.slug]) for product in shelf.goods]
        steps.save_products(facts, reference=REFERENCE)
        done += len(facts)
        progress(done, len(goods.PRODUCTS))


def _first_to_last() -> list[str]:
    """Every slug in the shop's own order: what the front page shows first, then shelf by shelf."""
    return list(dict.fromkeys([*goods.ON_THE_SHELF, *(product.slug for product in goods.PRODUCTS)]))


def _arrange() -> None:
    """Put the goods on their shelves in the order in which they are written down."""
    session = require_transaction()
    products = {row.slug: row.id for row in session.execute(sa.select(Product.slug, Product.id))}
    shelves = {row.slug: row.id for row in session.execute(sa.select(Collection.slug, Collection.id))}
    for shelf in goods.COLLECTIONS:
        for position, product in enumerate(shelf.goods):
            steps.place(products[product.slug], collection_id=shelves[shelf.slug], position=position)


def _facts(product: Written, shelf: str, position: int) -> ProductFacts:
    return ProductFacts(
        slug=product.slug,
        title=product.title,
        subtitle=product.subtitle,
        vendor=goods.VENDOR,
        description=MarkdownIt().render(product.description),
        state=ProductState.PUBLISHED,
        position=position,
        options=product.options,
        variants=tuple(_variant(variant) for variant in product.variants),
        images=tuple(_image(picture) for picture in product.pictures),
        collections=(shelf,),
    )


def _variant(variant: WrittenVariant) -> VariantFacts:
    currency = settings().currency
    return VariantFacts(
        price=Money(variant.price, currency),
        values=variant.choices,
        compare_at=Money(variant.compare_at or 0, currency),
        sku=variant.sku,
        is_counted=variant.stock is not None,
        on_hand=variant.stock,
        weight_grams=variant.grams,
    )


def _image(picture: WrittenPicture) -> ImageFacts:
    width, height = picture.size
    return ImageFacts(path=f"demo/{picture.file}", alt=picture.alt, width=width, height=height)
