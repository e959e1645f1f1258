"""Returns: what shoppers want to send back, what was decided about it, and how many pieces of a line are asked back.

The count is added with its check inside, which both engines can do without rebuilding a large table. Nobody has asked
for anything yet.
"""

import sqlalchemy as sa
from alembic import op

from storefront.database import trigger_statements

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE order_line ADD COLUMN asked_back INTEGER NOT NULL DEFAULT 0 "
        "CONSTRAINT ck_order_line_asked_back CHECK (asked_back >= 0 AND asked_back <= quantity)"
    )
    _request()
    _line()
    _decision()
    op.create_table(
        "return_note",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("request_id", _BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["return_request.id"], name=op.f("fk_return_note_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_note")),
    )
    op.create_index(op.f("ix_return_note_request_id"), "return_note", ["request_id"])


def _request() -> None:
    op.create_table(
        "return_request",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("order_id", _BIG_ID, nullable=False),
        sa.Column("form_key", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("policy_version_id", _BIG_ID, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.String(length=40), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'awaiting_goods', 'received', 'closed', 'declined')",
            name=op.f("ck_return_request_state"),
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_return_request_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_return_request_order_id")),
        sa.ForeignKeyConstraint(
            ["policy_version_id"], ["policy_version.id"], name=op.f("fk_return_request_policy_version_id")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_return_request_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_request")),
        sa.UniqueConstraint("form_key", name=op.f("uq_return_request_form_key")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_return_request_refund_id")),
    )
    op.create_index(op.f("ix_return_request_order_id"), "return_request", ["order_id"])
    op.create_index("ix_return_request_of_state", "return_request", ["state", "id"])


def _line() -> None:
    op.create_table(
        "return_line",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("request_id", _BIG_ID, nullable=False),
        sa.Column("order_line_id", _BIG_ID, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("restocked", sa.Integer(), nullable=False),
        sa.Column("is_covered", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_line_quantity")),
        sa.CheckConstraint("0 <= accepted AND accepted <= quantity", name=op.f("ck_return_line_accepted")),
        sa.CheckConstraint("0 <= received AND received <= quantity", name=op.f("ck_return_line_received")),
        sa.CheckConstraint("0 <= restocked AND restocked <= received", name=op.f("ck_return_line_restocked")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["return_request.id"], name=op.f("fk_return_line_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_return_line_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_line")),
        sa.UniqueConstraint(
            "request_id", "order_line_id", name=op.f("uq_return_line_request_id_order_line_id")
        ),
    )
    op.create_index(op.f("ix_return_line_order_line_id"), "return_line", ["order_line_id"])


def _decision() -> None:
    op.create_table(
        "return_decision",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("request_id", _BIG_ID, nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("policy_version_id", _BIG_ID, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("actor_kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["return_request.id"], name=op.f("fk_return_decision_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["policy_version_id"], ["policy_version.id"], name=op.f("fk_return_decision_policy_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_decision")),
    )
    op.create_index(op.f("ix_return_decision_request_id"), "return_decision", ["request_id"])
    for statement in trigger_statements("return_decision", dialect=op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for table in ("return_note", "return_decision", "return_line", "return_request"):
        op.drop_table(table)
    with op.batch_alter_table("order_line") as batch_op:
        batch_op.drop_constraint(op.f("ck_order_line_asked_back"), type_="check")
        batch_op.drop_column("asked_back")
