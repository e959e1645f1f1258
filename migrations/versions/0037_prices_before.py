"""What a price was before it was lowered, as our own history proves it, beside the price that pages read.

Prices that were lowered before say nothing until they change again: nothing is claimed in retrospect.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("variant", sa.Column("lowest_before_minor", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("variant") as variant:
        variant.drop_column("lowest_before_minor")
