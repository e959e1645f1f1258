"""Erasing a person across every room, and doing it again after a restore.

Each person is one transaction; what is kept by law is kept under a pseudonym.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storefront import audit, database, people
from storefront.accounts.models import Customer
from storefront.database import lock_all, require_transaction, transaction
from storefront.errors import Refused
from storefront.orders.models import Order
from storefront.privacy.queries import (
    CHUNK,
    Copy,
    Key,
    copy_of,
    find_person,
    is_known,
    keys_of,
    standing_addresses,
)
from storefront.privacy.remembered import digest, remember, remembered


class NotYet(Refused):
    """Something is still under way that needs the person; `reasons` says what, a sentence each."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: `refused` are reasons why somebody could not be erased yet, `foreign` lines nobody could
    be held against."""

    erased: int
    refused: tuple[str, ...]
    foreign: int


def erase_person(email: str, *, by: tuple[str, object | None], until: datetime | None = None) -> str:
    """Erase whoever has that address, and answer the code that stands in their place.

    Twice is as good as once. Raises NotYet while an order, a refund or a dispute of theirs is open.
    """
    with transaction():
        found = find_person(email, until=until)
        # Nothing of theirs moves from here to the commit; what is decided on is read again after the locks. Nobody
        # comes in as them meanwhile: a new session needs the person.
        lock_all(Customer, sorted(found.customer_ids))
        lock_all(Order, sorted(found.order_ids | found.mentions))
        person = find_person(email, until=found.until)
        if reasons := people.objections(person):
            raise NotYet(reasons)
        people.let_go(person)
        for holding, keys in [(each, keys_of(each)) for each in people.holdings(person)]:
            _forget(holding, keys)
        people.tidy(person)
        audit.record("person.erased", subject=("person", person.code), actor=by)
        # Before the commit: better remembered once too often than forgotten by a crash in between.
        remember(email, at=person.until)
    database.scrub()
    return person.code


def hand_out_copy(email: str, *, by: tuple[str, object | None]) -> Copy:
    """Everything that is known of the person with that address; that it was handed out is recorded, by no name."""
    copy = copy_of(email)
    with transaction():
        audit.record("person.copied", subject=("person", digest(email)[:24]), actor=by)
    return copy


def _forget(holding: people.Holding, keys: Sequence[Key]) -> None:
    session, table = require_transaction(), holding.table
    columns = sa.tuple_(*table.primary_key.columns)
    for start in range(0, len(keys), CHUNK):
        these = columns.in_(keys[start : start + CHUNK])
        if holding.forget is None:
            session.execute(sa.delete(table).where(these))
        elif holding.forget:
            _overwrite(table, these, holding.forget)


def _overwrite(table: sa.Table, these: Any, forget: Mapping[str, Any]) -> None:
    """Put what takes their place into the rows; where that depends on what stood there, row by row."""
    session = require_transaction()
    fixed = {name: value for name, value in forget.items() if not callable(value)}
    made = {name: value for name, value in forget.items() if callable(value)}
    if fixed:
        session.execute(sa.update(table).where(these).values(fixed))
    if made:
        key = list(table.primary_key.columns)
        for row in session.execute(sa.select(*key, *(table.c[name] for name in made)).where(these)).all():
            this = sa.and_(*(column == row._mapping[column] for column in key))
            values = {name: make(row._mapping[table.c[name]]) for name, make in made.items()}
            session.execute(sa.update(table).where(this).values(values))


def replay() -> Replayed:
    """Erase once more whom a restored backup brought back: everything of theirs that is older than their erase."""
    known, refused, erased = remembered(), [], 0
    returned = {
        people.email_key(email): at
        for email in standing_addresses()
        if not people.is_erased(email) and (at := known.erased_at(email)) is not None
    }
    for email, at in sorted(returned.items()):
        if not is_known(find_person(email, until=at)):
            continue
        try:
            erase_person(email, by=("system", None), until=at)
            erased += 1
        except NotYet as refusal:
            refused.append(refusal.message)
    return Replayed(erased, tuple(refused), known.foreign)
