"""What a product can be chosen by, as staff change it: options, their values, and variants with their prices.

Knows that a variant once sold is withdrawn and never deleted; refuses to count pieces. Every function is a step.
"""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock
from storefront.catalogue import gift_cards, stock
from storefront.catalogue.changing import keep_lowest_price
from storefront.catalogue.editing import Actor, locked_product, touch
from storefront.catalogue.edits import VariantTexts
from storefront.catalogue.facts import MOST_VARIANTS
from storefront.catalogue.measures import as_columns, of_row
from storefront.catalogue.models import Cause, Option, PriceChange, Product, ProductState, Variant
from storefront.catalogue.reductions import lowest_before
from storefront.catalogue.ruled import keep_products
from storefront.catalogue.stale import differing, refuse_stale, written
from storefront.database import require_transaction
from storefront.errors import NotFound, Refused

_TEXTS = ("value1", "value2", "value3", "price_minor", "compare_at_minor", "weight_grams")
_MORE = ("requires_shipping", "low_at")


def add_variant(product_id: int, texts: VariantTexts, *, pieces: int | None, by: Actor) -> int:
    """Add a variant with what is on hand (None: never counted), or sell a withdrawn one again; its id.

    Raises NotFound, and Refused where the choice is already sold.
    """
    product, variants = locked_whole(product_id)
    if product.is_gift_card:
        texts, pieces = gift_cards.as_amount(texts), None
    texts.check(count_options(product_id))
    same = next((each for each in variants if (each.value1, each.value2, each.value3) == texts.values), None)
    if same is not None and same.is_sold:
        raise _same_choice(texts)
    if len(variants) >= MOST_VARIANTS:
        raise Refused(_("A product has at most %(number)s variants.", number=MOST_VARIANTS))
    variant = same or _inserted(product, texts, len(variants), is_counted=pieces is not None)
    if same is not None:
        _write(same, texts)
        same.is_sold = True
    require_transaction().flush()
    stock.set_on_hand(variant.id, pieces, cause=Cause.COUNTED, reference=f"variant:{variant.id}")
    detail = {"choice": (None, variant.title), "price": (None, texts.price_minor), "pieces": (None, pieces)}
    _done(product, "variant.added", variant.id, by, detail)
    return variant.id


def change_variant(variant_id: int, texts: VariantTexts, *, seen: str, by: Actor) -> bool:
    """Save what is said of a variant; whether anything changed. A new price leaves a PriceChange.

    Raises NotFound, Refused, and Stale where it is no longer what the page showed (`seen`, its fingerprint).
    """
    product, variants, variant = _locked_variant(variant_id)
    stands = texts_of(variant)
    refuse_stale(stands, seen)
    texts = gift_cards.as_amount(texts) if product.is_gift_card else texts
    texts.check(count_options(product.id))
    if any(each is not variant and _values(each) == texts.values for each in variants):
        raise _same_choice(texts)
    changes = differing(stands, texts)
    if changes:
        _write(variant, texts)
        _done(product, "variant.changed", variant_id, by, written(changes))
    return bool(changes)


def withdraw_variant(variant_id: int, *, by: Actor) -> None:
    """Stop selling a variant; it stays, since orders may name it. May run twice. Raises NotFound and Refused."""
    product, variants, variant = _locked_variant(variant_id)
    if not variant.is_sold:
        return
    if product.state == ProductState.PUBLISHED and sum(each.is_sold for each in variants) == 1:
        raise Refused(_("It is the last variant that is sold: withdraw the product instead."))
    variant.is_sold = False
    _done(product, "variant.withdrawn", variant_id, by, {"is_sold": (True, False)})


def sell_variant(variant_id: int, *, by: Actor) -> None:
    """Sell a withdrawn variant again. May run twice. Raises NotFound, and Refused where its choice is no choice."""
    product, _variants, variant = _locked_variant(variant_id)
    if variant.is_sold:
        return
    if len(variant.values) != count_options(product.id):
        raise Refused(_("Give it a value for each option first."))
    variant.is_sold = True
    _done(product, "variant.sold_again", variant_id, by, {"is_sold": (False, True)})


