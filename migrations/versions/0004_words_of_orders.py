"""The words that orders are found by, in a table both engines can look through by their plain indexes.

Not the engines' own text search: two of them would find different orders. The words of orders that stand are
written here, a thousand orders at a time.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storefront.orders.finding import words_of_order

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    word = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")
    words = op.create_table(
        "order_word",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("word", word, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_word_order_id")),
        sa.PrimaryKeyConstraint("order_id", "word", name=op.f("pk_order_word")),
        sqlite_with_rowid=False,
    )
    _write_words(words)
    # Made last: a tree of sorted words is built faster than it grows.
    op.create_index("ix_order_word_word", "order_word", ["word", "order_id"])


def _write_words(words: Any) -> None:
    connection, last = op.get_bind(), 0
    orders = sa.table(
        "orders",
        sa.column("id", sa.BigInteger),
        sa.column("email", sa.String),
        sa.column("delivery", sa.JSON),
        sa.column("billing", sa.JSON),
    )
    lines = sa.table("order_line", sa.column("order_id", sa.BigInteger), sa.column("sku", sa.String))
    while found := connection.execute(
        sa.select(orders).where(orders.c.id > last).order_by(orders.c.id).limit(_AT_ONCE)
    ).all():
        ids = [order.id for order in found]
        skus: dict[int, list[str]] = {}
        for order_id, sku in connection.execute(sa.select(lines).where(lines.c.order_id.in_(ids))):
            skus.setdefault(order_id, []).append(sku)
        connection.execute(
            sa.insert(words),
            [
                {"order_id": order.id, "word": word}
                for order in found
                for word in sorted(
                    words_of_order(
                        email=order.email,
                        addresses=(order.delivery, order.billing),
                        codes=skus.get(order.id, ()),
                    )
                )
            ],
        )
        last = ids[-1]


def downgrade() -> None:
    op.drop_table("order_word")
