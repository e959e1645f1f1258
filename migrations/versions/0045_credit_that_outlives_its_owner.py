"""Store credit whose owner was erased stays in the books, and a card whose code was lost knows what took its place.

Cards that were replaced before lead to the next: the entry of the transfer names it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_CARD = "(kind = 'gift_card' AND code_digest IS NOT NULL AND code_end IS NOT NULL)"
_CREDIT = "(kind = 'store_credit' AND code_digest IS NULL"
_ANEW = "SELECT SUBSTR(reference, 6) FROM credit_entry WHERE account_id = credit_account.id"


def upgrade() -> None:
    with op.batch_alter_table("credit_account") as account:
        account.add_column(sa.Column("replaced_by", sa.String(length=40), nullable=True))
        account.drop_constraint(op.f("ck_credit_account_owner"), type_="check")
        account.create_check_constraint(op.f("ck_credit_account_owner"), f"{_CARD} OR {_CREDIT})")
        account.create_foreign_key(
            op.f("fk_credit_account_replaced_by"), "credit_account", ["replaced_by"], ["id"]
        )
        account.create_unique_constraint(op.f("uq_credit_account_replaced_by"), ["replaced_by"])
    op.execute(
        f"UPDATE credit_account SET replaced_by = ({_ANEW} AND amount_minor < 0 AND reference LIKE 'anew:%') "
        "WHERE closed_at IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("credit_account") as account:
        account.drop_constraint(op.f("uq_credit_account_replaced_by"), type_="unique")
        account.drop_constraint(op.f("fk_credit_account_replaced_by"), type_="foreignkey")
        account.drop_constraint(op.f("ck_credit_account_owner"), type_="check")
        account.create_check_constraint(
            op.f("ck_credit_account_owner"), f"{_CARD} OR {_CREDIT} AND customer_id IS NOT NULL)"
        )
        account.drop_column("replaced_by")
