"""A page of the list of orders: filtered, searched and sorted, at a cost that does not grow with the shop.

Knows how to choose what to look through; refuses to know filters one by one, which are in `sought`.

Thousands of orders are looked through by indexes that tell all that is asked of them; their rows are read for the
page alone. Where a filter or word leaves few orders, those are put in order and asked the rest until the page is
full. Where none does, what is sought is common: the orders are walked along the list's own order, and a page is
soon full. A walk that finds too little ends and says where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.database import read
from storefront.orders.rows import OrderRow, rows_by_id
from storefront.orders.sought import (
    ALL_TOLD,
    ORDERS,
    Along,
    Condition,
    Sought,
    Source,
    conditions,
    has,
    term,
)

FEW = 10_000
# Two common names together are rare: so many of the rarer one are held against the other.
HELD_AGAINST = 20_000
# How many orders a walk meets at most: told all by its index, or asked elsewhere for each.
WALK = 30_000
WALK_ASKING = 10_000
# What an order costs that something is asked elsewhere for, in orders told by an index.
ASKING = 5
PAGE = 50


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page of the list; `before` and `after` are order ids to go on from, None where there is nothing more.

    `stopped` says that the walk to the next page ended before it was full: there may be more behind `after`.
    """

    rows: tuple[OrderRow, ...]
    before: int | None
    after: int | None
    stopped: bool = False


def listed(
    sought: Sought, *, after: int | None = None, before: int | None = None, size: int = PAGE
) -> OrderPage:
    """The page of the list behind the order `after`, or that ahead of `before`, or the first. At most five
    statements."""
    if before is not None:
        return _page_before(sought, before, size=size)
    ids, stopped_at = _ids(sought, beyond=after, size=size + 1)
    shown = rows_by_id(ids[:size])
    following = ids[size - 1] if len(ids) > size else stopped_at
    return OrderPage(
        shown, before=ids[0] if after and ids else None, after=following, stopped=stopped_at is not None
    )


def _page_before(sought: Sought, before: int, *, size: int) -> OrderPage:
    ids, _stopped = _ids(sought, beyond=before, size=size + 1, turned=True)
    if len(ids) <= size:
        # The first page is always full, whatever was come from.
        return listed(sought, size=size)
    shown = list(reversed(ids[:size]))
    return OrderPage(rows_by_id(shown), before=shown[0], after=shown[-1])


@dataclass(frozen=True, slots=True)
class _Way:
    """Along what, which way, and from where the orders are taken."""

    along: Along
    is_falling: bool
    beyond: tuple[Any, int] | None

    def ahead(self, order: Any) -> Any:
        """The predicate that an order lies beyond the place come from."""
        if self.beyond is None:
            return sa.true()
        column = order[self.along]
        value, order_id = self.beyond
        here = sa.tuple_(column, order.id)
        there = sa.tuple_(sa.literal(value, column.type), sa.literal(order_id, order.id.type))
        return here < there if self.is_falling else here > there

    def sorting(self, order: Any) -> list[Any]:
        """The columns to sort by."""
        columns = (order[self.along], order.id)
        return [column.desc() if self.is_falling else column.asc() for column in columns]


def _ids(
    sought: Sought, *, beyond: int | None, size: int, turned: bool = False
) -> tuple[list[int], int | None]:
    """Ids of at most `size` orders in the list's order (`turned`: against it), beyond one of them; and where a
    walk stopped that found fewer."""
    along = sought.along
    place = None if beyond is None else _place(along, beyond)
    way = _Way(along, is_falling=sought.is_falling != turned, beyond=place)
    every = [*conditions(sought), *map(term, sought.terms)]
    if all(each.is_range and each.along == along for each in every):
        return _walked(way, None, every, size=size)
    facets = [each for each in every if each.along == along and not each.is_range]
    if len(every) == 1 and facets:
        return _walked(way, facets[0], every, size=size)
    few = _few(every)
    if few is None or few.along == along:
        return _walked(way, few or next(iter(facets), None), every, size=size)
    return _chosen(way, few, [each for each in every if each is not few], size=size), None


def _place(along: Along, order_id: int) -> tuple[Any, int] | None:
    """Where in the list an order stands; None for one that there is not: the list then begins at its beginning."""
    if not 0 < order_id < 2**63:
        return None
    found = read(sa.select(ORDERS.c[along]).where(ORDERS.c.id == order_id))
    return (found[0][0], order_id) if found else None


