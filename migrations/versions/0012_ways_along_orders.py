"""Indexes along which the list of orders is walked: by date, each filter by date, and by amount.

The index on the date alone makes room for one that also tells orders of one instant apart.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# One expression: as three conditions SQLite would prefer the index of the state.
_TO_PACK = (
    "CASE WHEN (state = 'paid' AND fulfilment IN ('unshipped', 'partly') "
    "AND (captured_minor = 0 OR captured_minor > refunded_minor)) THEN 1 ELSE 0 END = 1"
)
_WAYS = (
    ("ix_orders_placed", ["placed_at", "id"], None),
    ("ix_orders_of_state", ["state", "placed_at", "id"], None),
    ("ix_orders_of_fulfilment", ["fulfilment", "placed_at", "id"], None),
    ("ix_orders_of_country", ["country", "placed_at", "id"], None),
    ("ix_orders_total", ["total_minor", "id"], None),
    ("ix_orders_to_pack", ["placed_at", "id"], _TO_PACK),
    ("ix_orders_refunded", ["placed_at", "id", "refunded_minor", "captured_minor"], "refunded_minor > 0"),
)


def upgrade() -> None:
    for name, columns, condition in _WAYS:
        where = None if condition is None else sa.text(condition)
        op.create_index(name, "orders", columns, sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_orders_placed_at", "orders")


def downgrade() -> None:
    op.create_index("ix_orders_placed_at", "orders", ["placed_at"])
    for name, _columns, _condition in _WAYS:
        op.drop_index(name, "orders")
