"""The magazine: posts and pages with their versions, authors, tags, the goods they show, their former addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "author",
        sa.Column("id", big_id, nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("customer_id", big_id, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_author_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_author_customer_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_author_slug")),
    )
    op.create_table(
        "tag",
        sa.Column("id", big_id, nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("slug", name=op.f("uq_tag_slug")),
    )
    op.create_table(
        "post",
        sa.Column("id", big_id, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("author_id", big_id, nullable=True),
        sa.Column("file", sa.String(length=30), nullable=True),
        sa.Column("sizes", sa.String(length=60), nullable=True),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("scheduled_for", instant, nullable=True),
        sa.Column("published_at", instant, nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("updated_at", instant, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('post', 'page')", name=op.f("ck_post_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'scheduled', 'published', 'withdrawn')", name=op.f("ck_post_state")
        ),
        sa.CheckConstraint(
            "(state = 'scheduled') = (scheduled_for IS NOT NULL)", name=op.f("ck_post_scheduled")
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'withdrawn') OR published_at IS NOT NULL",
            name=op.f("ck_post_published"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["author.id"], name=op.f("fk_post_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("slug", name=op.f("uq_post_slug")),
    )
    op.create_index("ix_post_listed", "post", ["kind", "state", "published_at", "id"])
    op.create_index("ix_post_changed", "post", ["kind", "updated_at", "id"])
    op.create_index(op.f("ix_post_author_id"), "post", ["author_id"])
    op.create_index(op.f("ix_post_scheduled_for"), "post", ["scheduled_for"])
    op.create_table(
        "post_tag",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("tag_id", big_id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_tag_post_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_post_tag_tag_id")),
        sa.PrimaryKeyConstraint("post_id", "tag_id", name=op.f("pk_post_tag")),
    )
    op.create_index(op.f("ix_post_tag_tag_id"), "post_tag", ["tag_id"])
    op.create_table(
        "post_product",
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("product_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_product_post_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_post_product_product_id")),
        sa.PrimaryKeyConstraint("post_id", "product_id", name=op.f("pk_post_product")),
    )
    op.create_index(op.f("ix_post_product_product_id"), "post_product", ["product_id"])
    op.create_table(
        "former_address",
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_former_address_post_id")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_address")),
    )
    op.create_index(op.f("ix_former_address_post_id"), "former_address", ["post_id"])
    op.create_table(
        "revision",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("author_id", big_id, nullable=True),
        sa.Column("actor_kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.String(length=60), nullable=True),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["author.id"], name=op.f("fk_revision_author_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_revision_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_revision_post_id_number")),
    )


def downgrade() -> None:
    for table in ("revision", "former_address", "post_product", "post_tag", "post", "tag", "author"):
        op.drop_table(table)
