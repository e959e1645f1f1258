"""What becomes of a return request: goods awaited, money reckoned and sent, or an end without it.

Knows the steps and what each writes down; refuses to decide. Each step expects the order's lock.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, mail, states
from storefront.database import require_transaction, session
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.money_back import SYSTEM, Actor, RefundFacts, ask_no_more, claim_back
from storefront.orders.refund import Refund
from storefront.orders.tenders import Way
from storefront.payments.models import new_id
from storefront.policies.queries import policy_by_id
from storefront.refunds import queries, steps
from storefront.refunds.reckoning import Reckoned, Refundable, Wanted, less_of_goods, reckon
from storefront.refunds.returnable import Returnable
from storefront.refunds.returns import (
    LIVE,
    Ground,
    ReturnDecision,
    ReturnLine,
    ReturnNote,
    ReturnNoteKind,
    ReturnRequest,
    ReturnState,
    Verdict,
)
from storefront.refunds.weighing import Asked, Weighed, kept_of
from storefront.web.text import money_text


def write_request(order: Order, of: Returnable, weighed: Weighed, asked: Asked, *, key: str) -> ReturnRequest:
    """Write a request that waits. A step."""
    request = ReturnRequest(
        order_id=order.id,
        form_key=key,
        state=ReturnState.OPEN,
        policy_version_id=of.policy.id,
        reason=asked.reason,
        currency=order.currency,
        amount_minor=weighed.amount.minor,
        to_credit=asked.to_credit,
        asked_at=clock.now(),
    )
    current = require_transaction()
    current.add(request)
    current.flush()
    return request


def claim_pieces(order: Order, request: ReturnRequest, weighed: Weighed) -> None:
    """Write its lines, each with what the policy says of it; raises Refused where pieces are asked back already. A
    step."""
    for part in weighed.parts:
        line = part.of.line
        if not claim_back(order.id, line.id, pieces=part.pieces):
            raise Refused(_("These pieces are asked back already."), field=f"pieces-{line.id}")
        require_transaction().add(
            ReturnLine(
                request_id=request.id,
                order_line_id=line.id,
                quantity=part.pieces,
                accepted=part.pieces,
                is_covered=part.of.cover.allowed,
                rule=part.of.cover.rule,
                ends_on=part.of.cover.ends_on,
            )
        )


def await_goods(order: Order, request: ReturnRequest) -> None:
    """Approve it; its money goes back when the goods are here. A step."""
    _approve(order, request)
    states.advance(request, ReturnState.AWAITING_GOODS)
    tell("return_approved", order, request)


def grant(order: Order, request: ReturnRequest, *, by: Actor) -> Refund:
    """Approve it, and send its money: nothing has to come back first. Raises Refused, Disputed. A step."""
    _approve(order, request)
    tell("return_approved", order, request)
    return pay_back(order, request, reckoned_of(request)[1], by=by)


def _approve(_order: Order, request: ReturnRequest) -> None:
    states.advance(request, ReturnState.APPROVED)
    request.decided_at = clock.now()
    require_transaction().flush()


def reckoned_of(request: ReturnRequest, *, amount: Money | None = None) -> tuple[Refundable, Reckoned]:
    """What the request's money comes to now: its pieces that count, shipping where the whole order is back, or less
    by hand. Raises Refused, with the reason where nothing can go back."""
    of = queries.refundable(request.order_id)
    pieces = {line.order_line_id: line.accepted for line in lines_of(request.id) if line.accepted}
    is_last = all(line.left <= pieces.get(line.id, 0) for line in of.lines)
    wanted = Wanted(pieces=pieces, shipping=of.shipping_left if is_last else None, way=way_of(request))
    reckoned = reckon(of, wanted)
    promise = policy_by_id(request.policy_version_id).document.money_back
    goods = reckoned.amount - reckoned.shipping
    if fee := kept_of(goods, promise, reason=request.reason):
        reckoned = less_of_goods(of, reckoned, fee, way=wanted.way)
    if amount is not None and amount != reckoned.amount:
        if amount > reckoned.amount:
            raise Refused(
                _("These pieces come to %(most)s at most.", most=money_text(reckoned.amount)), field="amount"
            )
        reckoned = reckon(of, replace(wanted, amount=amount))
    # What never left is on the shelf as soon as it is called off; what came back was put there when it came.
    parts = (
        replace(part, restocked=min(part.pieces, part.line.unsent, part.line.can_restock))
        for part in reckoned.parts
    )
    return of, replace(reckoned, parts=tuple(parts))


def way_of(request: ReturnRequest) -> Way:
    """How its money goes back: as it came, unless the shopper wants it as credit."""
    return Way.CREDIT if request.to_credit else Way.AS_PAID


def pay_back(order: Order, request: ReturnRequest, reckoned: Reckoned, *, by: Actor) -> Refund:
    """Ask for its money, and let that go where one person may. Raises Refused, Disputed. A step."""
    of = queries.refundable(order.id)
    facts = RefundFacts(
        refund_id=new_id("ref"),
        attempt_id=of.attempt_id,
        amount=reckoned.amount,
        shipping=reckoned.shipping,
        reason=request.reason,
        way=way_of(request),
    )
    refund = steps.ask(order, facts, by=by)
    steps.keep_parts(order, refund, reckoned.parts)
    request.refund_id = refund.id
    require_transaction().flush()
    if not queries.needs_second_person(of, refund.amount):
        steps.approve(order, refund, by=by)
    return refund


def let_go(order: Order, request: ReturnRequest, line: ReturnLine, *, pieces: int) -> None:
    """Pieces of a line no longer count: they may be asked back anew. A step."""
    if pieces:
        line.accepted -= pieces
        ask_no_more(order.id, line.order_line_id, pieces=pieces)


def let_all_go(order: Order, request: ReturnRequest) -> None:
    """None of its pieces count any longer. A step."""
    for line in lines_of(request.id):
        let_go(order, request, line, pieces=line.accepted)


def close_with_order(order: Order, *, by: Actor) -> None:
    """The order is cancelled and all of its money goes back: what was asked back of it is settled. A step."""
    mine = sa.select(ReturnRequest).where(
        ReturnRequest.order_id == order.id,
        ReturnRequest.state.in_(LIVE),
        ReturnRequest.refund_id.is_(None),
    )
    for request in session().scalars(mine.order_by(ReturnRequest.id)).all():
        if request.state == ReturnState.OPEN:
            _approve(order, request)
        states.advance(request, ReturnState.CLOSED)
        request.closed_at = clock.now()
        keep_decision(request, Verdict.ENDED, Ground.ORDER_CANCELLED, facts={}, by=by)
        write_down("return.ended", order, request, by=by, code=Ground.ORDER_CANCELLED)


def lines_of(request_id: int) -> list[ReturnLine]:
    """The lines of a request, in the order of the order's."""
    mine = sa.select(ReturnLine).where(ReturnLine.request_id == request_id)
    fresh = {"populate_existing": True}
    return list(session().scalars(mine.order_by(ReturnLine.order_line_id), execution_options=fresh))


