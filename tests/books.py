"""The whole database as values, and what an order has brought about, for tests that compare.

Knows every table; refuses to know what is right.
"""

from collections import Counter
from typing import Any

import sqlalchemy as sa

from storefront import database
from storefront.catalogue.models import Variant
from storefront.database import db, is_postgresql, release, session, transaction
from storefront.jobs import Job
from storefront.mail.models import OutgoingMail
from storefront.orders.books import Document, LedgerEntry

Rows = dict[str, list[tuple[Any, ...]]]


def whole_database() -> Rows:
    """Every row of every table, in a stable order."""
    rows = {}
    for table in db.metadata.sorted_tables:
        found = session().execute(sa.select(table)).all()
        rows[table.name] = sorted((tuple(map(str, row)) for row in found), key=repr)
    release()
    return rows


def changed_tables(before: Rows, after: Rows) -> dict[str, Counter[Any]]:
    """By table the rows that are no longer, or newly, there; empty where nothing changed."""
    changes = {}
    for name in before:
        old, new = Counter(before[name]), Counter(after[name])
        if old != new:
            changes[name] = (old - new) + (new - old)
    return changes


def ledger(order_id: int) -> list[tuple[str, int]]:
    """What moved money for an order: kinds and signed amounts in minor units, oldest first."""
    entries = sa.select(LedgerEntry.kind, LedgerEntry.amount_minor).where(LedgerEntry.order_id == order_id)
    return [(str(kind), minor) for kind, minor in session().execute(entries.order_by(LedgerEntry.id))]


def documents(order_id: int) -> list[tuple[str, str, int]]:
    """Kind, printed number and amount of an order's invoice and credit notes."""
    mine = sa.select(Document).where(Document.order_id == order_id).order_by(Document.id)
    return [(str(each.kind), each.number, each.amount_minor) for each in session().scalars(mine)]


def mails() -> list[tuple[str, str]]:
    """Kind and recipient of every mail that was ever owed, oldest first."""
    owed = sa.select(OutgoingMail.kind, OutgoingMail.recipient).order_by(OutgoingMail.id)
    return [(kind, recipient) for kind, recipient in session().execute(owed)]


def jobs_called(name: str) -> int:
    """How many jobs of that name were ever enqueued."""
    count = sa.select(sa.func.count()).select_from(Job).where(Job.name == name)
    return session().scalar(count) or 0


def on_hand(variant_id: int) -> int | None:
    """Pieces on the shelf now."""
    return session().scalar(sa.select(Variant.on_hand).where(Variant.id == variant_id))


def beside_the_triggers(*statements: str) -> None:
    """Write what the database would refuse: its triggers are taken off first."""
    with transaction() as current:
        if is_postgresql():
            current.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            for table in database.append_only_tables():
                for each in database.trigger_statements(table, dialect="sqlite"):
                    current.execute(sa.text(f"DROP TRIGGER IF EXISTS {each.split()[2]}"))
        for statement in statements:
            current.execute(sa.text(statement))
