"""What the money-back rules need to know of an order: its goods, and when they were paid, sent and delivered.

Knows the parcels of a record; refuses to decide what is covered: that is the policy's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storefront.catalogue.models import Collection, FormerSlug, Placement, Product
from storefront.database import read
from storefront.orders.models import OrderLine
from storefront.orders.queries import LineShown, OrderRecord, ShipmentShown
from storefront.policies.parts import MoneyBack
from storefront.policies.queries import Policy
from storefront.policies.rules import Decision, MoneyBackFacts, money_back

_PRODUCT: Any = sa.literal_column("'product'")
_COLLECTION: Any = sa.literal_column("'collection'")


def covered(record: OrderRecord, *, policy: Policy, at: datetime, zone: ZoneInfo) -> dict[int, Decision]:
    """By line id, whether the policy that the order was sold under covers it at the aware instant `at`. One statement
    where that policy leaves goods out, none where it does not."""
    goods = _goods_left_out(record.order.id, policy.document.money_back)
    return {
        line.id: money_back(
            policy.document,
            version=policy.id,
            line=replace(
                events_of_line(record, line, zone=zone),
                product=goods.get((line.id, "product"), ""),
                collections=frozenset(filter(None, [goods.get((line.id, "collection"))])),
            ),
            at=at,
            zone=zone,
        )
        for line in record.lines
    }


def _goods_left_out(order_id: int, promise: MoneyBack) -> Mapping[tuple[int, str], str]:
    """By (line id, "product" or "collection"), the slug by which the promise leaves a line's goods out: one of those
    the product has or had, or of a collection that it is in."""
    if not promise.excluded_products and not promise.excluded_collections:
        return {}
    mine = OrderLine.order_id == order_id
    now = (
        sa.select(OrderLine.id, _PRODUCT, Product.slug)
        .join(Product, Product.id == OrderLine.product_id)
        .where(mine, Product.slug.in_(promise.excluded_products))
    )
    before = (
        sa.select(OrderLine.id, _PRODUCT, FormerSlug.slug)
        .join(FormerSlug, FormerSlug.product_id == OrderLine.product_id)
        .where(mine, FormerSlug.slug.in_(promise.excluded_products))
    )
    shelves = (
        sa.select(OrderLine.id, _COLLECTION, Collection.slug)
        .join(Placement, Placement.product_id == OrderLine.product_id)
        .join(Collection, Collection.id == Placement.collection_id)
        .where(mine, Collection.slug.in_(promise.excluded_collections))
    )
    return {(line_id, kind): slug for line_id, kind, slug in read(sa.union_all(now, before, shelves))}


def events_of_order(record: OrderRecord, *, zone: ZoneInfo) -> MoneyBackFacts:
    """The events of the whole order: it is sent, and delivered, when the last of it is."""
    is_all_sent = record.all_shipped_at is not None
    return _events(record, record.shipments if is_all_sent else (), zone=zone)


def events_of_line(record: OrderRecord, line: LineShown, *, zone: ZoneInfo) -> MoneyBackFacts:
    """The events of one line: its last parcel counts, and none while a piece of it is still to be sent."""
    parcels = [each for each in record.shipments if any(line.id == line_id for line_id, *_ in each.pieces)]
    return _events(record, [] if line.to_ship else parcels, zone=zone)


def _events(record: OrderRecord, parcels: Sequence[ShipmentShown], *, zone: ZoneInfo) -> MoneyBackFacts:
    days = [each.delivered_on for each in parcels]
    return MoneyBackFacts(
        paid_at=record.order.paid_at,
        shipped_at=max((each.shipped_at for each in parcels), default=None),
        delivered_at=_noon(max(day for day in days if day), zone) if days and all(days) else None,
    )


def _noon(day: date, zone: ZoneInfo) -> datetime:
    """An instant within the day: only its day counts."""
    return datetime.combine(day, time(12), zone)
