"""What accounts have: for a cart that names them, for a code that was typed, and of what orders hold.

Knows rows and sums; refuses to write, and to know whether an order is paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.credit.codes import code_key, digest
from storefront.credit.models import CreditAccount, CreditKind, CreditUse
from storefront.credit.tender import Funds
from storefront.database import Prepared, read
from storefront.money import Money


@dataclass(frozen=True, slots=True)
class Sought:
    """Which accounts, and whose: cards by their ids, and a customer's store credit in a currency. What an order holds
    counts as there for the cart it was made of, for which it makes way."""

    card_ids: Sequence[str]
    currency: str
    cart_id: str
    customer_id: int | None = None


def funds(sought: Sought) -> tuple[Funds, ...]:
    """The accounts that are there: cards in the order in which they are named, then store credit. One statement."""
    rows = read(
        _FUNDS,
        {
            "cards": list(sought.card_ids),
            "customer": sought.customer_id,
            "currency": sought.currency,
            "cart": sought.cart_id or None,
        },
    )
    found = {row.id: _funds(row) for row in rows}
    own = (each for each in found.values() if not each.is_card)
    return (*(found[each] for each in sought.card_ids if each in found), *own)


def find_card(typed: str, *, cart_id: str = "") -> Funds | None:
    """The gift card whose code was typed, with what is left on it, for a cart its own orders' part, too; None where
    there is none. One statement, and none where it cannot be a code."""
    key = code_key(typed)
    rows = read(_CARD, {"digest": digest(key), "cart": cart_id or None}) if key else ()
    return _funds(rows[0]) if rows else None


def _funds(row: Any) -> Funds:
    return Funds(
        account_id=row.id,
        kind=CreditKind(row.kind),
        code_end=row.code_end or "",
        balance=Money(int(row.balance_minor) + int(row.held), row.currency),
        is_closed=row.closed_at is not None,
    )


_ACCOUNT = (
    *(CreditAccount.id, CreditAccount.kind, CreditAccount.code_end, CreditAccount.currency),
    *(CreditAccount.balance_minor, CreditAccount.closed_at),
)
_held = (
    sa.select(sa.func.coalesce(sa.func.sum(CreditUse.amount_minor), 0))
    .where(
        CreditUse.account_id == CreditAccount.id,
        CreditUse.released_at.is_(None),
        CreditUse.cart_id == sa.bindparam("cart", type_=sa.String),
    )
    .scalar_subquery()
)
_FUNDS = Prepared(
    sa.select(*_ACCOUNT, _held.label("held")).where(
        sa.or_(
            sa.and_(
                CreditAccount.id.in_(sa.bindparam("cards", expanding=True, type_=sa.String)),
                CreditAccount.kind == CreditKind.GIFT_CARD,
            ),
            sa.and_(
                CreditAccount.customer_id == sa.bindparam("customer", type_=sa.BigInteger),
                CreditAccount.currency == sa.bindparam("currency", type_=sa.String),
                CreditAccount.kind == CreditKind.STORE_CREDIT,
            ),
        )
    )
)
_CARD = Prepared(
    sa.select(*_ACCOUNT, _held.label("held")).where(
        CreditAccount.code_digest == sa.bindparam("digest", type_=sa.String)
    )
)


@dataclass(frozen=True, slots=True)
class Spent:
    """What an order has, or had, of an account; `code_end` is "" for store credit."""

    order_id: int
    account_id: str
    code_end: str
    amount: Money

    @property
    def is_card(self) -> bool:
        """Whether a gift card paid it."""
        return bool(self.code_end)


def spent_by(order_ids: Sequence[int]) -> tuple[Spent, ...]:
    """What orders have of accounts, or had before it was given back; the first spent first. One statement."""
    rows = read(_SPENT, {"orders": list(order_ids)})
    return tuple(
        Spent(row.order_id, row.account_id, row.code_end or "", Money(row.amount_minor, row.currency))
        for row in rows
    )


_SPENT = Prepared(
    sa.select(
        *(CreditUse.order_id, CreditUse.account_id, CreditUse.amount_minor, CreditUse.currency),
        CreditAccount.code_end,
    )
    .join(CreditAccount, CreditAccount.id == CreditUse.account_id)
    .where(CreditUse.order_id.in_(sa.bindparam("orders", expanding=True, type_=sa.BigInteger)))
    .order_by(CreditUse.order_id, CreditUse.position)
)
