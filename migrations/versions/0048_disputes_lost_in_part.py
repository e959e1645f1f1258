"""A dispute may be lost in part: what went back before it was opened is reinstated.

Taken back only where none was: nothing else can be said of such a row. What an earlier version entered as reinstated
whole stays in the ledger, which is never changed; `storefront prove` names it.
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _check("0 <= withdrawn_minor AND withdrawn_minor <= amount_minor")


def downgrade() -> None:
    _check("withdrawn_minor IN (0, amount_minor)")


def _check(condition: str) -> None:
    with op.batch_alter_table("dispute") as dispute:
        dispute.drop_constraint(op.f("ck_dispute_withdrawn"), type_="check")
        dispute.create_check_constraint(op.f("ck_dispute_withdrawn"), condition)
