"""The newsletter: who subscribed on which words, which post goes to them, and mails that nobody wants any more.

Mails get a state for what was owed and did not leave because it was not wanted: on SQLite their table is built anew.
"""

import sqlalchemy as sa
from alembic import op

from storefront.database import trigger_statements

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_STATES = ("owed", "sent", "kept", "refused")


def upgrade() -> None:
    _let_mails_be((*_STATES, "dropped"))
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "subscriber",
        sa.Column("id", big_id, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ask", sa.String(length=32), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("ask_request", sa.String(length=40), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("subscribed_at", instant, nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'subscribed', 'left', 'bounced')", name=op.f("ck_subscriber_state")
        ),
        sa.CheckConstraint(
            "state <> 'subscribed' OR subscribed_at IS NOT NULL", name=op.f("ck_subscriber_confirmed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("email", name=op.f("uq_subscriber_email")),
    )
    op.create_index("ix_subscriber_state", "subscriber", ["state", "id"])
    op.create_table(
        "opt_in",
        sa.Column("id", big_id, nullable=False),
        sa.Column("subscriber_id", big_id, nullable=False),
        sa.Column("ask", sa.String(length=32), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("ask_request", sa.String(length=40), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_opt_in_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_in")),
        sa.UniqueConstraint("ask", name=op.f("uq_opt_in_ask")),
    )
    op.create_index(op.f("ix_opt_in_subscriber_id"), "opt_in", ["subscriber_id"])
    for statement in trigger_statements("opt_in", dialect=op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "mailing",
        sa.Column("id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.CheckConstraint("state IN ('sending', 'stopped', 'sent')", name=op.f("ck_mailing_state")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_mailing_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index("uq_mailing_post", "mailing", ["post_id"], unique=True)
    op.create_table(
        "letter",
        sa.Column("subscriber_id", big_id, nullable=False),
        sa.Column("post_id", big_id, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.CheckConstraint("state IN ('written', 'left_out')", name=op.f("ck_letter_state")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_letter_subscriber_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_letter_post_id")),
        sa.PrimaryKeyConstraint("subscriber_id", "post_id", name=op.f("pk_letter")),
    )
    op.create_index("ix_letter_post", "letter", ["post_id", "state"])


def downgrade() -> None:
    for table in ("letter", "mailing", "opt_in", "subscriber"):
        op.drop_table(table)
    op.execute("UPDATE outgoing_mail SET state = 'refused' WHERE state = 'dropped'")
    _let_mails_be(_STATES)


def _let_mails_be(states: tuple[str, ...]) -> None:
    named = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("outgoing_mail") as batch_op:
        batch_op.drop_constraint(op.f("ck_outgoing_mail_state"), type_="check")
        batch_op.create_check_constraint("state", f"state IN ({named})")
