"""Statements of withdrawal as staff look at them: with their order, and until when money is due.

Knows how to read them, a page by a fixed number of queries; refuses to write.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.config import settings
from storefront.database import session
from storefront.errors import NotFound
from storefront.orders.models import number_of_id
from storefront.orders.refund import Refund, RefundState
from storefront.refunds.returns import LIVE, ReturnRequest, ReturnState
from storefront.refunds.withdrawals import Withdrawal, WithdrawalState

PAGE = 50

# Of a return that is closed: its refund failed, or waits for a second person to be tried again.
_NOT_ON_ITS_WAY = (RefundState.FAILED, RefundState.REQUESTED)
_UNDER_WAY = (RefundState.APPROVED, RefundState.SENT)


class Tray(StrEnum):
    """Where a statement lies: to decide, accepted and not paid back yet, done, or any."""

    OPEN = "open"
    DUE = "due"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class WithdrawalRecord:
    """A statement with the return that it became, and that one's refund."""

    statement: Withdrawal
    back: ReturnRequest | None
    refund: Refund | None

    @property
    def order_number(self) -> int | None:
        """The number of its order; None where it matches none."""
        return None if self.statement.order_id is None else number_of_id(self.statement.order_id)

    @property
    def due_on(self) -> date:
        """The day by which its money has to be back."""
        return self.statement.due_on(settings().timezone)

    @property
    def days_left(self) -> int:
        """How many days that is from today; below zero where it is over."""
        return (self.due_on - clock.today(settings().timezone)).days

    @property
    def is_due(self) -> bool:
        """Whether somebody still has to see to it: decide, or pay it back."""
        if self.statement.state == WithdrawalState.OPEN:
            return True
        return self.back is not None and (self.back.state in LIVE or self.has_failed)

    @property
    def has_failed(self) -> bool:
        """Whether its money did not arrive, and nobody has seen to that."""
        refund = self.refund
        return refund is not None and refund.state in _NOT_ON_ITS_WAY and refund.set_aside_at is None

    @property
    def is_paid(self) -> bool:
        """Whether nothing of it is left to be done: its money is back, or it ended without."""
        if self.back is None or self.back.state != ReturnState.CLOSED or self.has_failed:
            return False
        return self.refund is None or self.refund.state not in _UNDER_WAY


def withdrawal_record(withdrawal_id: int) -> WithdrawalRecord:
    """One statement, by one query. Raises NotFound."""
    found = _records(_all().where(Withdrawal.id == withdrawal_id)) if 0 < withdrawal_id < 2**63 else ()
    if not found:
        raise NotFound()
    return found[0]


def withdrawals_in(tray: Tray, *, past: int = 0) -> tuple[WithdrawalRecord, ...]:
    """A page of them, behind the id `past`, and one more where there are more; what is due first comes first."""
    found = _all().where(_lies_in(tray))
    if tray in {Tray.OPEN, Tray.DUE}:
        return _records(found.where(Withdrawal.id > past).order_by(Withdrawal.id).limit(PAGE + 1))
    older = found.where(Withdrawal.id < past) if past else found
    return _records(older.order_by(Withdrawal.id.desc()).limit(PAGE + 1))


def withdrawals_of_order(order_id: int) -> tuple[WithdrawalRecord, ...]:
    """Those about an order, the oldest first. One query."""
    return _records(_all().where(Withdrawal.order_id == order_id).order_by(Withdrawal.id))


def withdrawal_of_return(return_id: int) -> WithdrawalRecord | None:
    """The statement that a return comes from, if it does. One query."""
    return next(iter(_records(_all().where(Withdrawal.return_id == return_id))), None)


def withdrawals_that_wait() -> sa.Select[Any]:
    """Ids of those that nobody has decided about."""
    return sa.select(Withdrawal.id).where(Withdrawal.state == WithdrawalState.OPEN)


def _all() -> Any:
    return (
        sa.select(Withdrawal, ReturnRequest, Refund)
        .outerjoin(ReturnRequest, ReturnRequest.id == Withdrawal.return_id)
        .outerjoin(Refund, Refund.id == ReturnRequest.refund_id)
    )


def _lies_in(tray: Tray) -> sa.ColumnElement[bool]:
    accepted = Withdrawal.state == WithdrawalState.ACCEPTED
    failed = sa.and_(Refund.id.is_not(None), Refund.state.in_(_NOT_ON_ITS_WAY), Refund.set_aside_at.is_(None))
    return {
        Tray.OPEN: Withdrawal.state == WithdrawalState.OPEN,
        Tray.DUE: sa.and_(accepted, sa.or_(ReturnRequest.state.in_(LIVE), failed)),
        Tray.DONE: sa.or_(
            Withdrawal.state == WithdrawalState.REFUSED,
            sa.and_(accepted, ReturnRequest.state == ReturnState.CLOSED, sa.not_(failed)),
        ),
        Tray.ALL: sa.true(),
    }[tray]


def _records(statement: Any) -> tuple[WithdrawalRecord, ...]:
    rows = session().execute(statement, execution_options={"populate_existing": True})
    return tuple(WithdrawalRecord(found, back, refund) for found, back, refund in rows)
