"""Who writes has a picture, with its words and its sizes, as posts have their covers."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("author", sa.Column("file", sa.String(length=30)))
    op.add_column("author", sa.Column("sizes", sa.String(length=60)))
    op.add_column("author", sa.Column("alt", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("author", sa.Column("width", sa.Integer()))
    op.add_column("author", sa.Column("height", sa.Integer()))


def downgrade() -> None:
    for name in ("height", "width", "alt", "sizes", "file"):
        op.drop_column("author", name)
