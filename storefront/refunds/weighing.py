"""What is asked back, held against the policy: what it comes to, whether it is covered, whether anybody has to look.

Knows the terms that the order was sold under; refuses to write, and to decide against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.errors import Refused
from storefront.money import Money, total
from storefront.policies.parts import MoneyBack
from storefront.refunds.returnable import LineBack, Returnable
from storefront.refunds.returns import Ground
from storefront.refunds.words import FAULTS, WITHDRAWAL


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


def weigh(of: Returnable, asked: Asked) -> Weighed:
    """What is asked for, checked and held against the policy; raises Refused with the field's name."""
    if of.problem is not None:
        raise Refused(of.problem)
    parts = _parts(of, asked)
    _check_fault(parts, reason=asked.reason)
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


def _check_fault(parts: tuple[PartBack, ...], *, reason: str) -> None:
    """A fault is free, and what never left is paid back at once: it needs goods that somebody has."""
    if reason not in FAULTS:
        return
    for part in parts:
        line, sent = part.of.line, part.of.with_shopper
        if not sent:
            said = _("“%(title)s” has not been sent yet. Choose another reason for it.", title=line.title)
            raise Refused(said, field="reason")
        if part.pieces > sent:
            raise Refused(
                ngettext(
                    "Of “%(title)s”, %(num)d piece has been sent. Ask for the others with another reason.",
                    "Of “%(title)s”, %(num)d pieces have been sent. Ask for the others with another reason.",
                    sent,
                    title=line.title,
                ),
                field=f"pieces-{line.id}",
            )


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
