"""Shipments, notes, how far an order has come, and who made it.

Columns are added with their checks inside, which both engines can do without rebuilding the largest tables. Orders
that have nothing to send are marked so; all others wait to be shipped, as they did.
"""

import sqlalchemy as sa
from alembic import op

from storefront.database import trigger_statements

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COLUMNS = (
    (
        "orders",
        "fulfilment VARCHAR(10) NOT NULL DEFAULT 'unshipped' CONSTRAINT ck_orders_fulfilment "
        "CHECK (fulfilment IN ('nothing', 'unshipped', 'partly', 'shipped', 'delivered'))",
    ),
    (
        "orders",
        "source VARCHAR(10) NOT NULL DEFAULT 'shop' CONSTRAINT ck_orders_source "
        "CHECK (source IN ('shop', 'staff'))",
    ),
    ("order_line", "shipped INTEGER NOT NULL DEFAULT 0"),
    (
        "order_line",
        "called_off INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_order_line_sent "
        "CHECK (shipped >= 0 AND called_off >= 0 AND shipped + called_off <= quantity)",
    ),
)


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.execute(
        "UPDATE orders SET fulfilment = 'nothing' WHERE NOT EXISTS "
        "(SELECT 1 FROM order_line WHERE order_line.order_id = orders.id AND order_line.requires_shipping)"
    )
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "shipment",
        sa.Column("id", big_id, nullable=False),
        sa.Column("order_id", big_id, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("carrier", sa.String(length=20), nullable=False),
        sa.Column("tracking_number", sa.String(length=40), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipment_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("key", name=op.f("uq_shipment_key")),
    )
    op.create_index(op.f("ix_shipment_order_id"), "shipment", ["order_id"], unique=False)
    op.create_table(
        "shipment_line",
        sa.Column("id", big_id, nullable=False),
        sa.Column("shipment_id", big_id, nullable=False),
        sa.Column("order_line_id", big_id, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_line_quantity")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_line_shipment_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_shipment_line_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
        sa.UniqueConstraint(
            "shipment_id", "order_line_id", name=op.f("uq_shipment_line_shipment_id_order_line_id")
        ),
    )
    op.create_index(op.f("ix_shipment_line_order_line_id"), "shipment_line", ["order_line_id"], unique=False)
    op.create_table(
        "order_note",
        sa.Column("id", big_id, nullable=False),
        sa.Column("order_id", big_id, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("author_kind", sa.String(length=30), nullable=False),
        sa.Column("author_id", sa.String(length=60), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_note_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_note")),
        sa.UniqueConstraint("key", name=op.f("uq_order_note_key")),
    )
    op.create_index(op.f("ix_order_note_order_id"), "order_note", ["order_id"], unique=False)
    # Mails are looked up by what they are about.
    op.create_index(op.f("ix_outgoing_mail_subject"), "outgoing_mail", ["subject"], unique=False)
    for statement in trigger_statements("shipment_line", dialect=op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_outgoing_mail_subject"), "outgoing_mail")
    for table in ("order_note", "shipment_line", "shipment"):
        op.drop_table(table)
    with op.batch_alter_table("order_line") as batch_op:
        batch_op.drop_constraint(op.f("ck_order_line_sent"), type_="check")
        batch_op.drop_column("called_off")
        batch_op.drop_column("shipped")
    with op.batch_alter_table("orders") as batch_op:
        batch_op.drop_constraint(op.f("ck_orders_source"), type_="check")
        batch_op.drop_constraint(op.f("ck_orders_fulfilment"), type_="check")
        batch_op.drop_column("source")
        batch_op.drop_column("fulfilment")
