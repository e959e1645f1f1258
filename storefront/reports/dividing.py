"""Whose the entries of an order are, where its lines came from different posts.

Knows the books and the posts of lines; refuses to add anything up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from storefront.database import read
from storefront.orders.books import EntryKind, LedgerEntry
from storefront.orders.models import OrderLine
from storefront.orders.refund import Refund
from storefront.refunds.models import RefundLine
from storefront.reports.shares import CARDS, DIRECT, Moved, Share, shares

# Ids in one statement: more gain nothing.
AT_ONCE = 1000


def shared(rows: Iterable[Any], currency: str) -> Iterator[tuple[Any, Share]]:
    """Each entry with whose it is; those of orders with lines from different posts last."""
    mixed: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        if row.low == row.high:
            yield row, {row.low: row.amount_minor}
        else:
            mixed[row.order_id].append(row)
    ids = sorted(mixed)
    for order_ids in (ids[first : first + AT_ONCE] for first in range(0, len(ids), AT_ONCE)):
        found = _divided({order_id: mixed[order_id] for order_id in order_ids}, currency)
        for order_id in order_ids:
            for row in mixed[order_id]:
                yield row, found[row.id]


def _divided(mixed: Mapping[int, Sequence[Any]], currency: str) -> dict[int, Share]:
    """Whose the entries of these orders are, by id. One statement, and three more if anything but payments is among
    them: payments are divided like the goods, whatever else moved."""
    told = [
        order_id for order_id, rows in mixed.items() if any(row.kind != EntryKind.CAPTURE for row in rows)
    ]
    owners = {order_id: rows[0].owner for order_id, rows in mixed.items() if rows[0].owner is not None}
    found = divided_orders(told, currency, owners) if told else {}
    if paid := sorted(mixed.keys() - set(told)):
        worth = _worth(paid)
        for order_id in paid:
            divided = _of_one(worth[order_id], owners.get(order_id))
            found |= shares(divided, list(map(_moved, mixed[order_id])), {})
    return found


def divided_orders(
    order_ids: Sequence[int], currency: str, owners: Mapping[int, int] | None = None
) -> dict[int, Share]:
    """Whose each entry of the books of these orders is, by its id. Three statements.

    `owners` are the posts of orders of which all but gift cards is one post's.
    """
    values = {"ids": list(order_ids), "currency": currency}
    worth, for_lines = _worth(order_ids), defaultdict[str, Share](dict)
    for row in read(_FOR_LINES, values):
        for_lines[row.stripe_refund_id or row.id][row.post_id] = int(row.minor)
        for_lines[row.id][row.post_id] = int(row.minor)
    found: dict[int, Share] = {}
    for order_id, rows in groupby(read(_MOVED, values), key=lambda row: row.order_id):
        post_id = (owners or {}).get(order_id)
        named = {name: _of_one(share, post_id) for name, share in for_lines.items()} if post_id else for_lines
        found |= shares(_of_one(worth[order_id], post_id), list(map(_moved, rows)), named)
    return found


def _of_one(share: Share, post_id: int | None) -> Share:
    """All of it is one post's, but for gift cards; as it is where no post is named."""
    if post_id is None:
        return share
    mine = sum(minor for owner, minor in share.items() if owner != CARDS)
    cards = {CARDS: share[CARDS]} if CARDS in share else {}
    return {**cards, post_id: mine} if share.keys() - {CARDS} else cards


def _worth(order_ids: Sequence[int]) -> dict[int, Share]:
    """By order what its lines of each post came to. One statement."""
    worth: dict[int, Share] = defaultdict(dict)
    for row in read(_WORTH, {"ids": list(order_ids)}):
        worth[row.order_id][row.post_id] = int(row.minor)
    return worth


def _moved(row: Any) -> Moved:
    kind, name = EntryKind(row.kind), row.stripe_id
    # Credit is entered as credit:<refund>:<account>.
    entered_as = name.split(":")[1] if kind == EntryKind.CREDIT_GIVEN else name
    return Moved(row.id, kind, int(row.amount_minor), entered_as)


_entry: Any = LedgerEntry.__table__
_POST_OF_LINE = sa.case(
    (OrderLine.is_gift_card, sa.literal_column(str(CARDS))),
    else_=sa.func.coalesce(OrderLine.post_id, sa.literal_column(str(DIRECT))),
)
_IDS: Any = sa.bindparam("ids", expanding=True)
_WORTH = (
    sa.select(
        OrderLine.order_id,
        _POST_OF_LINE.label("post_id"),
        sa.func.sum(OrderLine.total_minor).label("minor"),
    )
    .where(OrderLine.order_id.in_(_IDS))
    .group_by(OrderLine.order_id, _POST_OF_LINE)
)
_MOVED = (
    sa.select(_entry.c.order_id, _entry.c.id, _entry.c.kind, _entry.c.amount_minor, _entry.c.stripe_id)
    .where(_entry.c.order_id.in_(_IDS), _entry.c.currency == sa.bindparam("currency"))
    .order_by(_entry.c.order_id, _entry.c.id)
)
_FOR_LINES = (
    sa.select(
        *(Refund.id, Refund.stripe_refund_id),
        _POST_OF_LINE.label("post_id"),
        sa.func.sum(RefundLine.amount_minor).label("minor"),
    )
    .join(RefundLine, RefundLine.refund_id == Refund.id)
    .join(OrderLine, OrderLine.id == RefundLine.order_line_id)
    .where(Refund.order_id.in_(_IDS), Refund.ended_at.is_not(None))
    .group_by(Refund.id, Refund.stripe_refund_id, _POST_OF_LINE)
)
