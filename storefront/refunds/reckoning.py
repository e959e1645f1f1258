"""What a refund comes to: pieces by their share of the line, shipping, or an amount by hand.

Knows arithmetic on what was stored at sale; refuses to read and to write. Design: docs/payments.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from storefront.errors import Refused
from storefront.money import Money, allocate, exponent
from storefront.orders.tenders import Way, as_credit
from storefront.web.text import money_text


@dataclass(frozen=True, slots=True)
class LineLeft:
    """A line of an order and what of it has gone back; `can_restock` pieces may still go on the shelf, and `unsent`
    have never left."""

    id: int
    variant_id: int
    title: str
    variant_title: str
    quantity: int
    total: Money
    refunded: int
    can_restock: int
    unsent: int = 0

    @property
    def left(self) -> int:
        """Pieces that no refund has."""
        return self.quantity - self.refunded

    @property
    def left_amount(self) -> Money:
        """What those come to."""
        return self.worth(self.left)

    def worth(self, pieces: int) -> Money:
        """What the next `pieces` of it come to."""
        return share_of(self.total, of=self.quantity, before=self.refunded, now=pieces)


@dataclass(frozen=True, slots=True)
class Refundable:
    """What of an order can go back. `left` is what its payment has left, `at_stripe` what Stripe can give of it;
    `alone` what went back on one person's word; `problem` why nothing can, if so."""

    order_id: int
    attempt_id: str
    captured: Money
    left: Money
    at_stripe: Money
    shipping_left: Money
    lines: tuple[LineLeft, ...]
    alone: Money
    problem: str | None

    @property
    def currency(self) -> str:
        """The currency of all of it."""
        return self.left.currency

    @property
    def step(self) -> int:
        """The smallest part that can be paid back, in minor units."""
        return step_of(self.currency)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page showed of a refund before its button was pressed: all of it, and what Stripe gives of that."""

    amount: Money
    by_stripe: Money

    @property
    def said(self) -> str:
        """€14.00 by card and €10.00 as credit."""
        by_stripe, credit = money_text(self.by_stripe), money_text(self.amount - self.by_stripe)
        if self.by_stripe == self.amount:
            return _("%(amount)s by card", amount=by_stripe)
        if not self.by_stripe:
            return _("%(amount)s as credit", amount=credit)
        return _("%(by_stripe)s by card and %(credit)s as credit", by_stripe=by_stripe, credit=credit)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to give back: pieces by line id, some of shipping, and another `amount` than those come
    to, if any. `restock` are the lines whose pieces go on the shelf again; `way` is how the money goes, and
    `by_stripe` what of it Stripe was shown to give."""

    pieces: Mapping[int, int] = field(default_factory=dict)
    shipping: Money | None = None
    amount: Money | None = None
    restock: frozenset[int] = frozenset()
    way: Way = Way.AS_PAID
    by_stripe: Money | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces of one line, what they come to in this refund, and how many go on the shelf."""

    line: LineLeft
    pieces: int
    amount: Money
    restocked: int


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A refund before it is made; `credit` is what of its amount becomes credit."""

    amount: Money
    credit: Money
    parts: tuple[Part, ...]
    shipping: Money
    left_after: Money

    @property
    def by_stripe(self) -> Money:
        """What of it Stripe gives back."""
        return self.amount - self.credit

    @property
    def by_hand(self) -> Money:
        """What is in the amount besides the parts."""
        return self.amount - sum((part.amount for part in self.parts), start=self.shipping)


def share_of(total: Money, *, of: int, before: int, now: int) -> Money:
    """What `now` pieces of a line of `of` pieces come to when `before` have gone back already.

    The share of all pieces that are back by then, rounded half up, less that of those before: however a line is
    split, the parts end at its total. Three-decimal currencies go in steps of ten, as Stripe pays them.
    """
    step = step_of(total.currency)
    until, earlier = (_share(total, pieces, of, step) for pieces in (before + now, before))
    return until - earlier


def step_of(currency: str) -> int:
    """The smallest part that Stripe pays back, in minor units: https://docs.stripe.com/currencies"""
    return 10 if exponent(currency) == 3 else 1


