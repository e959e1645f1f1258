"""Where a refund's money goes, in words: to whom it was paid with, to which gift card, to store credit.

Knows what would happen and what has; refuses to write.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.credit.models import CreditAccount, CreditEntry, CreditKind
from storefront.database import session
from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.refund import Refund, RefundState
from storefront.orders.tenders import has_store_credit, shares_of_credit
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
    """Where a refund of so much by Stripe and so much as credit would go. Five queries at most, and one more for each
    time that a card's code was sent anew."""
    order = session().get_one(Order, order_id)
    shares, rest = shares_of_credit(order, credit)
    found = [Destination(by_stripe, to_card())] if by_stripe else []
    found += _named(shares)
    if rest:
        new_card = _("a new gift card, whose code is sent by mail")
        found.append(Destination(rest, _("store credit") if has_store_credit(order) else new_card))
    return tuple(found)


def went(refund: Refund) -> tuple[Destination, ...]:
    """Where a refund that has arrived went. Two queries at most, and one more for each time that a card's code was
    sent anew."""
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
    accounts = _with_successors(list(shares))
    return [Destination(amount, _name(accounts[each], accounts)) for each, amount in shares.items()]


def _with_successors(account_ids: list[str]) -> dict[str, CreditAccount]:
    """The accounts, and the cards that took their place: what is paid to a card goes on to these."""
    found: dict[str, CreditAccount] = {}
    sought = set(account_ids)
    while sought:
        mine = sa.select(CreditAccount).where(CreditAccount.id.in_(sought))
        rows = session().scalars(mine, execution_options={"populate_existing": True}).all()
        found |= {row.id: row for row in rows}
        sought = {row.replaced_by for row in rows if row.replaced_by} - found.keys()
    return found


def _name(account: CreditAccount, accounts: Mapping[str, CreditAccount]) -> str:
    last = account
    while last.replaced_by:
        last = accounts[last.replaced_by]
    name = _name_of_open(account, last)
    if last.closed_at is None:
        return name
    return _("%(account)s, which is closed: it can be spent once we open it again", account=name)


def _name_of_open(account: CreditAccount, last: CreditAccount) -> str:
    if account.kind == CreditKind.STORE_CREDIT:
        if account.customer_id is None:
            return _("the store credit of an account that was erased: nobody can spend it")
        return _("store credit")
    if last is account:
        return _("the gift card that ends in %(end)s", end=account.code_end)
    return _(
        "the gift card that ends in %(end)s, which took the place of the one that ends in %(old)s",
        end=last.code_end,
        old=account.code_end,
    )
