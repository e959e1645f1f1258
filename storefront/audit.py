"""Who did what, when and why: an append-only record, with the personal values beside it.

Knows entries and their details; refuses to know what any verb means.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront import clock, people
from storefront.database import (
    BigId,
    Instant,
    append_only,
    db,
    inserting,
    partial_index,
    require_transaction,
    write,
)

# The id of the request or job in which things happen, for the log and the record alike.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class AuditEntry(db.Model):
    """One thing that happened: ids, verbs and codes only, so that nothing here ever needs to be erased."""

    __tablename__ = "audit_entry"
    # Most entries are the shop's own or a guest's: nobody looks for those by person, so they cost no more to write.
    __table_args__ = (
        sa.Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
        sa.Index("ix_audit_entry_verb", "verb", "id"),
        sa.Index("ix_audit_entry_request", "request_id"),
        *(
            partial_index(
                name,
                *columns,
                where="actor_id IS NOT NULL",
            )
            for name, columns in (
                ("ix_audit_entry_person", ("actor_kind", "actor_id", "id")),
                ("ix_audit_entry_people", ("actor_kind", "id")),
            )
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    verb: Mapped[str] = mapped_column(sa.String(60))
    subject_kind: Mapped[str] = mapped_column(sa.String(30))
    subject_id: Mapped[str] = mapped_column(sa.String(60))
    actor_kind: Mapped[str] = mapped_column(sa.String(30))
    actor_id: Mapped[str | None] = mapped_column(sa.String(60))
    code: Mapped[str | None] = mapped_column(sa.String(120))
    request_id: Mapped[str] = mapped_column(sa.String(40))


append_only("audit_entry", why="a record that can be rewritten proves nothing")


class AuditDetail(db.Model):
    """A value before and after; may be personal, and may be erased."""

    __tablename__ = "audit_detail"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_entry.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    before: Mapped[str | None] = mapped_column(sa.Text)
    after: Mapped[str | None] = mapped_column(sa.Text)


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """The record about a person, which has ids alone and stays; and what stands beside it, which goes."""
    about = [
        sa.and_(AuditEntry.subject_kind == kind, AuditEntry.subject_id.in_(person.ids_of(kind)))
        for kind in sorted({kind for kind, _id in person.subjects})
    ]
    own = sa.and_(AuditEntry.actor_kind == "customer", AuditEntry.actor_id.in_(person.ids_of("customer")))
    theirs = sa.or_(own, *about) & (AuditEntry.at <= person.until)
    entries = sa.select(AuditEntry.id).where(theirs)
    named = people.says(AuditDetail.before, person.emails) | people.says(AuditDetail.after, person.emails)
    return (
        people.Holding(people.table_of(AuditDetail), AuditDetail.entry_id.in_(entries) | named),
        people.Holding(
            people.table_of(AuditEntry),
            theirs,
            forget={},
            keeps=("verb", "subject_kind", "subject_id", "actor_kind", "actor_id", "code", "request_id"),
            # Who works here is not about the person.
            hidden=("actor_kind", "actor_id"),
        ),
    )


def record(
    verb: str,
    *,
    subject: tuple[str, object],
    actor: tuple[str, object | None] = ("system", None),
    code: str | None = None,
    detail: Mapping[str, tuple[object | None, object | None]] | None = None,
) -> int:
    """Write one entry in the caller's transaction, and answer its id; `detail` maps a name to (before, after).

    A step.
    """
    session = require_transaction()
    entry = {
        "at": clock.now(),
        "verb": verb,
        "subject_kind": subject[0],
        "subject_id": str(subject[1]),
        "actor_kind": actor[0],
        "actor_id": None if actor[1] is None else str(actor[1]),
        "code": code,
        "request_id": request_id.get(),
    }
    # A row and no object: nobody changes it again (90 µs instead of 350).
    written: int = write(_ADD_ENTRY, entry).key
    if detail:
        session.add_all(
            AuditDetail(entry_id=written, name=name, before=_text(before), after=_text(after))
            for name, (before, after) in detail.items()
        )
    return written


_ADD_ENTRY = inserting(
    AuditEntry, "at", "verb", "subject_kind", "subject_id", "actor_kind", "actor_id", "code", "request_id"
)


def history(subject: tuple[str, object]) -> list[AuditEntry]:
    """Everything recorded of one subject, oldest first."""
    return list(
        db.session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.subject_kind == subject[0], AuditEntry.subject_id == str(subject[1]))
            .order_by(AuditEntry.id)
        )
    )


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
