"""What moved in from elsewhere: texts that stay HTML, and where posts, authors and comments came from."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("post") as post:
        post.add_column(sa.Column("format", sa.String(length=10), nullable=False, server_default="markdown"))
        post.create_check_constraint(op.f("ck_post_format"), "format IN ('markdown', 'html')")
    op.create_table(
        "moved_post",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("wanted", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_moved_post_post_id")),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_moved_post")),
        sa.UniqueConstraint("post_id", name=op.f("uq_moved_post_post_id")),
    )
    op.create_index(op.f("ix_moved_post_path"), "moved_post", ["path"])
    op.create_index(op.f("ix_moved_post_slug"), "moved_post", ["slug"])
    op.create_table(
        "moved_author",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("author_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["author.id"], name=op.f("fk_moved_author_author_id")),
        sa.PrimaryKeyConstraint("source", "login", name=op.f("pk_moved_author")),
    )
    op.create_index(op.f("ix_moved_author_author_id"), "moved_author", ["author_id"])
    op.create_table(
        "moved_comment",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_moved_comment_comment_id")),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_moved_comment")),
    )
    op.create_index(op.f("ix_moved_comment_comment_id"), "moved_comment", ["comment_id"])


def downgrade() -> None:
    for table in ("moved_comment", "moved_author", "moved_post"):
        op.drop_table(table)
    with op.batch_alter_table("post") as post:
        post.drop_constraint(op.f("ck_post_format"))
        post.drop_column("format")
