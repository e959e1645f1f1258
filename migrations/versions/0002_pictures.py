"""Pictures as files of the storage, with the widths made of them.

A picture's `path` below `static/` was only ever the demo shop's; its rows stay, and show the plain print.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("image") as batch_op:
        batch_op.add_column(sa.Column("file", sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column("sizes", sa.String(length=60), nullable=True))
        batch_op.drop_column("path")
        batch_op.create_check_constraint(
            "measured", "file IS NULL OR (coalesce(width, 0) > 0 AND coalesce(height, 0) > 0)"
        )
        batch_op.create_check_constraint("sizes", "sizes IS NULL OR file IS NOT NULL")
    op.create_index(
        "ix_image_file",
        "image",
        ["file"],
        unique=True,
        sqlite_where=sa.text("file IS NOT NULL"),
        postgresql_where=sa.text("file IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_image_file", "image")
    with op.batch_alter_table("image") as batch_op:
        batch_op.drop_constraint(op.f("ck_image_sizes"), type_="check")
        batch_op.drop_constraint(op.f("ck_image_measured"), type_="check")
        batch_op.add_column(sa.Column("path", sa.String(length=300), nullable=True))
        batch_op.drop_column("sizes")
        batch_op.drop_column("file")
