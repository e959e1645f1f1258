"""Rates of tax by place and class, and orders whose prices had no tax in them.

Orders from before had: their totals are held as they were. Shipping was taxed at the rate of the first line.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_ORDER = "total_minor = goods_minor - discount_minor + shipping_minor"
_LINE = "total_minor = unit_minor * quantity - discount_minor"
_FIRST = "SELECT tax_basis_points FROM order_line WHERE order_id = orders.id ORDER BY position, id LIMIT 1"


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "tax_rate",
        sa.Column("id", big_id, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("tax_class", sa.String(length=20), nullable=False),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= basis_points AND basis_points <= 10000", name=op.f("ck_tax_rate_basis_points")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rate")),
        sa.UniqueConstraint(
            *("country", "region", "tax_class"), name=op.f("uq_tax_rate_country_region_tax_class")
        ),
    )
    op.add_column(
        "product", sa.Column("tax_class", sa.String(length=20), nullable=False, server_default="standard")
    )
    with op.batch_alter_table("order_line") as line:
        line.add_column(sa.Column("tax_included", sa.Boolean(), nullable=False, server_default=sa.true()))
        line.drop_constraint(op.f("ck_order_line_total"), type_="check")
        line.create_check_constraint(
            op.f("ck_order_line_total"), f"{_LINE} + CASE WHEN tax_included THEN 0 ELSE tax_minor END"
        )
    with op.batch_alter_table("orders") as order:
        order.add_column(sa.Column("tax_included", sa.Boolean(), nullable=False, server_default=sa.true()))
        order.add_column(
            sa.Column("shipping_tax_basis_points", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        order.drop_constraint(op.f("ck_orders_total"), type_="check")
        order.create_check_constraint(
            op.f("ck_orders_total"),
            f"{_ORDER} + CASE WHEN tax_included THEN 0 ELSE tax_minor - shipping_tax_minor END",
        )
    op.execute(f"UPDATE orders SET shipping_tax_basis_points = COALESCE(({_FIRST}), 0)")


def downgrade() -> None:
    with op.batch_alter_table("orders") as order:
        order.drop_constraint(op.f("ck_orders_total"), type_="check")
        order.create_check_constraint(op.f("ck_orders_total"), _ORDER)
        order.drop_column("shipping_tax_basis_points")
        order.drop_column("tax_included")
    with op.batch_alter_table("order_line") as line:
        line.drop_constraint(op.f("ck_order_line_total"), type_="check")
        line.create_check_constraint(op.f("ck_order_line_total"), _LINE)
        line.drop_column("tax_included")
    with op.batch_alter_table("product") as product:
        product.drop_column("tax_class")
    op.drop_table("tax_rate")
