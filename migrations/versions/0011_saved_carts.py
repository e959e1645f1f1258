"""Carts of customers, kept with the account: a cookie knows one browser only.

The contents are one value, changed as a whole under the row's lock.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_cart",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cart_id", sa.String(length=40), nullable=True),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_saved_cart_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_saved_cart")),
    )
    op.create_index(op.f("ix_saved_cart_cart_id"), "saved_cart", ["cart_id"], unique=False)


def downgrade() -> None:
    op.drop_table("saved_cart")
