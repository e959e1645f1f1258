"""What a price was before it was lowered, as the law wants it said: from our own history, or not at all.

Directive 98/6/EC Art. 6a: the lowest price of the 30 days before the reduction. Knows recorded prices alone; refuses
to believe a price that somebody typed beside another.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from storefront.catalogue.models import PriceChange, Product, Variant
from storefront.database import require_transaction

DAYS_BEFORE = timedelta(days=30)


def lowest_before(variant_id: int, *, price_minor: int, at: datetime) -> int | None:
    """The lowest price of the 30 days before a variant goes to `price_minor` at an instant; None where that is no
    reduction, where the history does not reach so far back, and of gift cards: another amount is no reduction. A
    step, before the change is recorded."""
    current, since = require_transaction(), at - DAYS_BEFORE
    credit = sa.select(Variant.id).join(Product, Product.id == Variant.product_id).where(Product.is_gift_card)
    mine = sa.select(PriceChange.price_minor).where(
        PriceChange.variant_id == variant_id, PriceChange.variant_id.not_in(credit)
    )
    newest_first = mine.order_by(PriceChange.at.desc(), PriceChange.id.desc())
    # The price with which the 30 days began.
    began = current.scalar(newest_first.where(PriceChange.at <= since).limit(1))
    if began is None:
        return None
    within = current.scalars(mine.where(PriceChange.at > since, PriceChange.at <= at))
    lowest = min([int(began), *within])
    return lowest if lowest > price_minor else None
