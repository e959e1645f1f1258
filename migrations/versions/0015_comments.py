"""Comments, the decisions about them, the marks of their texts, closed threads and addresses that want no mail."""

import sqlalchemy as sa
from alembic import op

from storefront.database import trigger_statements

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _comment()
    op.create_table(
        "decision",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("comment_id", _BIG_ID, nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("actor_kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('publish', 'reject', 'spam', 'restore')", name=op.f("ck_decision_verdict")
        ),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_decision_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_comment_id", "decision", ["comment_id"])
    op.create_index("ix_decision_report", "decision", ["at", "id"])
    op.create_table(
        "likeness",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_id", _BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_likeness_comment_id")),
        sa.PrimaryKeyConstraint("mark", "comment_id", name=op.f("pk_likeness")),
    )
    op.create_index("ix_likeness_comment_id", "likeness", ["comment_id"])
    op.create_table(
        "closed_thread",
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_closed_thread")),
    )
    op.create_table(
        "muted_address",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_muted_address")),
    )
    for statement in trigger_statements("decision", dialect=op.get_bind().dialect.name):
        op.execute(statement)


def _comment() -> None:
    op.create_table(
        "comment",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", _BIG_ID, nullable=True),
        sa.Column("original_id", _BIG_ID, nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("customer_id", _BIG_ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("insider", sa.String(length=10), nullable=False),
        sa.Column("flags", sa.String(length=120), nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('held', 'published', 'rejected', 'spam')", name=op.f("ck_comment_state")
        ),
        sa.CheckConstraint("insider IN ('', 'staff', 'author')", name=op.f("ck_comment_insider")),
        sa.CheckConstraint("parent_id IS NULL OR parent_id < id", name=op.f("ck_comment_parent")),
        sa.CheckConstraint("original_id IS NULL OR original_id <> id", name=op.f("ck_comment_original")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id")),
        sa.ForeignKeyConstraint(["original_id"], ["comment.id"], name=op.f("fk_comment_original_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_comment_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "email",
            "text_digest",
            name=op.f("uq_comment_subject_kind_subject_id_email_text_digest"),
        ),
    )
    op.create_index("ix_comment_thread", "comment", ["subject_kind", "subject_id", "state", "id"])
    op.create_index("ix_comment_queue", "comment", ["state", "id"])
    for column in ("parent_id", "original_id", "email", "customer_id"):
        op.create_index(f"ix_comment_{column}", "comment", [column])


def downgrade() -> None:
    for table in ("muted_address", "closed_thread", "likeness", "decision", "comment"):
        op.drop_table(table)
