"""What refunds know of a person: what they wrote about a return, and staff beside it. Lines and amounts stay with the
books.
"""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import people
from storefront.database import session
from storefront.orders.models import number_of_id
from storefront.orders.refund import Refund
from storefront.refunds.models import RefundLine, RefundNote
from storefront.refunds.records import open_failures
from storefront.refunds.returns import LIVE, ReturnDecision, ReturnLine, ReturnNote, ReturnRequest
from storefront.refunds.withdrawals import Withdrawal, WithdrawalState


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Notes on refunds and returns of the person's orders, and what was given back for which line."""
    theirs = sa.select(Refund.id).where(Refund.order_id.in_(person.order_ids))
    return (
        _withdrawals(person),
        *_returns(person),
        people.Holding(people.table_of(RefundNote), RefundNote.refund_id.in_(theirs)),
        people.Holding(
            people.table_of(RefundLine), RefundLine.refund_id.in_(theirs), forget={}, keeps=("refund_id",)
        ),
    )


def _withdrawals(person: people.Person) -> people.Holding:
    """Statements by their address, or about their orders: that there was one, and what was decided, stays."""
    return people.Holding(
        people.table_of(Withdrawal),
        sa.or_(people.is_one_of(Withdrawal.email, person.emails), Withdrawal.order_id.in_(person.order_ids))
        & (Withdrawal.received_at <= person.until),
        forget={
            "name": "",
            "email": person.pseudonym,
            "number": "",
            "text": "",
            "told": None,
            "remark": None,
        },
        keeps=("form_key", "state", "facts", "actor_kind", "actor_id"),
        # Who works here is not about the person.
        hidden=("actor_kind", "actor_id", "remark"),
        subject="withdrawal",
    )


def _returns(person: people.Person) -> tuple[people.Holding, ...]:
    """What they asked to send back: what was written goes, what was decided stays with the order."""
    mine = ReturnRequest.order_id.in_(person.order_ids)
    theirs = sa.select(ReturnRequest.id).where(mine)
    return (
        people.Holding(people.table_of(ReturnNote), ReturnNote.request_id.in_(theirs)),
        people.Holding(
            people.table_of(ReturnDecision),
            ReturnDecision.request_id.in_(theirs),
            forget={},
            keeps=("verdict", "ground", "facts", "actor_kind", "actor_id"),
            # Who works here is not about the person.
            hidden=("actor_kind", "actor_id"),
        ),
        people.Holding(
            people.table_of(ReturnLine), ReturnLine.request_id.in_(theirs), forget={}, keeps=("rule",)
        ),
        people.Holding(
            people.table_of(ReturnRequest),
            mine,
            forget={},
            keeps=("form_key", "state", "reason", "currency", "refund_id"),
            subject="return",
        ),
    )


@people.objects
def in_the_way(person: people.Person) -> list[str]:
    """Goods and money that are still on their way, and money that is owed since its refund failed."""
    open_ones = sa.select(ReturnRequest.order_id).where(
        ReturnRequest.order_id.in_(person.order_ids), ReturnRequest.state.in_(LIVE)
    )
    failed = sa.select(Refund.order_id).where(
        Refund.order_id.in_(person.order_ids), Refund.id.in_(open_failures())
    )
    said = [
        _("A return of order %(number)s has not ended yet.", number=number) for number in _numbers(open_ones)
    ]
    said += [
        _(
            "A refund of order %(number)s has failed: it is tried again, or seen to in another way, first.",
            number=number,
        )
        for number in _numbers(failed)
    ]
    theirs = people.is_one_of(Withdrawal.email, person.emails) | Withdrawal.order_id.in_(person.order_ids)
    waiting = sa.select(Withdrawal.id).where(theirs, Withdrawal.state == WithdrawalState.OPEN)
    if session().scalar(waiting.limit(1)) is not None:
        return [_("A withdrawal under this address, or of one of its orders, is not decided yet."), *said]
    return said


def _numbers(orders: sa.Select[Any]) -> list[int]:
    return sorted({number_of_id(order_id) for order_id in session().scalars(orders)})
