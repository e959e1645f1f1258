"""Money back, begun inside the transaction that finds it due.

Knows how a refund is reserved, goes on its way and takes goods back; refuses to decide whether it is owed.
"""

import sqlalchemy as sa

from storefront import audit, clock, jobs
from storefront.catalogue import stock
from storefront.catalogue.models import Cause
from storefront.database import require_transaction
from storefront.money import Money, allocate
from storefront.orders.models import Order, OrderLine, OrderState
from storefront.orders.money_back import (
    SURPLUS,
    SYSTEM,
    Actor,
    RefundFacts,
    amount_said,
    approve_request,
    decline_request,
    request_refund,
    reserve_refund,
)
from storefront.orders.parcels import call_off, call_on
from storefront.orders.refund import RESERVED, Refund, RefundState
from storefront.orders.tenders import Way, left_of_payment
from storefront.payments.models import PaymentAttempt, new_id
from storefront.refunds import queries
from storefront.refunds.cards_back import take_cards_back
from storefront.refunds.following import follow_approval, follow_refusal, follow_replacement
from storefront.refunds.models import NoteKind, RefundLine, RefundNote
from storefront.refunds.reckoning import Part

# Why there is a refund that nobody here asked for: somebody made it in Stripe's dashboard.
MADE_AT_STRIPE = "made_at_stripe"


def give_all_back(order: Order, *, attempt_id: str, amount: Money, reason: str, by: Actor = SYSTEM) -> Refund:
    """Reserve a refund of one whole payment and enqueue its sending; raises Refused beyond what is left. A step."""
    refund = reserve_refund(
        order, refund_id=new_id("ref"), attempt_id=attempt_id, amount=amount, reason=reason, by=by
    )
    _enqueue(refund)
    return refund


def refund_rest(order: Order, *, reason: str, by: Actor) -> Refund | None:
    """Ask for all that is left of an order's payment, as for one that is cancelled; approved at once where one
    person may. None where nothing is left. Raises Disputed. A step."""
    require_transaction().flush()
    of = queries.refundable(order.id)
    if not of.left:
        return None
    facts = RefundFacts(new_id("ref"), of.attempt_id, of.left, reason)
    refund = ask(order, facts, by=by)
    if queries.needs_second_person(of, refund.amount):
        # Nobody spends of them while it waits: what is cancelled is cancelled already.
        take_cards_back(order, refund)
    else:
        approve(order, refund, by=by)
    return refund


def ask(order: Order, facts: RefundFacts, *, by: Actor) -> Refund:
    """Write a refund that waits, and who asked for it. Raises Disputed, Refused beyond what is left. A step."""
    refund = request_refund(order, facts, by=by)
    audit.record(
        "refund.requested",
        subject=("order", order.id),
        actor=by,
        code=facts.reason,
        detail={"refund": (None, refund.id), "amount": (None, amount_said(refund))},
    )
    return refund


def approve(order: Order, refund: Refund, *, by: Actor) -> None:
    """Let a requested refund go, put on the shelf what it says, and take gift cards back whose price it pays; once,
    since a refund is approved once. Raises Refused where one of those was spent. A step."""
    approve_request(order, refund, by=by)
    pieces = _to_the_shelf(refund)
    if pieces:
        stock.give_back(pieces, reference=f"refund:{refund.id}", cause=Cause.RESTOCK)
    # Behind the variants, as whoever buys with a card takes them: else both wait for one another.
    take_cards_back(order, refund)
    follow_approval(refund)
    _enqueue(refund)


def decline(order: Order, refund: Refund, *, by: Actor) -> None:
    """Refuse a requested refund: its amount is free again, and its pieces are to be sent after all. A step."""
    decline_request(order, refund, by=by)
    follow_refusal(refund)
    if order.state == OrderState.CANCELLED:
        return
    over = {line.id: line.called_off - back for line, back in _lines_of(refund) if line.called_off > back}
    if over:
        call_on(order, over)


def make_room(order: Order, attempt: PaymentAttempt, amount: Money) -> Refund | None:
    """Decline what waits for its approval, the newest first, until order and payment have `amount` left: that went
    back at Stripe already, and is a fact. The last that had to go, if any. A step."""
    waiting = sa.select(Refund).where(Refund.order_id == order.id, Refund.state == RefundState.REQUESTED)
    gone = None
    for each in require_transaction().scalars(waiting.order_by(Refund.created_at.desc(), Refund.id)):
        if amount.currency != order.currency:
            break
        is_in_the_way = bool(each.by_stripe) and each.attempt_id == attempt.id
        if amount <= order.refundable and not (is_in_the_way and amount > left_of_payment(attempt)):
            continue
        decline(order, each, by=SYSTEM)
        detail = {"refund": (None, each.id), "amount": (None, amount_said(each))}
        audit.record("refund.declined", subject=("order", order.id), code=MADE_AT_STRIPE, detail=detail)
        gone = each
    return gone


def _call_off(order: Order, refund: Refund) -> None:
    """Pieces whose money is asked back before they left are not sent: those that are still here count first. Never
    more than refunds have: one in place of another that failed is for the same pieces."""
    if order.state == OrderState.CANCELLED:
        return
    asked = {each.order_line_id: each.quantity for each in _parts_of(refund)}
    here = {
        line.id: min(asked[line.id], line.to_ship, back - line.called_off) for line, back in _lines_of(refund)
    }
    if pieces := {line_id: count for line_id, count in here.items() if count > 0}:
        call_off(order, pieces)


