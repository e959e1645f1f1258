"""What texts state about shipping, money back and answers, and what the policy in force keeps of it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "promise_stated",
        sa.Column("id", big_id, nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("promise", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("is_general", sa.Boolean(), nullable=False),
        sa.Column("is_everywhere", sa.Boolean(), nullable=False),
        sa.Column("countries", sa.String(length=600), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("sentence", sa.String(length=600), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_stated")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "place",
            name=op.f("uq_promise_stated_subject_kind_subject_id_place"),
        ),
    )
    op.create_index(
        op.f("ix_promise_stated_untrue"),
        "promise_stated",
        ["subject_kind", "subject_id"],
        sqlite_where=sa.text("NOT is_kept"),
        postgresql_where=sa.text("NOT is_kept"),
    )
    op.create_table(
        "promises_held",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_promises_held_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises_held")),
    )


def downgrade() -> None:
    op.drop_table("promises_held")
    op.drop_table("promise_stated")
