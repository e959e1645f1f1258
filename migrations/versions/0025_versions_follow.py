"""Which version a policy took the place of: of two people who change one version at once, one comes too late."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("policy_version", sa.Column("follows", big_id, nullable=True))
    op.create_index(op.f("ix_policy_version_follows"), "policy_version", ["follows"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_policy_version_follows"), table_name="policy_version")
    op.drop_column("policy_version", "follows")
