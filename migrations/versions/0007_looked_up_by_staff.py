"""What staff look up is found by index: figures of a period, the record by person, verb and request, what waits.

The ledger's index holds all that is added up, so that a year's figures read no row; it takes the place of the one by
time alone. The others are partial where nearly all rows are of no interest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Name, table, columns, and the condition of those that hold only some rows.
ADDED = (
    ("ix_ledger_entry_moved", "ledger_entry", ("kind", "currency", "at", "amount_minor", "order_id"), None),
    ("ix_audit_entry_verb", "audit_entry", ("verb", "id"), None),
    ("ix_audit_entry_request", "audit_entry", ("request_id",), None),
    ("ix_audit_entry_person", "audit_entry", ("actor_kind", "actor_id", "id"), "actor_id IS NOT NULL"),
    ("ix_audit_entry_people", "audit_entry", ("actor_kind", "id"), "actor_id IS NOT NULL"),
    ("ix_outgoing_mail_unsent", "outgoing_mail", ("state", "created_at"), "state IN ('owed', 'refused')"),
    ("ix_stripe_event_unhandled", "stripe_event", ("received_at",), "handled_at IS NULL"),
)


def upgrade() -> None:
    for name, table, columns, condition in ADDED:
        where = None if condition is None else sa.text(condition)
        op.create_index(name, table, list(columns), sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_ledger_entry_at", table_name="ledger_entry")


def downgrade() -> None:
    op.create_index("ix_ledger_entry_at", "ledger_entry", ["at"])
    for name, table, _columns, _condition in ADDED:
        op.drop_index(name, table_name=table)
