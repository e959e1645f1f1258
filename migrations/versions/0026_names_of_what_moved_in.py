"""What categories, tags and authors were called in the addresses of sites that posts moved in from."""

import sqlalchemy as sa
from alembic import op
from slugify import slugify

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "moved_tag",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("tag_id", big_id, nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_moved_tag_tag_id")),
        sa.PrimaryKeyConstraint("source", "kind", "slug", name=op.f("pk_moved_tag")),
    )
    op.create_index(op.f("ix_moved_tag_slug"), "moved_tag", ["slug"])
    op.create_index(op.f("ix_moved_tag_tag_id"), "moved_tag", ["tag_id"])
    op.add_column(
        "moved_author",
        sa.Column("slug", sa.String(length=200), nullable=False, server_default=sa.text("''")),
    )
    op.create_index(op.f("ix_moved_author_slug"), "moved_author", ["slug"])
    _name_authors()


def _name_authors() -> None:
    """Who moved in before is found by the name they signed in with, as WordPress makes addresses of it."""
    author = sa.table("moved_author", sa.column("source"), sa.column("login"), sa.column("slug"))
    for source, login in op.get_bind().execute(sa.select(author.c.source, author.c.login)).all():
        slug = slugify(login.replace("@", ""), allow_unicode=True, max_length=200)
        this = sa.and_(author.c.source == source, author.c.login == login)
        op.execute(sa.update(author).where(this).values(slug=slug))


def downgrade() -> None:
    op.drop_index(op.f("ix_moved_author_slug"), "moved_author")
    op.drop_column("moved_author", "slug")
    op.drop_table("moved_tag")
