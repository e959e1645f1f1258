"""Whose an order is: of whoever was signed in when it was placed, or has proved that its e-mail address is theirs.

The column is added with its reference inside, which both engines can do without rebuilding the table.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = "BIGINT" if op.get_context().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE orders ADD COLUMN customer_id {kind} "
        "CONSTRAINT fk_orders_customer_id REFERENCES customer (id)"
    )
    op.create_index("ix_orders_customer", "orders", ["customer_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_orders_customer", table_name="orders")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_column("customer_id")
