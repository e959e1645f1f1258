"""Discounts with what they apply to and who uses them; orders keep which ones they were given.

Orders from before had none: an empty list says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "discount",
        sa.Column("id", big_id, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("for_all", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("person_limit", sa.Integer(), nullable=True),
        sa.Column("total_limit", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.CheckConstraint("kind IN ('percent', 'amount', 'shipping')", name=op.f("ck_discount_kind")),
        sa.CheckConstraint(
            "(kind = 'percent' AND basis_points > 0 AND basis_points <= 10000 AND amount_minor = 0) "
            "OR (kind = 'amount' AND basis_points = 0 AND amount_minor > 0) "
            "OR (kind = 'shipping' AND basis_points = 0 AND amount_minor = 0)",
            name=op.f("ck_discount_worth"),
        ),
        sa.CheckConstraint(
            "uses >= 0 AND (total_limit IS NULL OR uses <= total_limit)", name=op.f("ck_discount_uses")
        ),
        sa.CheckConstraint("total_limit IS NULL OR total_limit > 0", name=op.f("ck_discount_total_limit")),
        sa.CheckConstraint("person_limit IS NULL OR person_limit > 0", name=op.f("ck_discount_person_limit")),
        sa.CheckConstraint("minimum_minor >= 0", name=op.f("ck_discount_minimum")),
        sa.CheckConstraint(
            "from_on IS NULL OR until_on IS NULL OR from_on <= until_on", name=op.f("ck_discount_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount")),
        sa.UniqueConstraint("code", name=op.f("uq_discount_code")),
    )
    op.create_table(
        "discount_goods",
        sa.Column("id", big_id, nullable=False),
        sa.Column("discount_id", big_id, nullable=False),
        sa.Column("product_id", big_id, nullable=True),
        sa.Column("collection_id", big_id, nullable=True),
        sa.CheckConstraint(
            "(product_id IS NULL) <> (collection_id IS NULL)", name=op.f("ck_discount_goods_one")
        ),
        sa.ForeignKeyConstraint(["discount_id"], ["discount.id"], name=op.f("fk_discount_goods_discount_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_discount_goods_product_id")),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collection.id"], name=op.f("fk_discount_goods_collection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_goods")),
        sa.UniqueConstraint(
            "discount_id", "product_id", name=op.f("uq_discount_goods_discount_id_product_id")
        ),
        sa.UniqueConstraint(
            "discount_id", "collection_id", name=op.f("uq_discount_goods_discount_id_collection_id")
        ),
    )
    for column in ("product_id", "collection_id"):
        op.create_index(op.f(f"ix_discount_goods_{column}"), "discount_goods", [column])
    op.create_table(
        "discount_use",
        sa.Column("id", big_id, nullable=False),
        sa.Column("discount_id", big_id, nullable=False),
        sa.Column("order_id", big_id, nullable=False),
        sa.Column("cart_id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=320), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.CheckConstraint("turn > 0", name=op.f("ck_discount_use_turn")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_discount_use_amount")),
        sa.ForeignKeyConstraint(["discount_id"], ["discount.id"], name=op.f("fk_discount_use_discount_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_discount_use_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_use")),
        sa.UniqueConstraint("discount_id", "order_id", name=op.f("uq_discount_use_discount_id_order_id")),
        sa.UniqueConstraint(
            *("discount_id", "person", "turn"), name=op.f("uq_discount_use_discount_id_person_turn")
        ),
    )
    for column in ("order_id", "cart_id"):
        op.create_index(op.f(f"ix_discount_use_{column}"), "discount_use", [column])
    # Both engines can add it without rebuilding the table.
    op.execute("ALTER TABLE orders ADD COLUMN discounts JSON NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_column("discounts")
    for table in ("discount_use", "discount_goods", "discount"):
        op.drop_table(table)
