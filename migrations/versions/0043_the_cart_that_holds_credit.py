"""The cart that an order's credit is held for, so that the same cart finds it there while its order makes way.

Orders from before held credit for nobody: there were none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "credit_use", sa.Column("cart_id", sa.String(length=40), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    with op.batch_alter_table("credit_use") as batch:
        batch.drop_column("cart_id")
