"""Return requests as people look at them: with their lines, what was decided and what was written.

Knows how to read them whole, a page by a fixed number of queries; refuses to write.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storefront.database import session
from storefront.errors import NotFound
from storefront.orders.models import Order, OrderLine, id_of_number, number_of_id
from storefront.orders.refund import Refund
from storefront.people import spellings
from storefront.refunds.returns import (
    ReturnDecision,
    ReturnLine,
    ReturnNote,
    ReturnNoteKind,
    ReturnRequest,
    ReturnState,
)

PAGE = 50


class Pile(StrEnum):
    """Where a request lies for staff: what waits for them, for goods, for a second person, and what has ended."""

    TO_DO = "to_do"
    COMING = "coming"
    SECOND = "second"
    PAID = "paid"
    WITHOUT = "without"
    ALL = "all"


# The oldest first where something is to be done, the newest first where it is only looked up.
_OLDEST_FIRST = frozenset({Pile.TO_DO, Pile.COMING, Pile.SECOND})


@dataclass(frozen=True, slots=True)
class Sought:
    """Which requests are looked for; what is empty does not matter. `number` is the order's."""

    pile: Pile = Pile.TO_DO
    reason: str = ""
    number: int | None = None
    return_id: int | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class LineAsked:
    """A line of a request with what it is called."""

    line: ReturnLine
    title: str
    variant_title: str
    sku: str | None


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """A request with all that belongs to it; `email` is its order's."""

    request: ReturnRequest
    lines: tuple[LineAsked, ...]
    decisions: tuple[ReturnDecision, ...]
    notes: tuple[ReturnNote, ...]
    refund: Refund | None
    email: str
    country: str

    @property
    def number(self) -> int:
        """The number of its order."""
        return number_of_id(self.request.order_id)

    @property
    def pieces(self) -> int:
        """How many were asked for."""
        return sum(each.line.quantity for each in self.lines)

    @property
    def is_covered(self) -> bool:
        """Whether the policy covered all of it when it was asked for."""
        return all(each.line.is_covered for each in self.lines)

    @property
    def told(self) -> str:
        """What the shopper was told last of why; empty where that was erased, or nothing had to be said."""
        return next((each.text for each in reversed(self.notes) if each.kind == ReturnNoteKind.TOLD), "")

    @property
    def waits_for_second(self) -> bool:
        """Whether its refund waits for another person."""
        is_live = self.request.state in {ReturnState.APPROVED, ReturnState.RECEIVED}
        return is_live and self.request.refund_id is not None


def return_record(return_id: int) -> ReturnRecord:
    """One request, by five queries. Raises NotFound."""
    found = _records(_of(ReturnRequest.id == return_id)) if 0 < return_id < 2**63 else ()
    if not found:
        raise NotFound()
    return found[0]


def returns_of_order(order_id: int) -> tuple[ReturnRecord, ...]:
    """All of an order, the oldest first, by five queries; by one where there are none."""
    return _records(_of(ReturnRequest.order_id == order_id).order_by(ReturnRequest.id))


def returns_that_wait() -> sa.Select[Any]:
    """Ids of those that somebody has to decide about, or to pay back."""
    return sa.select(ReturnRequest.id).where(_in_pile(Pile.TO_DO))


def sought_returns(sought: Sought, *, past: int = 0) -> tuple[ReturnRecord, ...]:
    """A page of what is looked for, behind the id `past`, and one more where there are more; five queries."""
    found = _of(*_conditions(sought))
    if sought.pile in _OLDEST_FIRST:
        return _records(found.where(ReturnRequest.id > past).order_by(ReturnRequest.id).limit(PAGE + 1))
    older = found.where(ReturnRequest.id < past) if past else found
    return _records(older.order_by(ReturnRequest.id.desc()).limit(PAGE + 1))


def pile_sizes(*, most: int) -> dict[Pile, int]:
    """How many lie in each pile in which something is to be done, counted up to `most`. One statement."""
    counts = [
        sa.select(sa.func.count())
        .select_from(sa.select(ReturnRequest.id).where(_in_pile(pile)).limit(most).subquery())
        .scalar_subquery()
        .label(pile)
        for pile in sorted(_OLDEST_FIRST)
    ]
    return {
        Pile(name): count for name, count in session().execute(sa.select(*counts)).mappings().one().items()
    }


def _of(*conditions: sa.ColumnElement[bool]) -> Any:
    return (
        sa.select(ReturnRequest, Refund, Order.email, Order.country)
        .join(Order, Order.id == ReturnRequest.order_id)
        .outerjoin(Refund, Refund.id == ReturnRequest.refund_id)
        .where(*conditions)
    )


def _conditions(sought: Sought) -> list[sa.ColumnElement[bool]]:
    found = [_in_pile(sought.pile)]
    if sought.reason:
        found.append(ReturnRequest.reason == sought.reason)
    if sought.number is not None:
        found.append(ReturnRequest.order_id == id_of_number(sought.number))
    if sought.return_id is not None:
        found.append(ReturnRequest.id == sought.return_id)
    if sought.email:
        found.append(sa.func.lower(Order.email).in_(sorted(spellings(sought.email))))
    return found


def _in_pile(pile: Pile) -> sa.ColumnElement[bool]:
    state, refund_id = ReturnRequest.state, ReturnRequest.refund_id
    to_pay = state.in_((ReturnState.APPROVED, ReturnState.RECEIVED))
    ended = state.in_((ReturnState.CLOSED, ReturnState.DECLINED))
    return {
        Pile.TO_DO: sa.or_(state == ReturnState.OPEN, sa.and_(to_pay, refund_id.is_(None))),
        Pile.COMING: state == ReturnState.AWAITING_GOODS,
        Pile.SECOND: sa.and_(to_pay, refund_id.is_not(None)),
        Pile.PAID: sa.and_(state == ReturnState.CLOSED, refund_id.is_not(None)),
        Pile.WITHOUT: sa.and_(ended, refund_id.is_(None)),
        Pile.ALL: sa.true(),
    }[pile]


def _records(statement: "sa.Select[Any]") -> tuple[ReturnRecord, ...]:
    rows = session().execute(statement, execution_options={"populate_existing": True}).all()
    ids = [row[0].id for row in rows]
    if not ids:
        return ()
    lines = _lines(ids)
    decisions = _by_request(
        sa.select(ReturnDecision).where(ReturnDecision.request_id.in_(ids)), ReturnDecision.id
    )
    notes = _by_request(sa.select(ReturnNote).where(ReturnNote.request_id.in_(ids)), ReturnNote.id)
    return tuple(
        ReturnRecord(
            request=request,
            lines=tuple(lines[request.id]),
            decisions=tuple(decisions[request.id]),
            notes=tuple(notes[request.id]),
            refund=refund,
            email=email,
            country=country,
        )
        for request, refund, email, country in rows
    )


def _lines(ids: Sequence[int]) -> dict[int, list[LineAsked]]:
    found: dict[int, list[LineAsked]] = defaultdict(list)
    rows = session().execute(
        sa.select(ReturnLine, OrderLine.title, OrderLine.variant_title, OrderLine.sku)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(ReturnLine.request_id.in_(ids))
        .order_by(OrderLine.position, OrderLine.id),
        execution_options={"populate_existing": True},
    )
    for line, title, variant_title, sku in rows:
        found[line.request_id].append(LineAsked(line, title, variant_title, sku))
    return found


def _by_request(statement: "sa.Select[Any]", order: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for each in session().scalars(statement.order_by(order)):
        found[each.request_id].append(each)
    return found
