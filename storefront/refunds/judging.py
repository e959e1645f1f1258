"""What people decide about return requests: approved, declined, goods recorded, paid back, ended without money.

Each locks the order first and looks behind the lock; what is against the policy needs a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront import clock, states
from storefront.catalogue import stock
from storefront.catalogue.models import Cause
from storefront.database import lock, session, transaction
from storefront.errors import NotFound, Refused
from storefront.money import Money
from storefront.orders.disputes import refuse_disputed
from storefront.orders.models import Order, OrderLine
from storefront.orders.money_back import Actor
from storefront.orders.refund import Refund, RefundState
from storefront.orders.steps import lock_order
from storefront.policies.queries import policy_by_id
from storefront.refunds import queries
from storefront.refunds.granting import (
    await_goods,
    facts_now,
    grant,
    keep_decision,
    keep_words,
    let_all_go,
    let_go,
    lines_of,
    pay_back,
    reckoned_of,
    tell,
    write_down,
)
from storefront.refunds.reckoning import LineLeft, Reckoned, Shown, require_shown
from storefront.refunds.returns import (
    Ground,
    ReturnLine,
    ReturnNoteKind,
    ReturnRequest,
    ReturnState,
    Verdict,
)

LONGEST_WHY = 1000


@dataclass(frozen=True, slots=True)
class Came:
    """Pieces of a line that came back, and how many of them go on the shelf again."""

    pieces: int
    restocked: int = 0


def approve_return(return_id: int, *, why: str = "", shown: Shown | None = None, by: Actor) -> None:
    """Approve what waits, as its policy says: goods first, or its money at once, which is what was `shown`. Approved
    before, it changes nothing.

    Raises Refused where it was declined, or is not covered and no reason is given; Disputed; NotFound.
    """
    with transaction():
        request, order = _locked(return_id)
        if not _is_to_approve(request):
            return
        _approved(order, request, why=why, by=by)
        if goods_come_first(request):
            await_goods(order, request)
        else:
            _check_shown(grant(order, request, by=by), shown)


def approve_without_goods(return_id: int, *, why: str = "", shown: Shown | None = None, by: Actor) -> None:
    """Approve what waits, and send its money at once: nothing has to be sent back. Raises as `approve_return`."""
    with transaction():
        request, order = _locked(return_id)
        if not _is_to_approve(request):
            return
        _approved(order, request, why=why, by=by)
        _check_shown(grant(order, request, by=by), shown)


def _check_shown(refund: Refund, shown: Shown | None) -> None:
    if shown is not None:
        require_shown(shown, now=Shown(refund.amount, refund.by_stripe))


def goods_come_first(request: ReturnRequest) -> bool:
    """Whether anything of it has to come back, and has to before its money goes."""
    promise = policy_by_id(request.policy_version_id).document.money_back
    return promise.goods_first and bool(to_come(request))


def to_come(request: ReturnRequest) -> dict[int, int]:
    """Pieces by line of the order that have left the house and have to be sent back; none of those that need not."""
    rows = session().execute(
        sa.select(ReturnLine.quantity, OrderLine)
        .join(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(ReturnLine.request_id == request.id)
        .order_by(OrderLine.position, OrderLine.id)
    )
    away = {
        line.id: max(0, quantity - line.to_ship) if line.requires_shipping else 0 for quantity, line in rows
    }
    return {line_id: pieces for line_id, pieces in away.items() if pieces}


def _is_to_approve(request: ReturnRequest) -> bool:
    if request.state == ReturnState.DECLINED:
        raise Refused(_("This return was declined before."))
    return request.state == ReturnState.OPEN


def _approved(order: Order, request: ReturnRequest, *, why: str, by: Actor) -> None:
    lines = lines_of(request.id)
    is_covered = all(line.is_covered for line in lines)
    _check_why(why, is_needed=not is_covered)
    refuse_disputed(order)
    ground = Ground.BY_STAFF if is_covered else Ground.OVERRIDE
    keep_decision(request, Verdict.APPROVED, ground, facts=facts_now(request, lines), by=by)
    keep_words(request, why, kind=ReturnNoteKind.STAFF)
    write_down("return.approved", order, request, by=by, code=ground, more={"why": why})


def decline_return(return_id: int, *, why: str, by: Actor) -> None:
    """Decline what waits, with an explanation that the shopper reads; its pieces may be asked back again. Declined
    before, it changes nothing. Raises Refused where it was approved, or nothing is explained; NotFound."""
    _check_why(why, is_needed=True)
    with transaction():
        request, order = _locked(return_id)
        if request.state == ReturnState.DECLINED:
            return
        if request.state != ReturnState.OPEN:
            raise Refused(_("This return was approved before."))
        lines = lines_of(request.id)
        ground = Ground.OVERRIDE if all(line.is_covered for line in lines) else Ground.BY_STAFF
        keep_decision(request, Verdict.DECLINED, ground, facts=facts_now(request, lines), by=by)
        keep_words(request, why, kind=ReturnNoteKind.TOLD)
        states.advance(request, ReturnState.DECLINED)
        request.decided_at = clock.now()
        let_all_go(order, request)
        write_down("return.declined", order, request, by=by, code=ground, more={"why": why})
        tell("return_declined", order, request)


def receive_goods(return_id: int, came: Mapping[int, Came], *, by: Actor) -> None:
    """Record what came back, by line of the order, and put on the shelf what is fit for it. What did not come may be
    asked back again; its money stays here. Recorded before, it changes nothing.

    Raises Refused where nothing is awaited, nothing came, or more than was asked back; NotFound.
    """
    with transaction():
        request, order = _locked(return_id)
        if request.state == ReturnState.RECEIVED:
            return
        if request.state != ReturnState.AWAITING_GOODS:
            raise Refused(_("No goods of this return are awaited."))
        lines = {line.order_line_id: line for line in lines_of(request.id)}
        awaited = to_come(request)
        _check_came(request, awaited, came)
        for line_id, line in lines.items():
            here = came.get(line_id, Came(0))
            line.received, line.restocked = here.pieces, here.restocked
            # Pieces that need not be sent back count as they did.
            counts = min(line.quantity, here.pieces + line.quantity - awaited.get(line_id, 0))
            let_go(order, request, line, pieces=line.accepted - counts)
        _to_the_shelf(request, came)
        states.advance(request, ReturnState.RECEIVED)
        request.received_at = clock.now()
        pieces = sum(each.pieces for each in came.values())
        write_down("return.received", order, request, by=by, more={"pieces": pieces})
        tell("return_received", order, request)


def _check_came(request: ReturnRequest, awaited: Mapping[int, int], came: Mapping[int, Came]) -> None:
    if not came.keys() <= {line.order_line_id for line in lines_of(request.id)}:
        raise Refused(_("One of these lines is not of this return."))
    left = {line.id: line for line in queries.refundable(request.order_id).lines}
    for line_id, here in sorted(came.items()):
        if not 0 <= here.pieces <= awaited.get(line_id, 0):
            raise Refused(_asked_back(left[line_id], awaited.get(line_id, 0)), field=f"came-{line_id}")
        if not 0 <= here.restocked <= min(here.pieces, left[line_id].can_restock):
            most = min(here.pieces, left[line_id].can_restock)
            said = _("Of “%(title)s”, %(most)s can go on the shelf.", title=left[line_id].title, most=most)
            raise Refused(said, field=f"restock-{line_id}")
    if not any(here.pieces for here in came.values()):
        raise Refused(_("Say what has come back. If nothing comes any more, end the return instead."))


def _asked_back(line: LineLeft, pieces: int) -> str:
    return ngettext(
        "Of “%(title)s”, %(num)d piece was to come back.",
        "Of “%(title)s”, %(num)d pieces were to come back.",
        pieces,
        title=line.title,
    )


def _to_the_shelf(request: ReturnRequest, came: Mapping[int, Came]) -> None:
    restocked = {line_id: here.restocked for line_id, here in came.items() if here.restocked}
    rows = session().execute(
        sa.select(OrderLine.id, OrderLine.variant_id).where(OrderLine.id.in_(sorted(restocked)))
    )
    pieces: dict[int, int] = {}
    for line_id, variant_id in rows:
        pieces[variant_id] = pieces.get(variant_id, 0) + restocked[line_id]
    if pieces:
        stock.give_back(pieces, reference=f"return:{request.id}", cause=Cause.RETURN)


def preview_return_refund(return_id: int, *, amount: Money | None = None) -> tuple[Reckoned, bool]:
    """What its refund would come to, and whether it would wait for a second person; writes nothing. Raises Refused,
    NotFound."""
    request = session().get(ReturnRequest, return_id, populate_existing=True)
    if request is None:
        raise NotFound()
    _require_refundable(request)
    of, reckoned = reckoned_of(request, amount=amount)
    return reckoned, queries.needs_second_person(of, reckoned.amount)


def refund_return(
    return_id: int, *, amount: Money, by_stripe: Money | None = None, why: str = "", by: Actor
) -> str:
    """Send its money, `amount` or less of what its pieces come to, of which Stripe was shown to give `by_stripe`, and
    answer the refund's id; a second call answers the same. Above `STOREFRONT_REFUND_ALONE_UP_TO` it waits for
    another person.

    Raises Refused where nothing is to be paid, or less than all without a reason; Disputed; NotFound.
    """
    with transaction():
        request, order = _locked(return_id)
        if request.refund_id is not None:
            _refuse_failed(request.refund_id)
            return request.refund_id
        _require_refundable(request)
        _of, whole = reckoned_of(request)
        _of, reckoned = reckoned_of(request, amount=amount)
        if by_stripe is not None:
            require_shown(Shown(amount, by_stripe), now=Shown(reckoned.amount, reckoned.by_stripe))
        _check_why(why, is_needed=reckoned.amount < whole.amount)
        keep_words(request, why, kind=ReturnNoteKind.TOLD)
        refund = pay_back(order, request, reckoned, by=by)
        said = {"refund": refund.id, "back": f"{reckoned.amount.decimal} {order.currency}", "why": why}
        write_down("return.refunded", order, request, by=by, more=said)
        return refund.id


def _refuse_failed(refund_id: str) -> None:
    refund = session().get_one(Refund, refund_id, populate_existing=True)
    if refund.state == RefundState.FAILED:
        raise Refused(_("The refund of this return has failed. Try it again on its own page."))


def _require_refundable(request: ReturnRequest) -> None:
    if request.waits_for_refund:
        return
    said = {
        ReturnState.OPEN: _("This return is not approved."),
        ReturnState.AWAITING_GOODS: _("The goods of this return are not here yet."),
        ReturnState.DECLINED: _("This return was declined before."),
    }
    raise Refused(said.get(request.state, _("The money of this return has gone on its way before.")))


def end_return(return_id: int, *, why: str, by: Actor) -> None:
    """End an approved return without money, with an explanation that the shopper reads: the goods never came, or not
    as they should. Its pieces may be asked back again. Ended before, it changes nothing. Raises Refused, NotFound."""
    _check_why(why, is_needed=True)
    with transaction():
        request, order = _locked(return_id)
        if request.state == ReturnState.CLOSED and request.refund_id is None:
            return
        if request.state in {ReturnState.OPEN, ReturnState.DECLINED, ReturnState.CLOSED}:
            raise Refused(_("Only a return that is approved and not paid back can be ended."))
        if request.refund_id is not None:
            raise Refused(_("Its refund waits for a second person. It has to be declined first."))
        lines = lines_of(request.id)
        keep_decision(request, Verdict.ENDED, Ground.OVERRIDE, facts=facts_now(request, lines), by=by)
        keep_words(request, why, kind=ReturnNoteKind.TOLD)
        states.advance(request, ReturnState.CLOSED)
        request.closed_at = clock.now()
        let_all_go(order, request)
        write_down("return.ended", order, request, by=by, more={"why": why})
        tell("return_ended", order, request)


def _check_why(why: str, *, is_needed: bool) -> None:
    if is_needed and not why:
        raise Refused(_("Say why."), field="why")
    if len(why) > LONGEST_WHY:
        raise Refused(_("A reason has at most %(most)s characters.", most=LONGEST_WHY), field="why")


def _locked(return_id: int) -> tuple[ReturnRequest, Order]:
    known = 0 < return_id < 2**63
    mine = sa.select(ReturnRequest.order_id).where(ReturnRequest.id == return_id)
    order_id = session().scalar(mine) if known else None
    if order_id is None:
        raise NotFound()
    order = lock_order(order_id)
    return lock(ReturnRequest, return_id), order
