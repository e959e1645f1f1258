"""Pictures of posts that moved in, by the address they had; which cover a post had there, and which hangs here."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moved_picture",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("file", sa.String(length=30), nullable=False),
        sa.Column("sizes", sa.String(length=60), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_moved_picture")),
    )
    for name in ("cover", "cover_alt", "hung"):
        op.add_column("moved_post", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    for name in ("hung", "cover_alt", "cover"):
        op.drop_column("moved_post", name)
    op.drop_table("moved_picture")
