"""Which reply a comment answers, where that is not the first of its thread: its writer is told of it too."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("comment", sa.Column("answered_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("comment", "answered_id")
