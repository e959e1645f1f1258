"""Goods that are credit: products whose pieces are gift cards. Every function is a step.

Knows that they are never counted, sent or struck; refuses to know codes and balances.
"""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.catalogue import stock
from storefront.catalogue.edits import VariantTexts
from storefront.catalogue.facts import ProductFacts
from storefront.catalogue.models import Cause, Product, Variant
from storefront.database import require_transaction
from storefront.errors import Refused
from storefront.money import Money

_variant: Any = Variant.__table__
# Named like a foreign key names it: orders stand above.
_sold = sa.table("order_line", sa.column("product_id"))


def lock_amounts(product_id: int) -> None:
    """Lock a product's variants, which orders do before they lock it."""
    mine = sa.select(_variant.c.id).where(_variant.c.product_id == product_id).order_by(_variant.c.id)
    require_transaction().execute(mine.with_for_update(key_share=True))


def turn(product: Product, *, is_gift_card: bool) -> None:
    """Let a product be a gift card, or goods again; its variants are the amounts. Expects `lock_amounts`.

    Raises Refused once a piece of it was ordered: what was sold under its name stays what it was.
    """
    refuse_sold(product.id)
    product.is_gift_card = is_gift_card
    require_transaction().flush()
    if is_gift_card:
        uncount(product.id)


def refuse_sold(product_id: int) -> None:
    """Raises Refused where a piece of the product was ever ordered."""
    sold = sa.select(_sold.c.product_id).where(_sold.c.product_id == product_id).limit(1)
    if require_transaction().scalar(sold) is not None:
        raise Refused(
            _("It was ordered before, so it stays what it is: add a new product instead."),
            field="is_gift_card",
        )


def uncount(product_id: int) -> None:
    """Make the locked variants of a gift card what amounts are: never counted, never sent, at no struck price."""
    session = require_transaction()
    mine = sa.select(_variant.c.id, _variant.c.price_minor).where(_variant.c.product_id == product_id)
    for row in session.execute(mine.order_by(_variant.c.id)).all():
        _check_amount(row.price_minor)
        stock.set_on_hand(row.id, None, cause=Cause.OTHER, reference=f"gift_card:{product_id}")
    session.execute(
        sa.update(_variant)
        .where(_variant.c.product_id == product_id)
        .values(requires_shipping=False, weight_grams=0, compare_at_minor=None, lowest_before_minor=None)
    )


def as_amount(texts: VariantTexts) -> VariantTexts:
    """What is said of a variant, of a gift card."""
    _check_amount(texts.price_minor)
    return replace(texts, requires_shipping=False, weight_grams=0, compare_at_minor=None, low_at=None)


def as_amounts(facts: ProductFacts) -> ProductFacts:
    """What is said of a product from elsewhere, of a gift card."""
    for each in facts.variants:
        _check_amount(each.price.minor)
    amounts = (
        replace(
            each,
            compare_at=Money.zero(each.price.currency),
            is_counted=False,
            on_hand=None,
            weight_grams=0,
            requires_shipping=False,
        )
        for each in facts.variants
    )
    return replace(facts, variants=tuple(amounts))


def _check_amount(price_minor: int) -> None:
    if price_minor <= 0:
        raise Refused(_("A gift card needs an amount above zero."), field="price")
