"""The record as it is searched: who did what to what, when, in which request; and what stood before and after.

Knows entries and people's names; refuses to know what a verb means. Every way in is an index.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storefront.accounts.models import Customer
from storefront.audit import AuditDetail, AuditEntry
from storefront.config import settings
from storefront.database import read
from storefront.reports.periods import Period

PAGE = 50
MOST_OF_ONE = 200
# Entries get their ids within moments of their time, but not in exactly that order.
_ASTRAY = timedelta(minutes=1)
PEOPLE = ("staff", "customer")

_entry: Any = AuditEntry.__table__


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is None or empty does not matter. `person` is an account's id, `kind` of actor one
    of staff, customer, system."""

    person: int | None = None
    kind: str = ""
    verb: str = ""
    subject: tuple[str, str] | None = None
    request_id: str = ""
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A value before and after; None where there was none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """One entry with all that belongs to it; `actor_name` is empty where nobody is known by that id."""

    id: int
    at: datetime
    verb: str
    subject: tuple[str, str]
    actor: tuple[str, str | None]
    actor_name: str
    code: str | None
    request_id: str
    changes: tuple[Change, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class TracePage:
    """A page of the record, the newest first; whether there are newer and older entries than these."""

    traces: tuple[Trace, ...]
    has_newer: bool
    has_older: bool


def person_called(email: str) -> int | None:
    """The account of that address, or None."""
    rows = read(sa.select(Customer.id).where(Customer.email == email.strip().lower()))
    return rows[0][0] if rows else None


def search(wanted: Wanted, *, before: int | None = None, after: int | None = None) -> TracePage:
    """A page of what was wanted: the newest, or the next older than `before`, or newer than `after`.

    Three statements, and two more where days are given.
    """
    found = sa.select(_entry).where(*_conditions(wanted))
    if after is not None:
        rows = list(read(found.where(_entry.c.id > after).order_by(_entry.c.id).limit(PAGE + 1)))
        traces = _traced(rows[:PAGE][::-1])
        return TracePage(traces, has_newer=len(rows) > PAGE, has_older=True)
    older = found if before is None else found.where(_entry.c.id < before)
    rows = list(read(older.order_by(_entry.c.id.desc()).limit(PAGE + 1)))
    return TracePage(_traced(rows[:PAGE]), has_newer=before is not None, has_older=len(rows) > PAGE)


def trail(subject: tuple[str, object]) -> tuple[Trace, ...]:
    """The history of one order, product or whatever else, the newest first, `MOST_OF_ONE` at most. Three
    statements."""
    mine = (_entry.c.subject_kind == subject[0], _entry.c.subject_id == str(subject[1]))
    rows = read(sa.select(_entry).where(*mine).order_by(_entry.c.id.desc()).limit(MOST_OF_ONE))
    return _traced(rows)


def _conditions(wanted: Wanted) -> list[Any]:
    found = []
    if wanted.person is not None:
        found += [_entry.c.actor_kind.in_(PEOPLE), _entry.c.actor_id == str(wanted.person)]
    elif wanted.kind in PEOPLE:
        found += [_entry.c.actor_kind == wanted.kind, _entry.c.actor_id.is_not(None)]
    elif wanted.kind:
        found.append(_entry.c.actor_kind == wanted.kind)
    if wanted.verb:
        found.append(_entry.c.verb == wanted.verb)
    if wanted.subject is not None:
        kind, subject_id = wanted.subject
        found += [_entry.c.subject_kind == kind, _entry.c.subject_id == subject_id]
    if wanted.request_id:
        found.append(_entry.c.request_id == wanted.request_id)
    if wanted.period is not None:
        found += _within(wanted.period)
    return found


def _within(period: Period) -> list[Any]:
    """Those days as a range of ids, so that each index above, which ends in the id, holds them in one piece."""
    begins, ends = period.bounds(settings().timezone)
    first, after = _first_id(begins - _ASTRAY), _first_id(ends + _ASTRAY)
    exactly = [_entry.c.at >= begins, _entry.c.at < ends]
    if first is None:
        return [sa.false()]
    return [*exactly, _entry.c.id >= first] + ([] if after is None else [_entry.c.id < after])


def _first_id(at: datetime) -> int | None:
    first = sa.select(_entry.c.id).where(_entry.c.at >= at).order_by(_entry.c.at, _entry.c.id).limit(1)
    rows = read(first)
    return rows[0][0] if rows else None


def _traced(rows: Sequence[Any]) -> tuple[Trace, ...]:
    changes = _changes([row.id for row in rows])
    names = _names({row.actor_id for row in rows if row.actor_kind in PEOPLE and row.actor_id})
    return tuple(
        Trace(
            id=row.id,
            at=row.at,
            verb=row.verb,
            subject=(row.subject_kind, row.subject_id),
            actor=(row.actor_kind, row.actor_id),
            actor_name=names.get(row.actor_id, "") if row.actor_kind in PEOPLE else "",
            code=row.code,
            request_id=row.request_id,
            changes=tuple(changes.get(row.id, ())),
        )
        for row in rows
    )


def _changes(entry_ids: list[int]) -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = {}
    if entry_ids:
        columns = (AuditDetail.entry_id, AuditDetail.name, AuditDetail.before, AuditDetail.after)
        mine = sa.select(*columns).where(AuditDetail.entry_id.in_(entry_ids)).order_by(AuditDetail.id)
        for row in read(mine):
            found.setdefault(row.entry_id, []).append(Change(row.name, row.before, row.after))
    return found


def _names(actor_ids: Collection[str]) -> dict[str, str]:
    ids = [int(each) for each in actor_ids if each.isascii() and each.isdigit() and len(each) < 19]
    if not ids:
        return {}
    rows = read(sa.select(Customer.id, Customer.name, Customer.email).where(Customer.id.in_(ids)))
    return {str(row.id): row.name or row.email for row in rows}
