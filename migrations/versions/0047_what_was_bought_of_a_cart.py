"""What was bought of a cart, so that what was put in while its order waited for the payment is not lost."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("spent_cart", sa.Column("bought", sa.JSON(), nullable=True))
    op.add_column("spent_cart", sa.Column("rest_id", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("spent_cart", "rest_id")
    op.drop_column("spent_cart", "bought")
