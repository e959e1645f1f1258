"""Gift cards and store credit as staff look for them, and one with all that moved on it.

Knows whose they are and which orders they belong to; refuses to write, and to know codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from storefront import people
from storefront.accounts.models import Customer
from storefront.credit.models import CreditAccount, CreditCause, CreditEntry, CreditKind
from storefront.database import session
from storefront.errors import NotFound
from storefront.money import Money
from storefront.orders.models import OrderLine, id_of_number, number_of_id

PAGE = 50
MOST_ENTRIES = 200
# What an account of store credit is given comes at any time; a card has all of it when it is opened.
_GIVEN = (CreditCause.SOLD, CreditCause.GRANTED)
_FULL, _EMPTY, _CLOSED = STATES = ("full", "empty", "closed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff look for: a kind, a state of STATES or "", and an ending, an address or a number."""

    kind: CreditKind = CreditKind.GIFT_CARD
    state: str = ""
    find: str = ""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the list; `who` has its code or whose it is, `number` is the order that sold it."""

    id: str
    kind: CreditKind
    code_end: str
    balance: Money
    given: Money
    who: str
    number: int | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A change of a balance and the order it belongs to."""

    cause: CreditCause
    amount: Money
    number: int | None
    at: datetime


def credit_accounts(
    wanted: Wanted, *, after: str | None = None, size: int = PAGE
) -> tuple[list[AccountRow], str | None]:
    """Accounts, the newest first, behind the one `after`, and where the next page begins. One statement, two behind
    a page."""
    select = _accounts().where(CreditAccount.kind == wanted.kind, *_conditions(wanted))
    if after is not None and (last := session().get(CreditAccount, after)) is not None:
        here = sa.tuple_(CreditAccount.opened_at, CreditAccount.id)
        select = select.where(
            here < sa.tuple_(sa.literal(last.opened_at, CreditAccount.opened_at.type), after)
        )
    newest = (CreditAccount.opened_at.desc(), CreditAccount.id.desc())
    rows = [_row(each) for each in session().execute(select.order_by(*newest).limit(size + 1))]
    return rows[:size], rows[size - 1].id if len(rows) > size else None


def credit_account(account_id: str) -> AccountRow:
    """One account. One statement. Raises NotFound."""
    found = session().execute(_accounts().where(CreditAccount.id == account_id)).first()
    if found is None:
        raise NotFound()
    return _row(found)


def entries_of(account_id: str, *, most: int = MOST_ENTRIES) -> list[EntryRow]:
    """What moved on an account, the newest first. One statement."""
    mine = sa.select(CreditEntry).where(CreditEntry.account_id == account_id)
    newest = session().scalars(mine.order_by(CreditEntry.id.desc()).limit(most))
    return [
        EntryRow(
            CreditCause(each.cause),
            Money(each.amount_minor, each.currency),
            number_of_id(each.order_id) if each.order_id else None,
            each.at,
        )
        for each in newest
    ]


def cards_sold(order_id: int) -> list[AccountRow]:
    """The gift cards that an order sold, in the order of its lines. One statement."""
    mine = _accounts().where(OrderLine.order_id == order_id)
    in_order = mine.order_by(OrderLine.position, OrderLine.id, CreditAccount.piece)
    return [_row(each) for each in session().execute(in_order)]


def store_credits(customer_id: int) -> list[AccountRow]:
    """A customer's own credit, in each currency in which they have any. One statement."""
    mine = _accounts().where(
        CreditAccount.customer_id == customer_id, CreditAccount.kind == CreditKind.STORE_CREDIT
    )
    return [_row(each) for each in session().execute(mine.order_by(CreditAccount.currency))]


def customer_by_email(email: str) -> int | None:
    """The id of the account that signs in by an address, None where there is none. One statement."""
    found: int | None = session().scalar(
        sa.select(Customer.id).where(Customer.email == people.email_key(email))
    )
    return found


def _accounts() -> Any:
    mine = aliased(CreditEntry)
    first = sa.select(sa.func.min(mine.id)).where(mine.account_id == CreditAccount.id).scalar_subquery()
    given = (
        sa.select(sa.func.coalesce(sa.func.sum(CreditEntry.amount_minor), 0))
        .where(
            CreditEntry.account_id == CreditAccount.id,
            sa.or_(CreditEntry.cause.in_(_GIVEN), CreditEntry.id == first),
        )
        .scalar_subquery()
    )
    accounts: Any = (
        sa.select(
            *(CreditAccount.id, CreditAccount.kind, CreditAccount.code_end, CreditAccount.currency),
            *(CreditAccount.balance_minor, CreditAccount.email, CreditAccount.opened_at),
            *(CreditAccount.closed_at, OrderLine.order_id, Customer.email.label("owner")),
            given.label("given"),
        )
        .outerjoin(OrderLine, OrderLine.id == CreditAccount.order_line_id)
        .outerjoin(Customer, Customer.id == CreditAccount.customer_id)
    )
    return accounts


def _row(row: Any) -> AccountRow:
    return AccountRow(
        id=row.id,
        kind=CreditKind(row.kind),
        code_end=row.code_end or "",
        balance=Money(row.balance_minor, row.currency),
        given=Money(int(row.given), row.currency),
        who=row.owner or row.email or "",
        number=number_of_id(row.order_id) if row.order_id else None,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _conditions(wanted: Wanted) -> Sequence[Any]:
    is_open = CreditAccount.closed_at.is_(None)
    by_state: dict[str, list[Any]] = {
        _FULL: [is_open, CreditAccount.balance_minor > 0],
        _EMPTY: [is_open, CreditAccount.balance_minor == 0],
        _CLOSED: [sa.not_(is_open)],
    }
    return [*by_state.get(wanted.state, []), *_found(wanted.find)]


def _found(find: str) -> list[Any]:
    """By an address where it has an @, else by an ending or the number of an order."""
    if not find:
        return []
    if "@" in find:
        theirs = people.spellings(find)
        return [sa.or_(people.is_one_of(CreditAccount.email, theirs), Customer.email.in_(sorted(theirs)))]
    either = [CreditAccount.code_end == find.upper()]
    if find.isascii() and find.isdigit() and len(find) < 19:
        order_id = id_of_number(int(find))
        moved = sa.select(CreditEntry.account_id).where(CreditEntry.order_id == order_id)
        either += [OrderLine.order_id == order_id, CreditAccount.id.in_(moved)]
    return [sa.or_(*either)]
