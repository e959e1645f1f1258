"""A page of the list of orders: filtered, searched and sorted, at a cost that does not grow with the shop.

Knows how to choose what to look through; refuses to know filters one by one, which are in `sought`.

The cost is bounded by two figures. Where a filter or word leaves at most FEW orders, those are looked at, and all
else about them is asked one by one. Where none does, what is sought is common: the orders are walked along the list's
own order, and a page is soon full. A walk that finds too little ends after WALK orders and says where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.database import read
from storefront.orders.rows import OrderRow, rows_by_id
from storefront.orders.sought import ORDERS, Along, Condition, Sought, conditions, term

FEW = 5_000
WALK = 10_000
# Two common names together are rare: so many of the rarer one are held against the other.
HELD_AGAINST = 20_000
PAGE = 50

# All that conditions ask of an order.
_ASKED = (
    *(ORDERS.c.id, ORDERS.c.placed_at, ORDERS.c.state, ORDERS.c.fulfilment, ORDERS.c.country),
    *(ORDERS.c.total_minor, ORDERS.c.captured_minor, ORDERS.c.refunded_minor),
)


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
    if few is None or few.of[0].along == along:
        return _walked(way, next(iter(few.of if few else facets), None), every, size=size)
    return _chosen(way, few, [each for each in every if each not in few.of], size=size), None


def _place(along: Along, order_id: int) -> tuple[Any, int] | None:
    """Where in the list an order stands; None for one that there is not: the list then begins at its beginning."""
    if not 0 < order_id < 2**63:
        return None
    found = read(sa.select(ORDERS.c[along]).where(ORDERS.c.id == order_id))
    return (found[0][0], order_id) if found else None


@dataclass(frozen=True, slots=True)
class _Few:
    """At most FEW orders, by their ids, and the conditions that they are known to meet."""

    ids: sa.Select[Any]
    of: tuple[Condition, ...]


def _few(every: Sequence[Condition]) -> _Few | None:
    """The filter that leaves the fewest orders, or the words together; None where all leave many."""
    words = [each for each in every if each.is_word]
    counts = _counts([(each.ids, FEW) for each in every])
    count, rarest = min(zip(counts, every, strict=True), key=lambda pair: pair[0])
    if count <= FEW:
        return (
            _Few(_together(rarest, words), (rarest, *words))
            if rarest.is_word
            else _Few(rarest.ids, (rarest,))
        )
    if len(words) < 2:
        return None
    counts = _counts([(word.ids, HELD_AGAINST) for word in words])
    count, rarest = min(zip(counts, words, strict=True), key=lambda pair: pair[0])
    together = _together(rarest, words)
    if count > HELD_AGAINST or _counts([(together, FEW)])[0] > FEW:
        return None
    return _Few(together, tuple(words))


def _together(rarest: Condition, words: Sequence[Condition]) -> sa.Select[Any]:
    """The orders of one word that all words are found in: both are asked of the words' own table alone."""
    order = _OnlyId(rarest.ids.selected_columns[0])
    return rarest.ids.where(*(other.holds(order) for other in words if other is not rarest))


@dataclass(frozen=True, slots=True)
class _OnlyId:
    id: Any


def _counts(selects: Sequence[tuple[sa.Select[Any], int]]) -> list[int]:
    """How many rows each select has, counted to one more than its limit. One statement."""
    counts = [
        sa.select(sa.func.count()).select_from(ids.limit(limit + 1).subquery()).scalar_subquery()
        for ids, limit in selects
    ]
    return list(read(sa.select(*counts))[0])


def _chosen(way: _Way, few: _Few, rest: Sequence[Condition], *, size: int) -> list[int]:
    """The first of few orders that the rest of the conditions hold for."""
    ids = few.ids.distinct().limit(FEW + 1).subquery()
    # The limits keep both engines from walking elsewhere: what is chosen is looked at, and nothing besides.
    orders = sa.select(*_ASKED).join(ids, ids.c[0] == ORDERS.c.id).limit(FEW + 1).subquery()
    found = (
        sa.select(orders.c.id)
        .where(way.ahead(orders.c), *(each.holds(orders.c) for each in rest))
        .order_by(*way.sorting(orders.c))
        .limit(size)
    )
    return [row.id for row in read(found)]


def _walked(
    way: _Way, facet: Condition | None, every: Sequence[Condition], *, size: int
) -> tuple[list[int], int | None]:
    """The first orders along the way, by the index of `facet`, that all conditions hold for; and where the walk
    stopped that found fewer."""
    path = [each for each in every if each is facet or (each.is_range and each.along == way.along)]
    rest = [each for each in every if each not in path]
    walk = (
        sa.select(*_ASKED)
        .where(way.ahead(ORDERS.c), *(each.holds(ORDERS.c) for each in path))
        .order_by(*way.sorting(ORDERS.c))
    )
    if not rest:
        return [row.id for row in read(walk.limit(size))], None
    orders = walk.limit(WALK).subquery()
    # Not sorted again: SQLite would walk to the end first. The rows come as they are met.
    met = sa.select(orders.c.id).where(*(each.holds(orders.c) for each in rest)).limit(size)
    found = [row.id for row in read(met)]
    if len(found) == size:
        return found, None
    last = read(walk.with_only_columns(ORDERS.c.id).offset(WALK - 1).limit(1))
    return found, last[0].id if last else None
