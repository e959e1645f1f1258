"""Every page says whether gift cards are sold: that is found without reading all goods."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_product_gift_card", "product", ["is_gift_card", "state"])


def downgrade() -> None:
    op.drop_index("ix_product_gift_card", "product")
