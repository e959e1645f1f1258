"""What of an order can be sent back, and what its policy says of each line: whether it is covered, and until when.

Knows the terms that the order was sold under; refuses to write. What is asked for is held against them in `weighing`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.config import settings
from storefront.database import session
from storefront.money import Money, total
from storefront.orders.disputes import Disputed, refuse_disputed
from storefront.orders.guarantee import covered
from storefront.orders.models import Order, OrderLine, OrderState
from storefront.orders.queries import OrderRecord, order_record
from storefront.orders.refund import RESERVED, Refund
from storefront.policies.parts import MoneyBack
from storefront.policies.queries import Policy, policy_by_id
from storefront.policies.rules import Decision
from storefront.refunds.models import RefundLine
from storefront.refunds.queries import refundable
from storefront.refunds.reckoning import LineLeft, Refundable
from storefront.refunds.returns import LIVE, ReturnLine, ReturnRequest, ReturnState


@dataclass(frozen=True, slots=True)
class LineBack:
    """A line of an order: `left` of its pieces can be asked back, `unsent` have not been sent, `with_shopper` were
    or need not be, and `cover` is what the policy says of it. Of `line`, those asked back before count as gone."""

    line: LineLeft
    left: int
    unsent: int
    with_shopper: int
    requires_shipping: bool
    cover: Decision

    def to_come(self, pieces: int) -> int:
        """How many of them have to be sent back."""
        return max(0, pieces - self.unsent) if self.requires_shipping else 0


@dataclass(frozen=True, slots=True)
class Returnable:
    """What of an order can be sent back; `at_stripe` is what of what is `left` Stripe can give,
    `before` what was asked back of it before, `problem` why nothing can."""

    order_id: int
    policy: Policy
    lines: tuple[LineBack, ...]
    left: Money
    at_stripe: Money
    shipping_left: Money
    before: Money
    others_wait: bool
    problem: str | None

    @property
    def promise(self) -> MoneyBack:
        """The guarantee that the order was sold under."""
        return self.policy.document.money_back

    @property
    def limit(self) -> Money:
        """Up to which amount, with what was asked before, nobody has to look at it."""
        return Money(self.promise.automatic_up_to_minor, self.left.currency)

    @property
    def can_be_faulty(self) -> bool:
        """Whether the shopper has anything of it yet: of goods that never left nobody knows a fault."""
        return any(line.with_shopper for line in self.lines)

    @property
    def is_any_left(self) -> bool:
        """Whether anything can be asked for."""
        return self.problem is None and any(line.left for line in self.lines)


def returnable(order_id: int, *, at: datetime) -> Returnable:
    """What of an order can be sent back at the aware instant `at`, by some twenty queries. Raises NotFound."""
    return returnable_of(order_record(order_id), at=at)


def returnable_of(record: OrderRecord, *, at: datetime) -> Returnable:
    """The same of an order that is at hand."""
    order, of = record.order, refundable(record.order.id)
    policy = policy_by_id(order.policy_version_id)
    cover = covered(record, policy=policy, at=at, zone=settings().timezone)
    gone, waiting = _gone_otherwise(order.id), _waiting(order.id)
    asked = {row.id: row.asked_back for row in _counts(order.id)}
    shown = {line.id: line for line in record.lines}
    lines = tuple(
        LineBack(
            line=replace(line, refunded=min(line.quantity, line.refunded + waiting.get(line.id, 0))),
            left=max(0, line.quantity - asked[line.id] - gone.get(line.id, 0)),
            unsent=line.unsent,
            with_shopper=shown[line.id].shipped if shown[line.id].requires_shipping else line.quantity,
            requires_shipping=shown[line.id].requires_shipping,
            cover=cover[line.id],
        )
        for line in of.lines
    )
    return Returnable(
        order_id=order.id,
        policy=policy,
        lines=lines,
        left=of.left,
        at_stripe=of.at_stripe,
        shipping_left=of.shipping_left,
        before=_asked_before(order),
        others_wait=any(waiting.values()),
        problem=_problem(record, of),
    )


def _counts(order_id: int) -> Any:
    mine = sa.select(OrderLine.id, OrderLine.asked_back).where(OrderLine.order_id == order_id)
    return session().execute(mine)


def _gone_otherwise(order_id: int) -> dict[int, int]:
    """Pieces by line that went back without a request: by staff, or another way than the payment's."""
    requested = sa.select(ReturnRequest.refund_id).where(
        ReturnRequest.order_id == order_id, ReturnRequest.refund_id.is_not(None)
    )
    rows = session().execute(
        sa.select(RefundLine.order_line_id, sa.func.sum(RefundLine.quantity))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(
            Refund.order_id == order_id,
            sa.or_(Refund.state.in_(RESERVED), Refund.set_aside_at.is_not(None)),
            Refund.id.not_in(requested),
        )
        .group_by(RefundLine.order_line_id)
    )
    return {line_id: int(pieces) for line_id, pieces in rows}


def _waiting(order_id: int) -> dict[int, int]:
    """Pieces by line in requests whose money no refund has yet."""
    rows = session().execute(
        sa.select(ReturnLine.order_line_id, sa.func.sum(ReturnLine.accepted))
        .join(ReturnRequest, ReturnRequest.id == ReturnLine.request_id)
        .where(
            ReturnRequest.order_id == order_id,
            ReturnRequest.state.in_(LIVE),
            ReturnRequest.refund_id.is_(None),
        )
        .group_by(ReturnLine.order_line_id)
    )
    return {line_id: int(pieces) for line_id, pieces in rows}


def _asked_before(order: Order) -> Money:
    """What was asked back of the order and not declined: small requests count together."""
    counts = sa.or_(ReturnRequest.state.in_(LIVE), ReturnRequest.refund_id.is_not(None))
    rows = session().scalars(
        sa.select(ReturnRequest.amount_minor).where(
            ReturnRequest.order_id == order.id, ReturnRequest.state != ReturnState.DECLINED, counts
        )
    )
    return total((Money(minor, order.currency) for minor in rows), order.currency)


def _problem(record: OrderRecord, of: Refundable) -> str | None:
    order = record.order
    if order.state == OrderState.CANCELLED:
        return _("This order is cancelled: nothing of it can be sent back.")
    if not order.is_paid:
        return _("This order is not paid, so nothing of it can be sent back.")
    if record.in_review:
        return _("We are still looking at your payment. Please come back when we have written to you.")
    try:
        refuse_disputed(order)
    except Disputed:
        return _("Your bank is looking at this payment. Until it has decided, we cannot pay anything back.")
    if not order.captured_minor:
        return _("Nothing was paid for this order, so there is nothing to pay back.")
    if of.left.minor <= 0:
        return _("Everything you paid for this order has gone back, or is on its way back.")
    return None
