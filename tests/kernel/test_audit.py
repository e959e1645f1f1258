"""What the record keeps, and that nothing in it can be rewritten."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from storefront import audit
from storefront.audit import AuditDetail, AuditEntry
from storefront.database import Misuse, is_postgresql, session, transaction

# The first policy, which every database has, stands in the record too.
_OF_ORDERS = AuditDetail.entry_id.in_(sa.select(AuditEntry.id).where(AuditEntry.subject_kind == "order"))


def test_an_entry_says_who_did_what_when_and_in_which_request(inside: Flask, frozen: ModuleType) -> None:
    token = audit.request_id.set("abc123")

    with transaction():
        audit.record("order.paid", subject=("order", 12), actor=("staff", 7), code="late")

    audit.request_id.reset(token)
    (entry,) = audit.history(("order", 12))
    assert (entry.verb, entry.subject_id, entry.actor_kind, entry.actor_id) == (
        "order.paid",
        "12",
        "staff",
        "7",
    )
    assert (entry.code, entry.request_id, entry.at) == ("late", "abc123", frozen.now())


def test_an_entry_needs_the_transaction_of_what_it_records(inside: Flask) -> None:
    with pytest.raises(Misuse):
        audit.record("order.paid", subject=("order", 12))


def test_an_entry_disappears_with_the_transaction_it_was_written_in(inside: Flask) -> None:
    def fail() -> None:
        with transaction():
            audit.record("order.paid", subject=("order", 12))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert audit.history(("order", 12)) == []


def test_values_before_and_after_stand_beside_the_entry(inside: Flask) -> None:
    with transaction():
        audit.record(
            "order.moved", subject=("order", 1), detail={"city": ("Köln", "Ulm"), "phone": (None, 7)}
        )

    details = session().scalars(sa.select(AuditDetail).where(_OF_ORDERS).order_by(AuditDetail.name)).all()
    assert [(each.name, each.before, each.after) for each in details] == [
        ("city", "Köln", "Ulm"),
        ("phone", None, "7"),
    ]


def test_history_is_of_one_subject_oldest_first(inside: Flask, frozen: ModuleType) -> None:
    with transaction():
        audit.record("placed", subject=("order", 1))
        frozen.advance(timedelta(hours=-1))
        audit.record("paid", subject=("order", 1))
        audit.record("placed", subject=("order", 2))
        audit.record("placed", subject=("post", 1))

    assert [entry.verb for entry in audit.history(("order", 1))] == ["placed", "paid"]


CHANGES = {
    "update": "UPDATE audit_entry SET verb = 'forged'",
    "delete": "DELETE FROM audit_entry",
    "replace": "REPLACE INTO audit_entry SELECT id, at, 'forged', subject_kind, subject_id, actor_kind,"
    " actor_id, code, request_id FROM audit_entry",
    "truncate": "TRUNCATE audit_entry CASCADE",
    "upsert": "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE true"
    " ON CONFLICT (id) DO UPDATE SET verb = 'forged'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_entry_is_never_changed_or_removed(change: str, inside: Flask) -> None:
    if change == ("replace" if is_postgresql() else "truncate"):
        pytest.skip("the other engine's word")
    with transaction():
        audit.record("order.paid", subject=("order", 12))

    with pytest.raises(DBAPIError, match="append-only"), transaction() as current:
        current.execute(sa.text(CHANGES[change]))

    assert [entry.verb for entry in audit.history(("order", 12))] == ["order.paid"]


def test_without_its_trigger_an_entry_could_be_changed(inside: Flask, unguard: Callable[[str], None]) -> None:
    """The control run: it is the trigger that refuses."""
    unguard("audit_entry")
    with transaction():
        audit.record("order.paid", subject=("order", 12))

    with transaction() as current:
        current.execute(sa.update(AuditEntry).values(verb="forged"))

    assert [entry.verb for entry in audit.history(("order", 12))] == ["forged"]


def test_details_can_be_erased(inside: Flask) -> None:
    with transaction():
        audit.record("order.moved", subject=("order", 1), detail={"city": ("Köln", "Ulm")})

    with transaction() as current:
        current.execute(sa.update(AuditDetail).values(before=None, after=None))

    assert session().scalars(sa.select(AuditDetail.after).where(_OF_ORDERS)).all() == [None]
