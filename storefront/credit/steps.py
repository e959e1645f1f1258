"""Credit opened, spent and paid back, within the transaction that writes, cancels or refunds an order.

Every function is a step. Knows the guard: the UPDATE that takes from a balance holds it above zero itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import clock
from storefront.credit.codes import code_key, digest, new_code
from storefront.credit.models import CreditAccount, CreditCause, CreditEntry, CreditKind, CreditUse
from storefront.database import insert_ignore, require_transaction
from storefront.errors import Refused
from storefront.money import Money

_account: Any = CreditAccount.__table__


class CreditGone(Refused):
    """A gift card or store credit no longer has what the order was to take from it: it was spent, or closed."""

    def __init__(self, message: str, *, account_id: str) -> None:
        super().__init__(message)
        self.account_id = account_id


@dataclass(frozen=True, slots=True)
class Part:
    """What one account pays of an order."""

    account_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Why:
    """What an entry is for: the order or refund it belongs to, and what it happens once for."""

    cause: CreditCause
    order_id: int | None = None
    refund_id: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A gift card that was just opened: the only time its code is known."""

    account_id: str
    code: str


def open_card(
    amount: Money,
    why: Why,
    *,
    account_id: str,
    email: str | None,
    order_line_id: int | None = None,
    piece: int | None = None,
) -> Card:
    """Open a gift card with `amount` on it. Its code is returned once and never kept."""
    code = new_code()
    key = code_key(code) or ""
    require_transaction().add(
        CreditAccount(
            id=account_id,
            kind=CreditKind.GIFT_CARD,
            currency=amount.currency,
            balance_minor=0,
            code_digest=digest(key),
            code_end=key[-4:],
            order_line_id=order_line_id,
            piece=piece,
            email=email,
            opened_at=clock.now(),
        )
    )
    require_transaction().flush()
    pay_in(account_id, amount, why)
    return Card(account_id, code)


def store_credit_of(customer_id: int, currency: str, *, account_id: str) -> str | None:
    """The id of a customer's store credit, opened under `account_id` where they have none yet; None where staff have
    closed it."""
    values = {
        "id": account_id,
        "kind": CreditKind.STORE_CREDIT,
        "currency": currency,
        "balance_minor": 0,
        "customer_id": customer_id,
        "opened_at": clock.now(),
    }
    insert_ignore(CreditAccount, values, unique=("customer_id", "currency"), where="kind = 'store_credit'")
    theirs = sa.select(_account.c.id, _account.c.closed_at).where(
        _account.c.customer_id == customer_id,
        _account.c.currency == currency,
        _account.c.kind == CreditKind.STORE_CREDIT,
    )
    found = require_transaction().execute(theirs).one()
    return found.id if found.closed_at is None else None


def pay_in(account_id: str, amount: Money, why: Why) -> bool:
    """Add to a balance, once per cause and reference, or to the card that took its place; whether it was new."""
    if not _enter(account_id, amount, why):
        return False
    successor = _add(account_id, amount)
    while successor is not None:
        _enter(account_id, -amount, Why(CreditCause.ADJUSTED))
        _add(account_id, -amount)
        _enter(successor, amount, Why(CreditCause.ADJUSTED))
        account_id, successor = successor, _add(successor, amount)
    return True


def _add(account_id: str, amount: Money) -> str | None:
    """Change a balance, whatever became of the account; the id of the card that took its place."""
    more = sa.update(_account).where(_account.c.id == account_id)
    changed = more.values(balance_minor=_account.c.balance_minor + amount.minor)
    successor: str | None = require_transaction().scalar(changed.returning(_account.c.replaced_by))
    return successor


def take_out(account_id: str, amount: Money, why: Why) -> bool:
    """The guard: take from a balance only what is there, from an account that is not closed, in its own currency;
    whether it was."""
    values = {"key": account_id, "amount": amount.minor, "in_currency": amount.currency}
    if require_transaction().execute(_TAKE, values).first() is None:
        return False
    _enter(account_id, -amount, why)
    return True


_TAKE = (
    sa.update(_account)
    .where(
        _account.c.id == sa.bindparam("key"),
        _account.c.currency == sa.bindparam("in_currency"),
        _account.c.closed_at.is_(None),
        _account.c.balance_minor >= sa.bindparam("amount", type_=sa.BigInteger),
    )
    .values(balance_minor=_account.c.balance_minor - sa.bindparam("amount"))
    .returning(_account.c.id)
)


def _enter(account_id: str, amount: Money, why: Why) -> bool:
    values = {
        "account_id": account_id,
        "cause": why.cause,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "order_id": why.order_id,
        "refund_id": why.refund_id,
        "reference": why.reference,
        "at": clock.now(),
    }
    return insert_ignore(CreditEntry, values, unique=("account_id", "cause", "reference"))


def spend(order_id: int, parts: Sequence[Part], *, cart_id: str = "") -> None:
    """Take what an order, made of a cart, is paid with; raises CreditGone, with nothing to undo but the caller's own
    work."""
    session = require_transaction()
    # In one order whoever comes: two orders that want the same two cards never wait for one another.
    for part in sorted(parts, key=lambda one: one.account_id):
        if not take_out(part.account_id, part.amount, Why(CreditCause.SPENT, order_id=order_id)):
            raise _gone(part.account_id)
    session.add_all(
        CreditUse(
            order_id=order_id,
            account_id=part.account_id,
            cart_id=cart_id,
            amount_minor=part.amount.minor,
            currency=part.amount.currency,
            position=position,
        )
        for position, part in enumerate(parts)
    )
    session.flush()


def give_back(order_id: int) -> None:
    """An order that is cancelled unpaid holds no credit; a second call changes nothing. Expects the order's lock."""
    for use in _uses(order_id, are_held=True):
        use.released_at = clock.now()
        amount = Money(use.amount_minor, use.currency)
        pay_in(use.account_id, amount, Why(CreditCause.GIVEN_BACK, order_id=order_id))


def spend_again(order_id: int) -> None:
    """An order that lives again takes what it held; raises CreditGone. Expects the order's lock."""
    for use in _uses(order_id, are_held=False):
        amount = Money(use.amount_minor, use.currency)
        if not take_out(use.account_id, amount, Why(CreditCause.SPENT, order_id=order_id)):
            raise _gone(use.account_id)
        use.released_at = None


def _uses(order_id: int, *, are_held: bool) -> list[CreditUse]:
    held = CreditUse.released_at.is_(None)
    mine = sa.select(CreditUse).where(CreditUse.order_id == order_id, held if are_held else sa.not_(held))
    fresh = {"populate_existing": True}
    return list(
        require_transaction().scalars(mine.order_by(CreditUse.account_id), execution_options=fresh).all()
    )


def _gone(account_id: str) -> CreditGone:
    message = _("Your gift card or credit no longer has this amount; please look at what is to pay.")
    return CreditGone(message, account_id=account_id)
