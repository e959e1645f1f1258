"""Which post led to an order: by line the one whose card or link was used, and the first and the latest one read.

The columns are added with their references inside, which both engines can do without rebuilding a table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COLUMNS = (("order_line", "post_id"), ("orders", "first_post_id"), ("orders", "last_post_id"))
_INDEXES = (
    ("ix_order_line_of_post", "order_line", ["order_id", "post_id"], "post_id IS NOT NULL"),
    ("ix_order_line_post", "order_line", ["post_id", "order_id"], "post_id IS NOT NULL"),
    ("ix_orders_first_post", "orders", ["first_post_id", "id"], "first_post_id IS NOT NULL"),
    ("ix_orders_last_post", "orders", ["last_post_id", "id"], "last_post_id IS NOT NULL"),
)


def upgrade() -> None:
    kind = "BIGINT" if op.get_context().dialect.name == "postgresql" else "INTEGER"
    for table, column in _COLUMNS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT fk_{table}_{column} REFERENCES post (id)"
        )
    for name, table, columns, condition in _INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, _columns, _condition in _INDEXES:
        op.drop_index(name, table_name=table)
    for table, column in _COLUMNS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