def _share(total: Money, pieces: int, of: int, step: int) -> Money:
    if pieces == of:
        return total
    return Money(total.share(pieces, of * step).minor * step, total.currency)


def reckon(of: Refundable, wanted: Wanted) -> Reckoned:
    """What is wanted, checked and in amounts; raises Refused with the field's name."""
    if of.problem is not None:
        raise Refused(of.problem)
    parts = _parts(of, wanted)
    shipping = wanted.shipping or Money.zero(of.currency)
    if not 0 <= shipping.minor <= of.shipping_left.minor:
        raise Refused(
            _("Of shipping, %(left)s is left to refund.", left=money_text(of.shipping_left)), field="shipping"
        )
    whole = sum((part.amount for part in parts), start=shipping)
    # Where less is left than the parts come to, because some went back by hand, what is left is what there is.
    amount = min(whole, of.left) if wanted.amount is None else wanted.amount
    credit = _check_amount(of, amount, wanted.way)
    if wanted.by_stripe is not None:
        require_shown(Shown(amount, wanted.by_stripe), now=Shown(amount, amount - credit))
    if amount < whole:
        parts, shipping = _spread(amount, parts, shipping)
    return Reckoned(amount, credit, parts, shipping, of.left - amount)


def require_shown(shown: Shown, *, now: Shown) -> None:
    """Nobody sends another amount, or to elsewhere, than the button had. Raises Refused."""
    if shown != now:
        raise Refused(
            _(
                "What goes where has changed meanwhile: you were shown %(shown)s, now it would be %(now)s. "
                "Please look at it once more.",
                shown=shown.said,
                now=now.said,
            )
        )


def less_of_goods(of: Refundable, reckoned: Reckoned, kept: Money, *, way: Way) -> Reckoned:
    """The same, but for `kept`, which the shop keeps of what the goods come to: shipping goes back whole. Raises
    Refused where nothing is left."""
    amount = reckoned.amount - kept
    credit = _check_amount(of, amount, way)
    parts, _none = _spread(amount - reckoned.shipping, reckoned.parts, Money.zero(amount.currency))
    left_after = reckoned.left_after + kept
    return replace(reckoned, amount=amount, credit=credit, parts=parts, left_after=left_after)


def _parts(of: Refundable, wanted: Wanted) -> tuple[Part, ...]:
    lines = {line.id: line for line in of.lines}
    if not (wanted.pieces.keys() | wanted.restock) <= lines.keys():
        raise Refused(_("One of these lines is not of this order."))
    parts = []
    for line_id, pieces in sorted(wanted.pieces.items()):
        line = lines[line_id]
        if not 0 <= pieces <= line.left:
            raise Refused(
                _("Of “%(title)s”, %(left)s can go back.", title=line.title, left=line.left),
                field=f"pieces-{line_id}",
            )
        if pieces:
            restocked = min(pieces, line.can_restock) if line_id in wanted.restock else 0
            parts.append(Part(line, pieces, line.worth(pieces), restocked))
    return tuple(parts)


def _check_amount(of: Refundable, amount: Money, way: Way) -> Money:
    """What of the amount becomes credit."""
    if amount.currency != of.currency or amount.minor <= 0:
        raise Refused(_("Say what goes back: pieces, shipping, or an amount above zero."), field="amount")
    if amount > of.left:
        raise Refused(
            _("That comes to %(amount)s.", amount=money_text(amount))
            + " "
            + _("Only %(left)s of this payment is left to refund.", left=money_text(of.left)),
            field="amount",
        )
    credit = as_credit(amount, at_stripe=of.at_stripe, way=way)
    if (amount - credit).minor % of.step:
        raise Refused(
            _("Amounts of this currency end in 0: nothing smaller can be paid back."), field="amount"
        )
    return credit


def _spread(amount: Money, parts: tuple[Part, ...], shipping: Money) -> tuple[tuple[Part, ...], Money]:
    """Less than the parts come to: each keeps its proportion."""
    *shares, sent = allocate(amount, [*(part.amount.minor for part in parts), shipping.minor])
    lowered = (
        Part(part.line, part.pieces, share, part.restocked) for part, share in zip(parts, shares, strict=True)
    )
    return tuple(lowered), sent
