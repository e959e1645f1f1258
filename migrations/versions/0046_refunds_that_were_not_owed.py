"""A refund made at Stripe is recorded always: what of it was not owed stands beside it until somebody sees to it."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_AMOUNTS = ("excess_minor", "regained_minor", "spent_minor")
_UNSEEN = sa.text("(excess_minor > regained_minor OR spent_minor > 0) AND seen_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("refund") as refund:
        for name in _AMOUNTS:
            refund.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        refund.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        refund.create_check_constraint(
            op.f("ck_refund_excess"),
            "0 <= excess_minor AND 0 <= spent_minor AND excess_minor + spent_minor <= amount_minor "
            "AND (source = 'stripe' OR (excess_minor = 0 AND spent_minor = 0))",
        )
        refund.create_check_constraint(
            op.f("ck_refund_regained"), "0 <= regained_minor AND regained_minor <= excess_minor"
        )
    op.create_index(
        "ix_refund_unseen", "refund", ["order_id"], sqlite_where=_UNSEEN, postgresql_where=_UNSEEN
    )


def downgrade() -> None:
    op.drop_index("ix_refund_unseen", table_name="refund")
    with op.batch_alter_table("refund") as refund:
        refund.drop_constraint(op.f("ck_refund_regained"), type_="check")
        refund.drop_constraint(op.f("ck_refund_excess"), type_="check")
        refund.drop_column("seen_at")
        for name in reversed(_AMOUNTS):
            refund.drop_column(name)
