"""Where a refund's money goes, in words: to whom it was paid with, to which gift card, to store credit.

Knows what would happen and what has; refuses to write.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.credit.models import CreditAccount, CreditEntry, CreditKind
from storefront.database import session
from storefront.money import Money
from storefront.orders.models import Order, Refund, RefundState
from storefront.orders.tenders import shares_of_credit
from storefront.web.text import money_text


@dataclass(frozen=True, slots=True)
class Destination:
    """A part of a refund, and what it is paid to: “the gift card that ends in 3TRA”."""

    amount: Money
    to: str

    @property
    def said(self) -> str:
        """€5.00 to the gift card that ends in 3TRA."""
        return _("%(amount)s to %(to)s", amount=money_text(self.amount), to=self.to)


def will_go(order_id: int, *, by_stripe: Money, credit: Money) -> tuple[Destination, ...]:
    """Where a refund of so much by Stripe and so much as credit would go. Four queries at most."""
    order = session().get_one(Order, order_id)
    shares, rest = shares_of_credit(order, credit)
    found = [Destination(by_stripe, to_card())] if by_stripe else []
    found += _named(shares)
    if rest:
        is_owned = order.customer_id is not None
        found.append(Destination(rest, _("store credit") if is_owned else _("a new gift card")))
    return tuple(found)


def went(refund: Refund) -> tuple[Destination, ...]:
    """Where a refund that has arrived went. Two queries at most."""
    found = [Destination(refund.by_stripe, to_card())] if refund.by_stripe else []
    if refund.credit_minor:
        # What stayed of one that the bank sent back was entered as that.
        mine = sa.select(CreditEntry.account_id, CreditEntry.amount_minor).where(
            CreditEntry.refund_id == (refund.split_of or refund.id)
        )
        rows = session().execute(mine.where(CreditEntry.amount_minor > 0).order_by(CreditEntry.id)).all()
        found += _named({account_id: Money(minor, refund.currency) for account_id, minor in rows})
    return tuple(found)


def destinations(refund: Refund) -> tuple[Destination, ...]:
    """Where a refund went, or would go today."""
    if refund.state == RefundState.SETTLED:
        return went(refund)
    return will_go(refund.order_id, by_stripe=refund.by_stripe, credit=refund.as_credit)


def to_card() -> str:
    """What Stripe's part is paid to."""
    return _("the card or account it was paid with")


def _named(shares: dict[str, Money]) -> list[Destination]:
    if not shares:
        return []
    rows = session().execute(
        sa.select(CreditAccount.id, CreditAccount.kind, CreditAccount.code_end).where(
            CreditAccount.id.in_(list(shares))
        )
    )
    names = {
        account_id: _("the gift card that ends in %(end)s", end=end)
        if kind == CreditKind.GIFT_CARD
        else _("store credit")
        for account_id, kind, end in rows
    }
    return [Destination(amount, names[account_id]) for account_id, amount in shares.items()]