def move_variant(variant_id: int, places: int, *, by: Actor) -> None:
    """Move a variant up (−1) or down (+1) among its product's. Raises NotFound."""
    product, variants, variant = _locked_variant(variant_id)
    order = sorted(variants, key=lambda each: (each.position, each.id))
    at = order.index(variant)
    to = min(max(at + places, 0), len(order) - 1)
    if at == to:
        return
    order.insert(to, order.pop(at))
    for position, each in enumerate(order):
        each.position = position
    _done(product, "variant.moved", variant_id, by, {"position": (at, to)})


def texts_of(row: Any) -> VariantTexts:
    """What is said of a variant, given as a row."""
    said = {name: getattr(row, name) for name in (*_TEXTS, *_MORE)}
    return VariantTexts(**said, sku=row.sku or "", barcode=row.barcode or "", contents=of_row(row))


def locked_whole(product_id: int) -> tuple[Product, list[Variant]]:
    """A product and all its variants, locked in the order in which orders lock them. Raises NotFound."""
    found = require_transaction().scalars(
        sa.select(Variant)
        .where(Variant.product_id == product_id)
        .order_by(Variant.id)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    variants = list(found)
    return locked_product(product_id), variants


def count_options(product_id: int) -> int:
    """How many options a product has."""
    count = sa.select(sa.func.count()).where(Option.product_id == product_id)
    return require_transaction().scalar(count) or 0


def keep_product(product: Product) -> None:
    """Make all true again that is derived from a product's variants."""
    require_transaction().flush()
    keep_lowest_price(product.id)
    stock.keep_availability([product.id])
    require_transaction().refresh(product)
    touch(product)
    keep_products([product.id])


def _locked_variant(variant_id: int) -> tuple[Product, list[Variant], Variant]:
    product_id = require_transaction().scalar(sa.select(Variant.product_id).where(Variant.id == variant_id))
    if product_id is None:
        raise NotFound()
    product, variants = locked_whole(product_id)
    return product, variants, next(each for each in variants if each.id == variant_id)


def _inserted(product: Product, texts: VariantTexts, position: int, *, is_counted: bool) -> Variant:
    session = require_transaction()
    variant = Variant(product_id=product.id, position=position, on_hand=0 if is_counted else None)
    _set(variant, texts)
    session.add(variant)
    session.flush()
    session.add(PriceChange(variant_id=variant.id, price_minor=texts.price_minor, at=clock.now()))
    return variant


def _write(variant: Variant, texts: VariantTexts) -> None:
    if variant.price_minor != texts.price_minor:
        now = clock.now()
        variant.lowest_before_minor = lowest_before(variant.id, price_minor=texts.price_minor, at=now)
        change = PriceChange(variant_id=variant.id, price_minor=texts.price_minor, at=now)
        require_transaction().add(change)
    _set(variant, texts)


def _set(variant: Variant, texts: VariantTexts) -> None:
    for name in (*_TEXTS, *_MORE):
        setattr(variant, name, getattr(texts, name))
    variant.sku, variant.barcode = texts.sku or None, texts.barcode or None
    for name, value in as_columns(texts.contents).items():
        setattr(variant, name, value)


def _values(variant: Variant) -> tuple[str, str, str]:
    return variant.value1, variant.value2, variant.value3


def _same_choice(texts: VariantTexts) -> Refused:
    if not any(texts.values):
        return Refused(_("Without options a product has one variant: add an option first."))
    choice = " / ".join(value for value in texts.values if value)
    return Refused(_("There is a variant “%(choice)s” already.", choice=choice), field="value1")


def _done(product: Product, verb: str, variant_id: int, by: Actor, detail: Any) -> None:
    keep_product(product)
    code = f"variant:{variant_id}"
    audit.record(verb, subject=("product", product.id), actor=by, code=code, detail=detail)
