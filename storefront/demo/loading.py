"""Filling an empty shop with the demo's goods, through the same steps as everybody's.

Knows how a written-down good becomes facts; refuses to touch a shop that has goods.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from markdown_it import MarkdownIt

from storefront import database
from storefront.catalogue import steps
from storefront.catalogue.facts import CollectionFacts, ImageFacts, ProductFacts, VariantFacts
from storefront.catalogue.measures import NO_CONTENTS, Amount, Measure, Measured, usual_base
from storefront.catalogue.models import Collection, Product, ProductState, StockMovement
from storefront.catalogue.pictures import discard, image_facts
from storefront.config import settings
from storefront.database import require_transaction, session, transaction
from storefront.demo import goods
from storefront.demo.crew import add_people
from storefront.demo.promised import promised
from storefront.demo.shelf import Picture as WrittenPicture
from storefront.demo.shelf import Product as Written
from storefront.demo.shelf import Variant as WrittenVariant
from storefront.demo.till import BESIDE_THE_TILL
from storefront.money import Money, format_briefly
from storefront.policies.document import default_document
from storefront.policies.queries import current_policy
from storefront.policies.steps import ensure_default, follow
from storefront.web.text import page_locale

REFERENCE = "demo"
PICTURES = Path(__file__).parent / "art" / "pictures"

Progress = Callable[[int, int], None]
Pictures = Mapping[str, ImageFacts]


def load(progress: Progress = lambda done, of: None) -> bool:
    """Fill the shop unless it has goods; whether it was filled. Prices are read as minor units of its currency.

    `progress` is told how many pictures are taken, of how many: the rest is quick. All rows are one transaction:
    a demo stopped half-way is no demo at all, and the next run begins anew.
    """
    if _has_goods():
        return False
    database.release()
    pictures = _take_pictures(progress)
    loaded = False
    try:
        with transaction():
            # Somebody may have been faster while the pictures were taken.
            if not _has_goods():
                _save(pictures)
                loaded = True
    finally:
        if not loaded:
            for facts in pictures.values():
                discard(facts)
    return loaded


def is_demo() -> bool:
    """Whether the goods of this shop are the demo's: a shop of one's own gets no invented orders."""
    ours = sa.select(StockMovement.id).where(StockMovement.reference == REFERENCE)
    return session().scalar(ours.limit(1)) is not None


def _has_goods() -> bool:
    return session().scalar(sa.select(Product.id).limit(1)) is not None


def _take_pictures(progress: Progress) -> dict[str, ImageFacts]:
    """Every picture of every product, by its file, through the same door as everybody's; two at a time."""
    written = [picture for product in goods.PRODUCTS for picture in product.pictures]
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def take(picture: WrittenPicture) -> ImageFacts:
        with app.app_context():
            return image_facts((PICTURES / picture.file).read_bytes(), alt=picture.alt)

    taken: dict[str, ImageFacts] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        for picture, facts in zip(written, pool.map(take, written), strict=True):
            taken[picture.file] = facts
            progress(len(taken), len(written))
    return taken


def _promise() -> None:
    """Put the demo's policy in the place of the first one; what somebody published stays."""
    currency = settings().currency
    ensure_default(currency)
    stands = current_policy()
    if stands.document == default_document(currency):
        follow(promised(currency), seen=stands.id, author="system", note=_("Delivery times for three zones"))


def _save(pictures: Pictures) -> None:
    _promise()
    for position, shelf in enumerate(goods.COLLECTIONS):
        steps.save_collection(CollectionFacts(shelf.slug, shelf.title, shelf.intro, position))
    places = {slug: place for place, slug in enumerate(_first_to_last())}
    for shelf in goods.COLLECTIONS:
        facts = [_facts(product, shelf.slug, places[product.slug], pictures) for product in shelf.goods]
        steps.save_products(facts, reference=REFERENCE)
    till = [_facts(product, "", places[product.slug], pictures) for product in BESIDE_THE_TILL]
    steps.save_products(till, reference=REFERENCE)
    _arrange()
    add_people()


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


def _facts(product: Written, shelf: str, position: int, pictures: Pictures) -> ProductFacts:
    return ProductFacts(
        slug=product.slug,
        title=product.title,
        subtitle=product.subtitle,
        vendor=goods.VENDOR,
        description=MarkdownIt().render(product.description),
        state=ProductState.PUBLISHED,
        position=position,
        options=product.options,
        variants=tuple(_variant(each, called=_choices(product, each)) for each in product.variants),
        images=tuple(pictures[picture.file] for picture in product.pictures),
        collections=(shelf,) if shelf else (),
        is_gift_card=product.is_gift_card,
    )


def _choices(product: Written, variant: WrittenVariant) -> tuple[str, ...]:
    """What the variant is chosen by; a gift card by its amount, in whichever currency the shop has."""
    if not product.is_gift_card:
        return variant.choices
    return (format_briefly(Money(variant.price, settings().currency), locale=page_locale()),)


def _variant(variant: WrittenVariant, *, called: tuple[str, ...]) -> VariantFacts:
    currency = settings().currency
    return VariantFacts(
        price=Money(variant.price, currency),
        values=called,
        compare_at=Money(variant.compare_at or 0, currency),
        sku=variant.sku,
        is_counted=variant.stock is not None,
        on_hand=variant.stock,
        weight_grams=variant.grams,
        contents=_contents(variant.contents),
    )


def _contents(said: str) -> Measured:
    number, _space, measure = said.partition(" ")
    if not number:
        return NO_CONTENTS
    amount = Amount(int(number) * 1_000, Measure(measure))
    return Measured(amount, usual_base(amount.measure))
