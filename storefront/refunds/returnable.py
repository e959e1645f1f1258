"""What of an order can be sent back, and what its policy says of it: whether it is covered, what is paid back, when.

Knows the terms that the order was sold under; refuses to write, and to decide against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.config import settings
from storefront.database import session
from storefront.errors import Refused
from storefront.money import Money, total
from storefront.orders.disputes import Disputed, refuse_disputed
from storefront.orders.guarantee import covered
from storefront.orders.models import RESERVED, Order, OrderLine, OrderState, Refund
from storefront.orders.queries import OrderRecord, order_record
from storefront.policies.parts import MoneyBack
from storefront.policies.queries import Policy, policy_by_id
from storefront.policies.rules import Decision
from storefront.refunds.models import RefundLine
from storefront.refunds.queries import refundable
from storefront.refunds.reckoning import LineLeft, Refundable
from storefront.refunds.returns import LIVE, Ground, ReturnLine, ReturnRequest, ReturnState
from storefront.refunds.words import FAULTS, WITHDRAWAL


@dataclass(frozen=True, slots=True)
class LineBack:
    """A line of an order: `left` of its pieces can be asked back, `unsent` have not been sent, and `cover` is what
    the policy says of it. Of `line`, those asked back before count as gone."""

    line: LineLeft
    left: int
    unsent: int
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
    def is_any_left(self) -> bool:
        """Whether anything can be asked for."""
        return self.problem is None and any(line.left for line in self.lines)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shopper asks for: pieces by line id, why, what they wrote, and whether they want it as credit."""

    pieces: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    to_credit: bool = False


@dataclass(frozen=True, slots=True)
class PartBack:
    """Pieces of one line and what they come to."""

    of: LineBack
    pieces: int
    amount: Money

    @property
    def to_come(self) -> int:
        """How many of them have to be sent back."""
        return self.of.to_come(self.pieces)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is asked for, held against the policy. `shipping_later`: it is paid back with the last of the order."""

    parts: tuple[PartBack, ...]
    shipping: Money
    fee: Money
    amount: Money
    is_covered: bool
    ground: Ground
    goods_first: bool
    shipping_later: bool

    @property
    def is_automatic(self) -> bool:
        """Whether it is approved without anybody looking at it."""
        return self.ground == Ground.WITHIN_LIMIT


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
    ways = {line.id: line.requires_shipping for line in record.lines}
    lines = tuple(
        LineBack(
            line=replace(line, refunded=min(line.quantity, line.refunded + waiting.get(line.id, 0))),
            left=max(0, line.quantity - asked[line.id] - gone.get(line.id, 0)),
            unsent=line.unsent,
            requires_shipping=ways[line.id],
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


def weigh(of: Returnable, asked: Asked) -> Weighed:
    """What is asked for, checked and held against the policy; raises Refused with the field's name."""
    if of.problem is not None:
        raise Refused(of.problem)
    parts = _parts(of, asked)
    goods = total((part.amount for part in parts), of.left.currency)
    is_last = _is_last(of, parts)
    shipping = of.shipping_left if is_last and not of.others_wait else Money.zero(of.left.currency)
    fee = kept_of(goods, of.promise, reason=asked.reason)
    amount = min(goods + shipping - fee, of.left)
    if amount.minor <= 0:
        raise Refused(_("Nothing was paid for these pieces, so there is nothing to pay back."))
    is_covered = all(part.of.cover.allowed for part in parts)
    return Weighed(
        parts=parts,
        shipping=shipping,
        fee=fee,
        amount=amount,
        is_covered=is_covered,
        ground=_ground(of, amount, is_covered=is_covered),
        goods_first=of.promise.goods_first and any(part.to_come for part in parts),
        shipping_later=is_last and of.others_wait and bool(of.shipping_left),
    )


def kept_of(goods: Money, promise: MoneyBack, *, reason: str) -> Money:
    """What the shop keeps of the goods' price under the guarantee: nothing where something is wrong with them, and
    nothing of what the law gives back."""
    is_free = reason in FAULTS or reason == WITHDRAWAL
    return Money.zero(goods.currency) if is_free else promise.restocking_fee(goods)


def _parts(of: Returnable, asked: Asked) -> tuple[PartBack, ...]:
    lines = {each.line.id: each for each in of.lines}
    if not asked.pieces.keys() <= lines.keys():
        raise Refused(_("One of these lines is not of this order."))
    parts = []
    for line_id, pieces in sorted(asked.pieces.items()):
        back = lines[line_id]
        if not 0 <= pieces <= back.left:
            raise Refused(_too_many(back), field=f"pieces-{line_id}")
        if pieces:
            parts.append(PartBack(back, pieces, back.line.worth(pieces)))
    if not parts:
        raise Refused(_("Say what you want to send back: at least one piece."), field=_first_field(of))
    return tuple(parts)


def _too_many(back: LineBack) -> str:
    if not back.left:
        return _("All of “%(title)s” has gone back, or is asked back already.", title=back.line.title)
    return ngettext(
        "Of “%(title)s”, %(num)d piece can be sent back.",
        "Of “%(title)s”, %(num)d pieces can be sent back.",
        back.left,
        title=back.line.title,
    )


def _first_field(of: Returnable) -> str | None:
    return next((f"pieces-{each.line.id}" for each in of.lines if each.left), None)


def _is_last(of: Returnable, parts: tuple[PartBack, ...]) -> bool:
    """Whether with these the whole order goes back."""
    chosen = {part.of.line.id: part.pieces for part in parts}
    return all(each.left == chosen.get(each.line.id, 0) for each in of.lines)


def _ground(of: Returnable, amount: Money, *, is_covered: bool) -> Ground:
    if not is_covered:
        return Ground.NOT_COVERED
    return Ground.WITHIN_LIMIT if of.before + amount <= of.limit else Ground.ABOVE_LIMIT


def facts_of(of: Returnable, weighed: Weighed) -> dict[str, Any]:
    """What a decision was made on: ids, codes, days and amounts in minor units."""
    return {
        "currency": of.left.currency,
        "amount_minor": weighed.amount.minor,
        "shipping_minor": weighed.shipping.minor,
        "fee_minor": weighed.fee.minor,
        "before_minor": of.before.minor,
        "limit_minor": of.limit.minor,
        "goods_first": weighed.goods_first,
        "window_days": of.promise.window_days,
        "starts": str(of.promise.starts),
        "lines": [
            {
                "line": part.of.line.id,
                "pieces": part.pieces,
                "amount_minor": part.amount.minor,
                "to_come": part.to_come,
                "covered": part.of.cover.allowed,
                "rule": str(part.of.cover.rule),
                "ends_on": part.of.cover.ends_on.isoformat() if part.of.cover.ends_on else None,
            }
            for part in weighed.parts
        ],
    }
