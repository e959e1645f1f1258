"""What one piece of a variant contains, and for how much its price is told.

Amounts are thousandths of their measure: exact, and whole. All four columns are said, or none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0040"
branch_labels = None
depends_on = None

_COLUMNS = ("contents_thousandths", "contents_measure", "base_thousandths", "base_measure")
_MEASURES = "('g', 'kg', 'ml', 'l', 'm', 'm2', 'piece')"
_ALL = " AND ".join(f"{name} IS NOT NULL" for name in _COLUMNS)
_NONE = " AND ".join(f"{name} IS NULL" for name in _COLUMNS)


def upgrade() -> None:
    with op.batch_alter_table("variant") as variant:
        for name in _COLUMNS:
            kind = sa.String(length=5) if name.endswith("measure") else sa.BigInteger()
            variant.add_column(sa.Column(name, kind, nullable=True))
        variant.create_check_constraint(op.f("ck_variant_contents"), f"({_ALL}) OR ({_NONE})")
        variant.create_check_constraint(
            op.f("ck_variant_contents_thousandths"), "contents_thousandths > 0 AND base_thousandths > 0"
        )
        variant.create_check_constraint(
            op.f("ck_variant_contents_measure"),
            f"contents_measure IN {_MEASURES} AND base_measure IN {_MEASURES}",
        )


def downgrade() -> None:
    with op.batch_alter_table("variant") as variant:
        for name in ("contents", "contents_thousandths", "contents_measure"):
            variant.drop_constraint(op.f(f"ck_variant_{name}"), type_="check")
        for name in _COLUMNS:
            variant.drop_column(name)
