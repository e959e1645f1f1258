"""Goods of every state by title and by what changed last: at 20,000 of them the list took 75 ms without.

Two indexes; nothing is built anew.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_product_changed", "product", ["updated_at", "id"])
    op.create_index("ix_product_named", "product", ["title", "id"])


def downgrade() -> None:
    op.drop_index("ix_product_named", "product")
    op.drop_index("ix_product_changed", "product")
