"""What staff say of goods: kinds, tags, former addresses, rules of collections, low stock, causes.

Columns are only added, with what they mean where nothing was said, so no table is built anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOTHING = sa.text("''")


def upgrade() -> None:
    op.add_column(
        "product", sa.Column("kind", sa.String(length=100), nullable=False, server_default=_NOTHING)
    )
    op.add_column(
        "product", sa.Column("seo_title", sa.String(length=200), nullable=False, server_default=_NOTHING)
    )
    op.add_column(
        "product",
        sa.Column("seo_description", sa.String(length=400), nullable=False, server_default=_NOTHING),
    )
    op.add_column("variant", sa.Column("low_at", sa.Integer(), nullable=True))
    op.add_column(
        "image", sa.Column("is_decorative", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("collection", sa.Column("rule", sa.JSON(), nullable=True))
    op.add_column(
        "collection", sa.Column("is_published", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("collection", sa.Column("file", sa.String(length=30), nullable=True))
    op.add_column("collection", sa.Column("sizes", sa.String(length=60), nullable=True))
    op.add_column("collection", sa.Column("alt", sa.Text(), nullable=False, server_default=_NOTHING))
    op.add_column("collection", sa.Column("width", sa.Integer(), nullable=True))
    op.add_column("collection", sa.Column("height", sa.Integer(), nullable=True))
    _add_tables()


def _add_tables() -> None:
    op.create_table(
        "product_tag",
        sa.Column("product_id", _Id, nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_tag_product_id")),
        sa.PrimaryKeyConstraint("product_id", "tag", name=op.f("pk_product_tag")),
    )
    op.create_index("ix_product_tag_tag", "product_tag", ["tag", "product_id"])
    op.create_table(
        "former_slug",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("product_id", _Id, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_former_slug_product_id")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_slug")),
    )
    op.create_index("ix_former_slug_product_id", "former_slug", ["product_id"])
    op.create_table(
        "stock_adjustment",
        sa.Column("id", _Id, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("variant_id", _Id, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_stock_adjustment_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_adjustment")),
        sa.UniqueConstraint("key", name=op.f("uq_stock_adjustment_key")),
    )
    op.create_index("ix_stock_adjustment_variant_id", "stock_adjustment", ["variant_id"])


def downgrade() -> None:
    for table in ("stock_adjustment", "former_slug", "product_tag"):
        op.drop_table(table)
    for table, names in (
        ("collection", ("rule", "is_published", "file", "sizes", "alt", "width", "height")),
        ("image", ("is_decorative",)),
        ("variant", ("low_at",)),
        ("product", ("kind", "seo_title", "seo_description")),
    ):
        for name in names:
            op.drop_column(table, name)
