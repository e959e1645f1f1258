"""Gift cards whose price goes back: what goes back of it is taken off them, and an empty one is closed.

Knows what a refund has to take off the cards that its order sold; refuses to take what was spent. Expects the order's
lock, and locks those cards: after variants, as everywhere.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock
from storefront.credit.models import CreditAccount, CreditCause, CreditEntry
from storefront.credit.steps import Why, take_out
from storefront.database import require_transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.models import Order, OrderLine, OrderState
from storefront.orders.money_back import SURPLUS
from storefront.orders.refund import Refund, RefundState
from storefront.refunds.models import RefundLine

# The reason of a refund of all that is left, of an order that is about to be cancelled.
CANCELLED = "cancelled"

# What has been decided and stands: for these the cards are here.
_DECIDED = (RefundState.APPROVED, RefundState.SENT, RefundState.SETTLED)


@dataclass(slots=True)
class _Card:
    """A card that was sold: what of its price is still on it, and what is to be taken off."""

    id: str
    piece: int
    unspent: int
    take: int = 0


@dataclass(slots=True)
class _Sold:
    """A line of gift cards: what refunds gave back for it, what was taken off its cards by then, and those that are
    open, the fullest first."""

    line: OrderLine
    back: int
    taken: int
    cards: list[_Card]

    def plan(self, minor: int) -> int:
        """Mark so much to be taken; what is not there."""
        for card in sorted(self.cards, key=lambda each: (-each.unspent, each.piece)):
            share = max(0, min(minor, card.unspent))
            card.unspent -= share
            card.take += share
            self.taken += share
            minor -= share
        return max(0, minor)


def take_cards_back(order: Order, refund: Refund) -> None:
    """Take off the cards that an order sold what goes back of their price, of a cancelled order all: for pieces off
    the cards of their line, for an amount by hand once it is more than the other goods cost. Raises Refused where
    somebody has spent it. A second call, and one in place of another that failed, takes nothing twice. A step."""
    if not _is_of_cards(order, refund):
        return
    sold = _sold(order)
    if missing := _planned(order, refund, sold):
        raise Refused(
            _(
                "Of “%(title)s”, a gift card was spent, or closed: its price cannot go back.",
                title=missing[0].line.title,
            )
        )
    _take(order, refund, sold)


def take_cards_back_after(order: Order, refund: Refund) -> None:
    """The same where the money has gone back already, at Stripe: what was spent stands beside the refund. A step."""
    if not _is_of_cards(order, refund):
        return
    sold = _sold(order)
    short = sum(each.short for each in _planned(order, refund, sold))
    _take(order, refund, sold)
    refund.spent_minor = min(short, refund.amount_minor - refund.excess_minor)


def _is_of_cards(order: Order, refund: Refund) -> bool:
    # Money that came too late or twice bought no card, and neither did any of an order that was never paid.
    is_of_order = order.paid_at is not None and refund.currency == order.currency
    return is_of_order and refund.reason not in SURPLUS


@dataclass(frozen=True, slots=True)
class _Missing:
    line: OrderLine
    short: int


def _planned(order: Order, refund: Refund, sold: list[_Sold]) -> list[_Missing]:
    """Mark what is to be taken off which card; what is not there, by line."""
    # What was spent already when its price went back at Stripe is not looked for again.
    waived, missing = _spent_before(order, refund), list[_Missing]()

    def plan(each: _Sold, due: int) -> int:
        nonlocal waived
        off = max(0, min(waived, due))
        waived -= off
        return each.plan(due - off)

    is_whole = order.state == OrderState.CANCELLED or refund.reason == CANCELLED
    for each in sold:
        due = each.line.total_minor if is_whole else each.back
        if short := plan(each, due - each.taken):
            missing.append(_Missing(each.line, short))
    if sold and not is_whole:
        due = _beyond_other_goods(order, sold) - sum(max(0, each.taken - each.back) for each in sold)
        for each in sold:
            due = plan(each, due)
        if due:
            missing.append(_Missing(sold[-1].line, due))
    return missing


def _take(order: Order, refund: Refund, sold: list[_Sold]) -> None:
    why = Why(CreditCause.TAKEN_BACK, order_id=order.id, refund_id=refund.id, reference=refund.id)
    # In one order whoever comes, as they are spent.
    cards = sorted((card for each in sold for card in each.cards if card.take), key=lambda card: card.id)
    for card in cards:
        if not take_out(card.id, Money(card.take, order.currency), why):
            raise RuntimeError(f"gift card {card.id} was locked, and has changed")
    empty = sa.update(CreditAccount).where(
        CreditAccount.id.in_([card.id for card in cards]), CreditAccount.balance_minor == 0
    )
    if cards:
        require_transaction().execute(empty.values(closed_at=clock.now()))


def _stands() -> sa.ColumnElement[bool]:
    return sa.or_(
        Refund.state.in_(_DECIDED),
        sa.and_(Refund.state == RefundState.FAILED, Refund.set_aside_at.is_not(None)),
    )


def _spent_before(order: Order, refund: Refund) -> int:
    spent = sa.select(sa.func.coalesce(sa.func.sum(Refund.spent_minor), 0)).where(
        Refund.order_id == order.id, Refund.id != refund.id
    )
    return int(require_transaction().scalar(spent) or 0)


def _beyond_other_goods(order: Order, sold: list[_Sold]) -> int:
    """What refunds by an amount come to beyond what is left of other goods and of shipping."""
    current = require_transaction()
    # What went back before the order was paid was of a payment that bought nothing.
    since = Refund.created_at >= order.paid_at
    mine = (Refund.order_id == order.id, Refund.currency == order.currency, since, _stands())
    given, shipping = current.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(Refund.amount_minor - Refund.excess_minor), 0),
            sa.func.coalesce(sa.func.sum(Refund.shipping_minor), 0),
        ).where(*mine, Refund.reason.not_in(SURPLUS))
    ).one()
    parts = (
        sa.select(sa.func.coalesce(sa.func.sum(RefundLine.amount_minor), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(*mine, Refund.reason.not_in(SURPLUS))
    )
    for_lines, for_cards = int(current.scalar(parts) or 0), sum(each.back for each in sold)
    others = order.total_minor - sum(each.line.total_minor for each in sold)
    of_others = int(shipping) + for_lines - for_cards
    by_hand = int(given) - int(shipping) - for_lines
    return max(0, by_hand - max(0, others - of_others))


def _sold(order: Order) -> list[_Sold]:
    """The lines that sold cards, their cards locked."""
    current = require_transaction()
    current.flush()
    back = (
        sa.select(sa.func.coalesce(sa.func.sum(RefundLine.amount_minor), 0))
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(RefundLine.order_line_id == OrderLine.id, _stands())
        .scalar_subquery()
    )
    lines = sa.select(OrderLine, back).where(
        OrderLine.order_id == order.id, OrderLine.is_gift_card, OrderLine.unit_minor > 0
    )
    found = {
        line.id: _Sold(line, int(minor), 0, [])
        for line, minor in current.execute(lines.order_by(OrderLine.position)).all()
    }
    if not found:
        return []
    taken = _taken(order)
    cards = sa.select(
        *(CreditAccount.id, CreditAccount.order_line_id, CreditAccount.piece),
        *(CreditAccount.balance_minor, CreditAccount.closed_at),
    ).where(CreditAccount.order_line_id.in_(list(found)))
    for card in current.execute(cards.order_by(CreditAccount.id).with_for_update()):
        each, gone = found[card.order_line_id], taken.pop(card.id, 0)
        each.taken += gone
        if card.closed_at is None:
            unspent = min(card.balance_minor, each.line.unit_minor - gone)
            each.cards.append(_Card(card.id, card.piece, unspent))
    for account_id, gone in taken.items():
        if (line_id := _line_of_successor(account_id)) in found:
            found[line_id].taken += gone
    return list(found.values())


def _taken(order: Order) -> dict[str, int]:
    entries = sa.select(CreditEntry.account_id, -sa.func.sum(CreditEntry.amount_minor)).where(
        CreditEntry.order_id == order.id, CreditEntry.cause == CreditCause.TAKEN_BACK
    )
    rows = require_transaction().execute(entries.group_by(CreditEntry.account_id))
    return {account_id: int(minor) for account_id, minor in rows}


def _line_of_successor(account_id: str) -> int | None:
    """The line of the card that took the place of one whose code was lost."""
    current, account = require_transaction(), None
    following: str | None = account_id
    while following is not None:
        account = current.get_one(CreditAccount, following)
        following = account.replaced_by
    return account.order_line_id if account else None
