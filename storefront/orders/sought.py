"""What may be asked of the list of orders: filters, words, and an order to put them in.

Knows each filter as a condition, and the index it is looked up by; refuses to know how a page is made of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storefront.orders.finding import OrderWord, beginning, spelled
from storefront.orders.models import TOLD, Order, OrderState
from storefront.payments.models import AttemptState, Dispute, DisputeState, PaymentAttempt

ORDERS = Order.__table__
# Of every order, all that conditions ask.
ALL_TOLD = sa.select(*(ORDERS.c[each] for each in TOLD))
# More would only make a search slower: nobody means the ninth word.
MOST_TERMS = 8


class Sort(StrEnum):
    """In which order the list stands."""

    NEWEST = "newest"
    OLDEST = "oldest"
    HIGHEST = "highest"
    LOWEST = "lowest"


class Parcel(StrEnum):
    """How far the goods have come; to pack: paid, not all sent, not all of the money given back."""

    TO_PACK = "to-pack"
    PARTLY = "partly"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


class Matter(StrEnum):
    """What became of the money besides."""

    REFUNDED = "refunded"
    ALL_REFUNDED = "all-refunded"
    DISPUTED = "disputed"
    UNDECIDED = "dispute-undecided"
    IN_REVIEW = "in-review"


@dataclass(frozen=True, slots=True)
class Sought:
    """Filters, all of which hold. `since` is the first instant, `until` the first that no longer counts; amounts are
    in minor units; each of `terms` is a word that the order is found by, or its beginning."""

    terms: tuple[str, ...] = ()
    state: OrderState | None = None
    parcel: Parcel | None = None
    matter: Matter | None = None
    country: str = ""
    since: datetime | None = None
    until: datetime | None = None
    least: int | None = None
    most: int | None = None
    sort: Sort = Sort.NEWEST

    @property
    def along(self) -> "Along":
        """What the list stands by."""
        return Along.DATE if self.sort in {Sort.NEWEST, Sort.OLDEST} else Along.AMOUNT

    @property
    def is_falling(self) -> bool:
        """Whether the largest comes first."""
        return self.sort in {Sort.NEWEST, Sort.HIGHEST}


def terms_of(text: str) -> tuple[str, ...]:
    """What was typed as words, each once, as they are kept."""
    return tuple(dict.fromkeys(word for each in text.split() if (word := spelled(each))))[:MOST_TERMS]


Test = Callable[[Any], Any]


class Along(StrEnum):
    """What a list stands by."""

    DATE = "placed_at"
    AMOUNT = "total_minor"


class Source(StrEnum):
    """Which rows say whether a condition holds: those of the orders, words, or others that belong to an order."""

    ORDERS = "orders"
    WORDS = "words"
    OTHERS = "others"


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """One filter: `rows` selects the orders it holds for by its own index, perhaps twice, with what is told of them
    there; `holds` says so of the columns of one.

    `along` names what its index stands in the order of: the orders that it holds for are a walk along that. A range
    holds for what every source tells: the date, or the amount.
    """

    rows: sa.Select[Any]
    holds: Test
    source: Source
    along: Along | None = None
    is_range: bool = False


def conditions(sought: Sought) -> list[Condition]:
    """The filters in force, but for the words; first those that usually leave the fewest orders."""
    return [*_about_money(sought), *_about_goods(sought), *_ranges(sought)]


def _about_money(sought: Sought) -> Iterator[Condition]:
    if sought.matter == Matter.DISPUTED:
        yield _DISPUTED
    elif sought.matter == Matter.UNDECIDED:
        yield _UNDECIDED
    elif sought.matter == Matter.IN_REVIEW:
        yield _IN_REVIEW
    elif sought.matter == Matter.ALL_REFUNDED:
        yield _own(lambda order: sa.and_(_is_refunded(order), order.refunded_minor >= order.captured_minor))
    elif sought.matter == Matter.REFUNDED:
        yield _own(_is_refunded)
    if sought.state is not None:
        yield _own(lambda order: order.state == sought.state)


def _about_goods(sought: Sought) -> Iterator[Condition]:
    if sought.parcel == Parcel.TO_PACK:
        yield _own(is_to_pack)
    elif sought.parcel is not None:
        yield _own(lambda order: order.fulfilment == str(sought.parcel))
    if sought.country:
        yield _own(lambda order: order.country == sought.country)


def _ranges(sought: Sought) -> Iterator[Condition]:
    if sought.since is not None or sought.until is not None:
        yield _own(
            lambda order: _within(order.placed_at, sought.since, sought.until),
            along=Along.DATE,
            is_range=True,
        )
    if sought.least is not None or sought.most is not None:
        # The last amount counts, the last instant does not.
        beyond = None if sought.most is None else sought.most + 1
        yield _own(
            lambda order: _within(order.total_minor, sought.least, beyond),
            along=Along.AMOUNT,
            is_range=True,
        )


def is_to_pack(order: Any) -> Any:
    """Whether goods of an order wait to be packed.

    One expression in literals, exactly as `ix_orders_to_pack` is made of it: as three conditions SQLite would take
    the index of the state, and look at every paid order.
    """
    is_waiting = sa.and_(
        order.state == sa.literal_column("'paid'"),
        order.fulfilment.in_([sa.literal_column("'unshipped'"), sa.literal_column("'partly'")]),
        sa.or_(order.captured_minor == sa.literal_column("0"), order.captured_minor > order.refunded_minor),
    )
    return sa.case((is_waiting, sa.literal_column("1")), else_=sa.literal_column("0")) == sa.literal_column(
        "1"
    )


def orders_to_pack() -> sa.Select[Any]:
    """The ids of the orders whose goods wait to be packed."""
    return sa.select(ORDERS.c.id).where(is_to_pack(ORDERS.c))


def _is_refunded(order: Any) -> Any:
    return order.refunded_minor > sa.literal_column("0")


def _within(column: Any, first: Any, beyond: Any) -> Any:
    bounds = [column >= first] if first is not None else []
    return sa.and_(*bounds, *([column < beyond] if beyond is not None else []))


def _own(test: Test, *, along: Along = Along.DATE, is_range: bool = False) -> Condition:
    """A condition on the order itself."""
    return Condition(ALL_TOLD.where(test(ORDERS.c)), test, Source.ORDERS, along=along, is_range=is_range)


def _related(table: Any, test: Test) -> Condition:
    """A condition on rows that belong to the order."""
    rows = sa.select(table.c.order_id.label("id")).where(test(table.c))
    return Condition(rows, lambda order: has(rows, table.c.order_id == order.id), Source.OTHERS)


def has(rows: sa.Select[Any], mine: Any) -> Any:
    """Whether there is such a row. Not EXISTS: PostgreSQL would gather the rows of all orders to ask for a page's."""
    return rows.where(mine).limit(1).scalar_subquery().is_not(None)


_DISPUTED = _related(Dispute.__table__, lambda row: row.state != DisputeState.CLOSED)
# A bank asks or holds the money: somebody has to answer.
UNDECIDED = (DisputeState.INQUIRY, DisputeState.OPEN)
_UNDECIDED = _related(Dispute.__table__, lambda row: row.state.in_(UNDECIDED))
_IN_REVIEW = _related(PaymentAttempt.__table__, lambda row: row.state == AttemptState.REVIEW)
is_disputed, is_in_review = _DISPUTED.holds, _IN_REVIEW.holds


def term(word: str) -> Condition:
    """The orders that are found by a word."""
    words = OrderWord.__table__.alias()
    first, last = beginning(word)
    found = (words.c.word >= first, words.c.word <= last)
    rows = sa.select(words.c.order_id.label("id"), words.c.placed_at, words.c.total_minor).where(*found)
    one = sa.select(words.c.order_id).where(*found)
    return Condition(rows, lambda order: has(one, words.c.order_id == order.id), Source.WORDS)
