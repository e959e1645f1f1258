"""Refunds by line, by two people, and tried again: their parts, their notes, who asked and who decided.

Refunds that stand already were made by nobody in particular and keep empty columns.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("refund") as batch_op:
        batch_op.add_column(sa.Column("shipping_minor", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("form_key", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("retry_of", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("requested_by", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("decided_by", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_refund_form_key"), ["form_key"])
        batch_op.create_unique_constraint(op.f("uq_refund_retry_of"), ["retry_of"])
        batch_op.create_foreign_key(op.f("fk_refund_retry_of"), "refund", ["retry_of"], ["id"])
        batch_op.create_check_constraint("shipping", "0 <= shipping_minor AND shipping_minor <= amount_minor")
    op.create_table(
        "refund_line",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("refund_id", sa.String(length=40), nullable=False),
        sa.Column("order_line_id", _BIG_ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("restocked", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_refund_line_quantity")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_refund_line_amount")),
        sa.CheckConstraint("0 <= restocked AND restocked <= quantity", name=op.f("ck_refund_line_restocked")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_line_refund_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_refund_line_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_line")),
        sa.UniqueConstraint(
            "refund_id", "order_line_id", name=op.f("uq_refund_line_refund_id_order_line_id")
        ),
    )
    op.create_index("ix_refund_line_order_line_id", "refund_line", ["order_line_id"])
    op.create_table(
        "refund_note",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("refund_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_note_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_note")),
    )
    op.create_index("ix_refund_note_refund_id", "refund_note", ["refund_id"])


def downgrade() -> None:
    op.drop_table("refund_note")
    op.drop_table("refund_line")
    with op.batch_alter_table("refund") as batch_op:
        batch_op.drop_constraint(op.f("ck_refund_shipping"), type_="check")
        batch_op.drop_constraint(op.f("fk_refund_retry_of"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_refund_retry_of"), type_="unique")
        batch_op.drop_constraint(op.f("uq_refund_form_key"), type_="unique")
        for name in ("set_aside_at", "decided_by", "requested_by", "retry_of", "form_key", "shipping_minor"):
            batch_op.drop_column(name)
