"""The index of an order's lines holds what reports add up: the best sellers of a year read no line's row."""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_order_line_sold", "order_line", ["order_id", "product_id", "quantity", "total_minor"])
    op.drop_index("ix_order_line_order_id", "order_line")


def downgrade() -> None:
    op.create_index("ix_order_line_order_id", "order_line", ["order_id"])
    op.drop_index("ix_order_line_sold", "order_line")
