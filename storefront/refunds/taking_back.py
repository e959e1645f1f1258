"""A shopper takes a return request back, as long as nothing came of it.

Knows until when that can be; refuses to undo what was sent or paid.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock, states
from storefront.database import lock, session, transaction
from storefront.errors import NotFound, Refused
from storefront.orders.money_back import Actor
from storefront.orders.steps import lock_order
from storefront.refunds.granting import facts_now, keep_decision, let_all_go, lines_of, tell, write_down
from storefront.refunds.return_records import ReturnRecord
from storefront.refunds.returns import Ground, ReturnRequest, ReturnState, Verdict
from storefront.refunds.words import WITHDRAWAL

_MAY = frozenset({ReturnState.OPEN, ReturnState.APPROVED, ReturnState.AWAITING_GOODS})


def can_take_back(record: ReturnRecord) -> bool:
    """Whether a request can still be taken back: no goods are here, and no money is on its way."""
    return _can(record.request) and not any(each.line.received for each in record.lines)


def is_taken_back(record: ReturnRecord) -> bool:
    """Whether it was."""
    return any(each.ground == Ground.TAKEN_BACK for each in record.decisions)


def take_back_return(return_id: int, *, order_id: int, by: Actor) -> None:
    """Take a request of an order back: it ends without money, and its pieces may be asked back again. Taken back
    before, it changes nothing. Raises Refused where it is too late, NotFound."""
    with transaction():
        order = lock_order(order_id)
        request = _of(order.id, return_id)
        if request.state == ReturnState.CLOSED and request.refund_id is None:
            return
        lines = lines_of(request.id)
        if not _can(request) or any(line.received for line in lines):
            raise Refused(
                _(
                    "This return can no longer be taken back: goods of it are here, or its money is on its way."
                )
            )
        keep_decision(request, Verdict.ENDED, Ground.TAKEN_BACK, facts=facts_now(request, lines), by=by)
        states.advance(request, ReturnState.CLOSED)
        request.closed_at = clock.now()
        let_all_go(order, request)
        write_down("return.taken_back", order, request, by=by)
        tell("return_taken_back", order, request)


def _can(request: ReturnRequest) -> bool:
    # Who has withdrawn from the contract has done so: only both sides together can undo that.
    return request.state in _MAY and request.refund_id is None and request.reason != WITHDRAWAL


def _of(order_id: int, return_id: int) -> ReturnRequest:
    mine = sa.select(ReturnRequest.id).where(
        ReturnRequest.id == return_id, ReturnRequest.order_id == order_id
    )
    known = 0 < return_id < 2**63 and session().scalar(mine)
    if not known:
        raise NotFound()
    request: ReturnRequest = lock(ReturnRequest, return_id)
    return request