def _few(every: Sequence[Condition]) -> Condition | None:
    """The filter or word whose few orders are looked through soonest; None where all leave many. One statement."""
    words = sum(each.source == Source.WORDS for each in every)
    limits = [HELD_AGAINST if each.source == Source.WORDS and words > 1 else FEW for each in every]
    counts = [_count(each, limit + 1) for each, limit in zip(every, limits, strict=True)]
    counted = zip(read(sa.select(*counts))[0], limits, every, strict=True)
    few = [(count * _cost(each, every), each) for count, limit, each in counted if count <= limit]
    return min(few, key=lambda pair: pair[0], default=(0, None))[1]


def _count(each: Condition, limit: int) -> Any:
    # A column of each would be carried along: on PostgreSQL a third of the count's time.
    met = each.rows.with_only_columns(sa.literal_column("1")).limit(limit).subquery()
    return sa.select(sa.func.count()).select_from(met).scalar_subquery()


def _cost(few: Condition, every: Sequence[Condition]) -> int:
    """What looking through one of its orders costs, beside one that its index tells all about."""
    is_told = all(each is few or _tells(few, each) for each in every)
    return 1 if is_told and few.source != Source.OTHERS else ASKING


def _tells(few: Condition, other: Condition) -> bool:
    """Whether the orders of `few` come with what `other` asks."""
    return other.is_range or (other.source == Source.ORDERS and few.source != Source.WORDS)


def _chosen(way: _Way, few: Condition, rest: Sequence[Condition], *, size: int) -> list[int]:
    """The first of few orders that the rest of the conditions hold for: those told at once, then, in the list's
    order until the page is full, those that are asked elsewhere."""
    # The limits keep both engines from walking elsewhere: what is chosen is looked at, and nothing besides.
    rows = few.rows.limit(HELD_AGAINST + 1).subquery()
    if few.source == Source.OTHERS:
        rows = ALL_TOLD.join(rows, rows.c.id == ORDERS.c.id).limit(HELD_AGAINST + 1).subquery()
    columns = (rows.c.id, rows.c[way.along])
    told = [each for each in rest if _tells(few, each)]
    asked = [each for each in rest if each not in told]
    found = sa.select(*columns).where(way.ahead(rows.c), *(each.holds(rows.c) for each in told))
    found = found.order_by(*way.sorting(rows.c))
    if few.source != Source.ORDERS:
        # Once each: a beginning may be that of several words. Not DISTINCT: SQLite would build a second tree for it.
        found = found.group_by(rows.c[way.along], rows.c.id)
    if asked:
        orders = found.limit(HELD_AGAINST + 1).subquery()
        found = sa.select(orders.c.id).where(*_asked_elsewhere(asked, orders.c))
    return [row.id for row in read(found.limit(size))]


def _asked_elsewhere(asked: Sequence[Condition], order: Any) -> list[Any]:
    """That the conditions hold, each asked of its own rows; those of the order's own of one row together."""
    own = [each.holds(ORDERS.c) for each in asked if each.source == Source.ORDERS]
    others = [each.holds(order) for each in asked if each.source != Source.ORDERS]
    return [*others, *([has(sa.select(ORDERS.c.id).where(*own), ORDERS.c.id == order.id)] if own else [])]


def _walked(
    way: _Way, facet: Condition | None, every: Sequence[Condition], *, size: int
) -> tuple[list[int], int | None]:
    """The first orders along the way, by the index of `facet`, that all conditions hold for; and where the walk
    stopped that found fewer."""
    path = [each for each in every if each is facet or (each.is_range and each.along == way.along)]
    rest = [each for each in every if each not in path]
    walk = ALL_TOLD.where(way.ahead(ORDERS.c), *(each.holds(ORDERS.c) for each in path)).order_by(
        *way.sorting(ORDERS.c)
    )
    if not rest:
        return [row.id for row in read(walk.limit(size))], None
    steps = WALK if all(each.source == Source.ORDERS for each in rest) else WALK_ASKING
    orders = walk.limit(steps).subquery()
    # Not sorted again: SQLite would walk to the end first. The rows come as they are met.
    met = sa.select(orders.c.id).where(*(each.holds(orders.c) for each in rest)).limit(size)
    found = [row.id for row in read(met)]
    if len(found) == size:
        return found, None
    last = read(walk.with_only_columns(ORDERS.c.id).offset(steps - 1).limit(1))
    return found, last[0].id if last else None
