"""Statements of withdrawal: received whether or not they match an order, and what a person decided about each."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("form_key", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("order_id", _BIG_ID, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("policy_version_id", _BIG_ID, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor_kind", sa.String(length=30), nullable=True),
        sa.Column("actor_id", sa.String(length=60), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("return_id", _BIG_ID, nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'refused')", name=op.f("ck_withdrawal_state")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_withdrawal_order_id")),
        sa.ForeignKeyConstraint(
            ["policy_version_id"], ["policy_version.id"], name=op.f("fk_withdrawal_policy_version_id")
        ),
        sa.ForeignKeyConstraint(["return_id"], ["return_request.id"], name=op.f("fk_withdrawal_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("form_key", name=op.f("uq_withdrawal_form_key")),
        sa.UniqueConstraint("return_id", name=op.f("uq_withdrawal_return_id")),
    )
    for column in ("email", "order_id"):
        op.create_index(op.f(f"ix_withdrawal_{column}"), "withdrawal", [column])
    op.create_index("ix_withdrawal_of_state", "withdrawal", ["state", "id"])


def downgrade() -> None:
    op.drop_table("withdrawal")
