"""What the money-back rules need to know of an order: its goods, and when they were paid, sent and delivered.

Knows the parcels of a record; refuses to decide what is covered: that is the policy's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storefront.catalogue.models import Collection, FormerSlug, Placement, Product
from storefront.database import read
from storefront.orders.queries import LineShown, OrderRecord, ShipmentShown
from storefront.policies.parts import MoneyBack
from storefront.policies.queries import Policy
from storefront.policies.rules import Decision, MoneyBackFacts, money_back


def goods_left_out(product_ids: Iterable[int], promise: MoneyBack) -> Mapping[int, str]:
    """By product id, the slug by which the promise leaves the product out now: one of those it has or had, or of a
    collection that it is in. Orders keep it. One statement where the promise leaves goods out, else none."""
    if not promise.excluded_products and not promise.excluded_collections:
        return {}
    ids = set(product_ids)
    now = sa.select(Product.id, Product.slug).where(
        Product.id.in_(ids), Product.slug.in_(promise.excluded_products)
    )
    before = sa.select(FormerSlug.product_id, FormerSlug.slug).where(
        FormerSlug.product_id.in_(ids), FormerSlug.slug.in_(promise.excluded_products)
    )
    shelves = (
        sa.select(Placement.product_id, Collection.slug)
        .join(Collection, Collection.id == Placement.collection_id)
        .where(Placement.product_id.in_(ids), Collection.slug.in_(promise.excluded_collections))
    )
    return {row[0]: row[1] for row in read(sa.union_all(now, before, shelves))}


def covered(record: OrderRecord, *, policy: Policy, at: datetime, zone: ZoneInfo) -> dict[int, Decision]:
    """By line id, whether the policy that the order was sold under covers it at the aware instant `at`, by what was
    true of its goods when it was placed."""
    return {
        line.id: money_back(
            policy.document,
            version=policy.id,
            line=_facts(record, line, zone=zone),
            at=at,
            zone=zone,
        )
        for line in record.lines
    }


def _facts(record: OrderRecord, line: LineShown, *, zone: ZoneInfo) -> MoneyBackFacts:
    events = replace(events_of_line(record, line, zone=zone), is_gift_card=line.is_gift_card)
    if line.left_out_by is None:
        return events
    # Whichever of the two it names: the policy it was found in never changes.
    return replace(events, product=line.left_out_by, collections=frozenset({line.left_out_by}))


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
