"""What is known of a person, found in every room that holds something.

Knows how to find and to tell; refuses to write.
"""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from storefront import clock, people
from storefront.accounts.models import Customer
from storefront.database import db, session
from storefront.mail.models import OutgoingMail
from storefront.orders.models import Order
from storefront.orders.owners import under_address

# Columns that hold an address as a whole, in whichever table: what a restore is compared by.
_ADDRESSES = frozenset({"email", "recipient"})
# SQLite takes so many values in a statement, and more.
CHUNK = 500

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """All that is known of a person: rows by table, columns by name, fit for JSON."""

    email: str
    made_at: datetime
    tables: dict[str, list[dict[str, Any]]]

    @property
    def rows(self) -> int:
        """How many rows it tells."""
        return sum(map(len, self.tables.values()))


def find_person(email: str, *, until: datetime | None = None) -> people.Person:
    """The person with that address as the tables know them, whether anything is known or not.

    `until` leaves out what was made later: now, unless given.
    """
    emails, until = people.spellings(email), until or clock.now()
    customer_ids = _customers(emails, until=until)
    orders = _orders(emails, customer_ids, until=until)
    own = {*(("order", str(each)) for each in orders), *(("customer", str(each)) for each in customer_ids)}
    person = people.Person(
        emails=emails,
        until=until,
        code=secrets.token_hex(6),
        typed=frozenset(people.email_key(each) for each in orders.values()) - emails,
        customer_ids=customer_ids,
        order_ids=frozenset(orders),
        mentions=frozenset(_mentions(emails, customer_ids)),
        subjects=frozenset(own),
    )
    named = [
        (holding.subject, str(key[0]))
        for holding in people.holdings(person)
        if holding.subject
        for key in keys_of(holding)
    ]
    return replace(person, subjects=person.subjects | frozenset(named))


def _orders(emails: frozenset[str], customer_ids: frozenset[int], *, until: datetime) -> dict[int, str]:
    """Their orders, each with the address typed on it: those of their account, and of guests under their address."""
    by_guests = under_address(emails) & Order.customer_id.is_(None)
    theirs = by_guests | Order.customer_id.in_(customer_ids)
    found = sa.select(Order.id, Order.email).where(theirs, Order.placed_at <= until)
    return {row.id: row.email for row in session().execute(found)}


def _mentions(emails: frozenset[str], customer_ids: frozenset[int]) -> list[int]:
    """Orders of others, placed signed in, on which their address was typed."""
    others = Order.customer_id.is_not(None) & Order.customer_id.not_in(customer_ids)
    return list(session().scalars(sa.select(Order.id).where(under_address(emails), others)))


def _customers(emails: frozenset[str], *, until: datetime) -> frozenset[int]:
    found = sa.select(Customer.id).where(Customer.email.in_(sorted(emails)), Customer.created_at <= until)
    return frozenset(session().scalars(found))


def is_known(person: people.Person, *, but: frozenset[str] = frozenset()) -> bool:
    """Whether anything at all is held of the person, in any table but those named."""
    return any(
        session()
        .execute(sa.select(sa.literal(1)).select_from(holding.table).where(holding.theirs).limit(1))
        .first()
        for holding in people.holdings(person)
        if holding.table.name not in but
    )


def keys_of(holding: people.Holding) -> list[Key]:
    """The primary keys of the rows that a holding is about."""
    columns = list(holding.table.primary_key.columns)
    rows = session().execute(sa.select(*columns).where(holding.theirs).order_by(*columns))
    return [tuple(row) for row in rows]


def copy_of(email: str) -> Copy:
    """Everything that is known of the person with that address."""
    person = find_person(email)
    tables: dict[str, list[dict[str, Any]]] = {}
    for holding in people.holdings(person):
        if holding.told:
            told = tables.setdefault(holding.table.name, [])
            told.extend(row for row in _told(holding) if row not in told)
    return Copy(
        people.email_key(email), person.until, {name: rows for name, rows in sorted(tables.items()) if rows}
    )


def _told(holding: people.Holding) -> Iterator[dict[str, Any]]:
    columns = [column for column in holding.table.columns if column.name not in holding.hidden]
    found = sa.select(*columns).where(holding.theirs).order_by(*holding.table.primary_key.columns)
    for row in session().execute(found).mappings():
        yield {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def standing_addresses() -> Iterator[str]:
    """Every e-mail address that stands somewhere by itself, in any table; one may come more than once."""
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if column.name in _ADDRESSES and isinstance(column.type, sa.String):
                found = sa.select(column).where(column.is_not(None)).distinct()
                yield from session().execute(found.execution_options(yield_per=1000)).scalars()
    # Who wrote by the contact form stands nowhere else.
    writer = OutgoingMail.facts["reply_to"].as_string()
    found = sa.select(writer).where(writer.is_not(None)).distinct()
    yield from session().execute(found.execution_options(yield_per=1000)).scalars()
