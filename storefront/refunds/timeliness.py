"""Whether a statement of withdrawal comes in time for each line of its order, by the terms it was sold under.

Knows when all of it had arrived and which goods the policy names; refuses to decide: a person does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront.catalogue.models import Collection, FormerSlug, Placement, Product
from storefront.config import settings
from storefront.database import session
from storefront.orders.guarantee import events_of_order
from storefront.orders.models import OrderLine
from storefront.orders.queries import OrderRecord
from storefront.policies.queries import Policy
from storefront.policies.withdrawal import WithdrawalDecision, WithdrawalFacts, withdrawal


@dataclass(frozen=True, slots=True)
class _Names:
    """What goods are called by a policy: slugs of the product, now and before, and of the collections it is in."""

    products: frozenset[str]
    collections: frozenset[str]


def assessed(record: OrderRecord, *, policy: Policy, at: datetime) -> dict[int, WithdrawalDecision]:
    """By line id, what the law and the policy say of a statement received at the aware instant `at`; the period
    begins when the last of the order has arrived. Three queries."""
    zone = settings().timezone
    arrived = events_of_order(record, zone=zone).delivered_at
    names = _names(record.order.id)
    return {
        line.id: withdrawal(
            policy.document,
            version=policy.id,
            line=WithdrawalFacts(
                product=_named(policy, names[line.id].products),
                collections=names[line.id].collections,
                delivered_at=arrived,
            ),
            country=record.order.country,
            at=at,
            zone=zone,
        )
        for line in record.lines
    }


def _named(policy: Policy, slugs: frozenset[str]) -> str:
    """The slug by which the policy names the goods, however they were renamed since; any of theirs otherwise."""
    exempt = {slug for each in policy.document.withdrawal.exempt for slug in each.products}
    return next(iter(sorted(slugs & exempt) or sorted(slugs)), "")


def _names(order_id: int) -> Mapping[int, _Names]:
    lines = {
        row.id: row.product_id
        for row in session().execute(
            sa.select(OrderLine.id, OrderLine.product_id).where(OrderLine.order_id == order_id)
        )
    }
    ids = set(lines.values())
    now = sa.select(Product.id, Product.slug).where(Product.id.in_(ids))
    before = sa.select(FormerSlug.product_id, FormerSlug.slug).where(FormerSlug.product_id.in_(ids))
    shelves = (
        sa.select(Placement.product_id, Collection.slug)
        .join(Collection, Collection.id == Placement.collection_id)
        .where(Placement.product_id.in_(ids))
    )
    called = _by_product(session().execute(sa.union_all(now, before)))
    shelved = _by_product(session().execute(shelves))
    return {
        line_id: _Names(called.get(product_id, frozenset()), shelved.get(product_id, frozenset()))
        for line_id, product_id in lines.items()
    }


def _by_product(rows: Any) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for product_id, slug in rows:
        found[product_id] = found.get(product_id, frozenset()) | {slug}
    return found
