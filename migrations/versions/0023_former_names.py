"""Addresses that authors and tags had before they were renamed, so that links to them go on working."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for what in ("author", "tag"):
        table = f"former_{what}"
        op.create_table(
            table,
            sa.Column("slug", sa.String(length=120), nullable=False),
            sa.Column(f"{what}_id", big_id, nullable=False),
            sa.ForeignKeyConstraint([f"{what}_id"], [f"{what}.id"], name=op.f(f"fk_{table}_{what}_id")),
            sa.PrimaryKeyConstraint("slug", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_{what}_id"), table, [f"{what}_id"])


def downgrade() -> None:
    op.drop_table("former_tag")
    op.drop_table("former_author")
