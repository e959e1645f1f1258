"""Gift cards and store credit, and what of orders and refunds they pay.

Orders and refunds from before were paid at Stripe alone.
"""

import sqlalchemy as sa
from alembic import op

from storefront.database import trigger_statements

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_CAUSES = "'sold', 'granted', 'spent', 'given_back', 'refunded', 'taken_back', 'adjusted'"


def upgrade() -> None:
    op.create_table(
        "credit_account",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=True),
        sa.Column("code_end", sa.String(length=4), nullable=True),
        sa.Column("customer_id", _BIG_ID, nullable=True),
        sa.Column("order_line_id", _BIG_ID, nullable=True),
        sa.Column("piece", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('gift_card', 'store_credit')", name=op.f("ck_credit_account_kind")),
        sa.CheckConstraint("balance_minor >= 0", name=op.f("ck_credit_account_balance")),
        sa.CheckConstraint(
            "(kind = 'gift_card' AND code_digest IS NOT NULL AND code_end IS NOT NULL) "
            "OR (kind = 'store_credit' AND code_digest IS NULL AND customer_id IS NOT NULL)",
            name=op.f("ck_credit_account_owner"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_credit_account_customer_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_credit_account_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_account")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_credit_account_code_digest")),
        sa.UniqueConstraint(*("order_line_id", "piece"), name=op.f("uq_credit_account_order_line_id_piece")),
    )
    op.create_index(op.f("ix_credit_account_customer_id"), "credit_account", ["customer_id"])
    op.create_index(op.f("ix_credit_account_email"), "credit_account", ["email"])
    op.create_index("ix_credit_account_listed", "credit_account", ["kind", "opened_at", "id"])
    where = sa.text("kind = 'store_credit'")
    op.create_index(
        "uq_credit_account_store_credit",
        "credit_account",
        ["customer_id", "currency"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_table(
        "credit_entry",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("order_id", _BIG_ID, nullable=True),
        sa.Column("refund_id", sa.String(length=40), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_credit_entry_amount")),
        sa.CheckConstraint(f"cause IN ({_CAUSES})", name=op.f("ck_credit_entry_cause")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["credit_account.id"], name=op.f("fk_credit_entry_account_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_credit_entry_order_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_credit_entry_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entry")),
        sa.UniqueConstraint(
            *("account_id", "cause", "reference"), name=op.f("uq_credit_entry_account_id_cause_reference")
        ),
    )
    for column in ("account_id", "order_id", "refund_id"):
        op.create_index(op.f(f"ix_credit_entry_{column}"), "credit_entry", [column])
    op.create_index("ix_credit_entry_moved", "credit_entry", ["cause", "currency", "at", "amount_minor"])
    for statement in trigger_statements("credit_entry", dialect=op.get_context().dialect.name):
        op.execute(statement)
    op.create_table(
        "credit_use",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("order_id", _BIG_ID, nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_credit_use_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_credit_use_order_id")),
        sa.ForeignKeyConstraint(["account_id"], ["credit_account.id"], name=op.f("fk_credit_use_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_use")),
        sa.UniqueConstraint("order_id", "account_id", name=op.f("uq_credit_use_order_id_account_id")),
    )
    op.create_index(op.f("ix_credit_use_account_id"), "credit_use", ["account_id"])
    _flag("product", "is_gift_card")
    _flag("order_line", "is_gift_card")
    _flag("return_request", "to_credit")
    for table, most in (("orders", "total_minor"), ("refund", "amount_minor")):
        with op.batch_alter_table(table) as batch:
            batch.add_column(
                sa.Column("credit_minor", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
            )
            batch.create_check_constraint(
                op.f(f"ck_{table}_credit"), f"0 <= credit_minor AND credit_minor <= {most}"
            )


def _flag(table: str, name: str) -> None:
    op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in ("orders", "refund"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_credit"), type_="check")
            batch.drop_column("credit_minor")
    flags = (("product", "is_gift_card"), ("order_line", "is_gift_card"), ("return_request", "to_credit"))
    for table, name in flags:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(name)
    for table in ("credit_use", "credit_entry", "credit_account"):
        op.drop_table(table)