def facts_now(request: ReturnRequest, lines: list[ReturnLine]) -> dict[str, Any]:
    """What a person's decision is made on: what the policy said of each line, and what was asked for."""
    return {
        "currency": request.currency,
        "amount_minor": request.amount_minor,
        "lines": [
            {
                "line": line.order_line_id,
                "pieces": line.quantity,
                "covered": line.is_covered,
                "rule": line.rule,
                "ends_on": line.ends_on.isoformat() if line.ends_on else None,
            }
            for line in lines
        ],
    }


def keep_decision(
    request: ReturnRequest,
    verdict: Verdict,
    ground: Ground,
    *,
    facts: Mapping[str, Any],
    by: Actor = SYSTEM,
) -> None:
    """Write down what was decided, by which rule of which policy, on which facts, and by whom. A step."""
    require_transaction().add(
        ReturnDecision(
            request_id=request.id,
            verdict=verdict,
            ground=ground,
            policy_version_id=request.policy_version_id,
            facts=dict(facts),
            actor_kind=by[0],
            actor_id=None if by[1] is None else str(by[1]),
            at=clock.now(),
        )
    )


def keep_words(request: ReturnRequest, text: str, *, kind: ReturnNoteKind) -> None:
    """Keep what somebody wrote, where it can be erased; nothing where nothing was written. A step."""
    if text:
        require_transaction().add(ReturnNote(request_id=request.id, kind=kind, text=text, at=clock.now()))


def write_down(
    verb: str,
    order: Order,
    request: ReturnRequest,
    *,
    by: Actor,
    code: str | None = None,
    more: Mapping[str, object] | None = None,
) -> None:
    """Write it into the order's story. A step."""
    said = {
        "return": request.number,
        "amount": f"{request.amount.decimal} {request.currency}",
        **(more or {}),
    }
    detail = {name: (None, value) for name, value in said.items() if value not in {None, ""}}
    audit.record(verb, subject=("order", order.id), actor=by, code=code or request.reason, detail=detail)


def tell(kind: str, order: Order, request: ReturnRequest) -> None:
    """Owe the shopper the mail of this step. A step."""
    facts = {"order_id": order.id, "return_id": request.id}
    mail.owe(kind, subject=f"return:{request.id}", recipient=order.email, facts=facts)
