"""The proof that what posts earned is what the books say: of each order from several posts, entry by entry.

Reads everything, writes nothing; each difference is a sentence that names the row.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from storefront.config import settings
from storefront.database import session
from storefront.orders.books import LedgerEntry
from storefront.orders.models import OrderLine, number_of_id
from storefront.reports.dividing import AT_ONCE, divided_orders


def posts_earn_what_the_books_say() -> Iterator[str]:
    """I1: the books of an order from several posts are divided among them, whole."""
    post_id = sa.func.coalesce(OrderLine.post_id, sa.literal_column("0"))
    several = (
        sa.select(OrderLine.order_id)
        .where(OrderLine.order_id.in_(sa.select(OrderLine.order_id).where(OrderLine.post_id.is_not(None))))
        .group_by(OrderLine.order_id)
        .having(sa.func.min(post_id) != sa.func.max(post_id))
        .order_by(OrderLine.order_id)
    )
    order_ids = list(session().scalars(several))
    for first in range(0, len(order_ids), AT_ONCE):
        yield from _differences(order_ids[first : first + AT_ONCE])


def _differences(order_ids: list[int]) -> Iterator[str]:
    currency = settings().currency
    shared = divided_orders(order_ids, currency)
    entries = sa.select(LedgerEntry.id, LedgerEntry.order_id, LedgerEntry.amount_minor).where(
        LedgerEntry.order_id.in_(order_ids), LedgerEntry.currency == currency
    )
    for entry_id, order_id, minor in session().execute(entries):
        parts = sum(shared.get(entry_id, {}).values())
        if parts != minor:
            yield f"Order {number_of_id(order_id)} moved {minor} by entry {entry_id}; its posts have {parts}."