def _parts_of(refund: Refund) -> sa.ScalarResult[RefundLine]:
    mine = sa.select(RefundLine).where(RefundLine.refund_id == refund.id)
    return require_transaction().scalars(mine.order_by(RefundLine.order_line_id))


def _lines_of(refund: Refund) -> list[tuple[OrderLine, int]]:
    """The order's lines that a refund is for, with their pieces in all refunds that stand or were seen to."""
    current = require_transaction()
    current.flush()
    stands = sa.or_(Refund.state.in_(RESERVED), Refund.set_aside_at.is_not(None))
    back = (
        sa.select(sa.func.coalesce(sa.func.sum(RefundLine.quantity), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(RefundLine.order_line_id == OrderLine.id, stands)
        .scalar_subquery()
    )
    mine = sa.select(RefundLine.order_line_id).where(RefundLine.refund_id == refund.id)
    rows = current.execute(
        sa.select(OrderLine, back).where(OrderLine.id.in_(mine)).execution_options(populate_existing=True)
    )
    return [(line, int(pieces)) for line, pieces in rows]


def _enqueue(refund: Refund) -> None:
    jobs.enqueue("refund.send", {"refund_id": refund.id}, key=f"refund:{refund.id}")


def _to_the_shelf(refund: Refund) -> dict[int, int]:
    rows = require_transaction().execute(
        sa.select(OrderLine.variant_id, sa.func.sum(RefundLine.restocked))
        .join(RefundLine, RefundLine.order_line_id == OrderLine.id)
        .where(RefundLine.refund_id == refund.id)
        .group_by(OrderLine.variant_id)
    )
    return {variant_id: int(pieces) for variant_id, pieces in rows if pieces}


def keep_parts(order: Order, refund: Refund, parts: tuple[Part, ...]) -> None:
    """Write what a refund is for, line by line; what of it has not left stays here from now on. A step."""
    session = require_transaction()
    session.add_all(
        RefundLine(
            refund_id=refund.id,
            order_line_id=part.line.id,
            quantity=part.pieces,
            amount_minor=part.amount.minor,
            restocked=part.restocked,
        )
        for part in parts
    )
    _call_off(order, refund)


def send_in_place_of(order: Order, refund: Refund) -> Refund:
    """Reserve a refund of the same for the same, decided by the same people, where its key is burnt, and enqueue its
    sending. Raises Disputed. A step."""
    shipping = Money(refund.shipping_minor, refund.currency)
    facts = RefundFacts(
        new_id("ref"),
        refund.attempt_id,
        refund.amount,
        refund.reason,
        shipping=shipping,
        retry_of=refund.id,
        way=way_again(refund),
    )
    anew = request_refund(order, facts, by=SYSTEM)
    copy_parts(refund, to=anew)
    approve_request(order, anew, by=SYSTEM)
    anew.requested_by, anew.decided_by = refund.requested_by, refund.decided_by
    _enqueue(anew)
    return anew


def way_again(refund: Refund) -> Way:
    """How one goes back that takes the place of `refund`: money of one payment to where it came from, the rest as the
    order was paid, since Stripe may have given back meanwhile what it then had."""
    return Way.STRIPE if refund.reason in SURPLUS or refund.source == "stripe" else Way.AS_PAID


def split_off_credit(refund: Refund) -> None:
    """The bank sends a settled refund back: what of it became credit stays given, as a refund of its own with its
    share of what it was for, and the other is for the rest alone. The pieces stay with the one that is tried again.
    Expects the order's lock. A step."""
    if not refund.credit_minor:
        return
    session, credit = require_transaction(), refund.as_credit
    parts = list(_parts_of(refund))
    worth = [*(part.amount_minor for part in parts), refund.shipping_minor]
    *shares, shipping, _by_hand = allocate(credit, [*worth, refund.amount_minor - sum(worth)])
    split = Refund(
        id=new_id("ref"),
        order_id=refund.order_id,
        attempt_id=refund.attempt_id,
        state=RefundState.SETTLED,
        amount_minor=credit.minor,
        credit_minor=credit.minor,
        currency=refund.currency,
        shipping_minor=shipping.minor,
        reason=refund.reason,
        source=refund.source,
        split_of=refund.id,
        requested_by=refund.requested_by,
        decided_by=refund.decided_by,
        created_at=refund.created_at,
        sent_at=refund.sent_at,
        ended_at=refund.ended_at,
    )
    session.add(split)
    session.flush()
    for part, share in zip(parts, shares, strict=True):
        part.amount_minor -= share.minor
        session.add(
            RefundLine(
                refund_id=split.id,
                order_line_id=part.order_line_id,
                quantity=0,
                amount_minor=share.minor,
                restocked=0,
            )
        )
    refund.amount_minor, refund.credit_minor = refund.by_stripe.minor, 0
    refund.shipping_minor -= shipping.minor
    session.flush()


def copy_parts(refund: Refund, *, to: Refund) -> None:
    """Write the parts of one refund for another that takes its place, in its return request too; goods that went on
    the shelf did so once. A step."""
    session = require_transaction()
    session.add_all(
        RefundLine(
            refund_id=to.id,
            order_line_id=part.order_line_id,
            quantity=part.quantity,
            amount_minor=part.amount_minor,
            restocked=0,
        )
        for part in _parts_of(refund)
    )
    follow_replacement(refund, by=to)
    session.flush()


def keep_note(refund: Refund, text: str, *, kind: NoteKind) -> None:
    """Keep what somebody wrote, where it can be erased; nothing where nothing was written. A step."""
    if text:
        require_transaction().add(RefundNote(refund_id=refund.id, kind=kind, text=text, at=clock.now()))
