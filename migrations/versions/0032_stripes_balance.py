"""What moved at Stripe, fees and payouts too, and what was found whenever the books were held against it.

Movements are append-only like the ledger beside which they stand; a check is a line of a log, and forgotten in time.
"""

import sqlalchemy as sa
from alembic import op

from storefront.database import trigger_statements

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "balance_movement",
        sa.Column("id", _ID, nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_movement")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_balance_movement_stripe_id")),
    )
    op.create_index("ix_balance_movement_at", "balance_movement", ["at"])
    op.create_table(
        "books_check",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('proof', 'reconcile')", name=op.f("ck_books_check_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_books_check")),
    )
    op.create_index("ix_books_check_kind_ended", "books_check", ["kind", "ended_at"])
    op.create_index("ix_document_issued", "document", ["kind", "issued_at"])
    for statement in trigger_statements("balance_movement", dialect=op.get_context().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_document_issued", table_name="document")
    op.drop_table("books_check")
    op.drop_table("balance_movement")
