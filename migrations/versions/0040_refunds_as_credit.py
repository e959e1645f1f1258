"""What of a refund became credit stays when the bank sends the rest back: a refund of its own, without pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("refund") as batch:
        batch.add_column(sa.Column("split_of", sa.String(length=40), nullable=True))
        batch.create_unique_constraint(op.f("uq_refund_split_of"), ["split_of"])
        batch.create_foreign_key(op.f("fk_refund_split_of"), "refund", ["split_of"], ["id"])
    _pieces("quantity >= 0")


def _pieces(rule: str) -> None:
    with op.batch_alter_table("refund_line") as batch:
        batch.drop_constraint(op.f("ck_refund_line_quantity"), type_="check")
        batch.create_check_constraint(op.f("ck_refund_line_quantity"), rule)


def downgrade() -> None:
    op.execute("DELETE FROM refund_line WHERE quantity = 0")
    _pieces("quantity > 0")
    with op.batch_alter_table("refund") as batch:
        batch.drop_constraint(op.f("fk_refund_split_of"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_refund_split_of"), type_="unique")
        batch.drop_column("split_of")
