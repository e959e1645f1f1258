"""By which slug the guarantee left an order's line out when it was placed, so that nothing moved later changes it.

Orders that stand already get what their pages said until now: what the policy they were sold under leaves out, by the
slugs and collections that their goods have when this runs.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# One statement for each policy: a million lines are no loop.
_BACKFILL = sa.text("""
    UPDATE order_line SET left_out_by = (
        SELECT MIN(slug) FROM (
            SELECT product.slug AS slug FROM product
            WHERE product.id = order_line.product_id AND product.slug IN :products
            UNION ALL
            SELECT former_slug.slug FROM former_slug
            WHERE former_slug.product_id = order_line.product_id AND former_slug.slug IN :products
            UNION ALL
            SELECT collection.slug FROM collection JOIN placement ON placement.collection_id = collection.id
            WHERE placement.product_id = order_line.product_id AND collection.slug IN :collections
        ) AS left_out
    ) WHERE order_id IN (SELECT id FROM orders WHERE policy_version_id = :version)
""").bindparams(
    sa.bindparam("products", type_=sa.String(), expanding=True),
    sa.bindparam("collections", type_=sa.String(), expanding=True),
)


def upgrade() -> None:
    op.add_column("order_line", sa.Column("left_out_by", sa.String(length=200), nullable=True))
    versions = sa.text("SELECT id, document FROM policy_version WHERE document LIKE '{%'")
    for version, document in op.get_bind().execute(versions).all():
        promise = json.loads(document).get("money_back", {})
        products, collections = (promise.get(f"excluded_{name}", []) for name in ("products", "collections"))
        if products or collections:
            left_out = {"version": version, "products": products, "collections": collections}
            op.get_bind().execute(_BACKFILL, left_out)


def downgrade() -> None:
    with op.batch_alter_table("order_line") as batch_op:
        batch_op.drop_column("left_out_by")
