"""Claims: the lexicon by category, marks in texts, who wrote them, and an append-only record of what was decided."""

import sqlalchemy as sa
from alembic import op

from storefront.database import trigger_statements

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _lexicon()
    _decision()
    _mark()
    op.create_table(
        "claim_writer",
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("writer", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint(
            "subject_kind", "subject_id", "digest", "writer", name=op.f("pk_claim_writer")
        ),
    )


def _lexicon() -> None:
    op.create_table(
        "claim_category",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("disclaimer", sa.String(length=400), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_category")),
        sa.UniqueConstraint("code", name=op.f("uq_claim_category_code")),
    )
    op.create_table(
        "claim_phrase",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("category_id", _BIG_ID, nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.Column("endings", sa.String(length=10), nullable=False),
        sa.Column("is_harmless", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.CheckConstraint("endings IN ('exact', 'forms', 'begins')", name=op.f("ck_claim_phrase_endings")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["claim_category.id"], name=op.f("fk_claim_phrase_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_phrase")),
        sa.UniqueConstraint("category_id", "text", name=op.f("uq_claim_phrase_category_id_text")),
    )


def _decision() -> None:
    op.create_table(
        "claim_decision",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("sentence", sa.String(length=600), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("source_title", sa.String(length=200), nullable=False),
        sa.Column("actor_kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer IN ('source', 'accept', 'recall')", name=op.f("ck_claim_decision_answer")),
        sa.CheckConstraint(
            "(answer = 'source') = (source_url LIKE 'https://%')", name=op.f("ck_claim_decision_source")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_decision")),
    )
    op.create_index("ix_claim_decision_of", "claim_decision", ["subject_kind", "subject_id", "digest", "id"])
    for statement in trigger_statements("claim_decision", dialect=op.get_bind().dialect.name):
        op.execute(statement)
    op.create_table(
        "claim_reason",
        sa.Column("decision_id", _BIG_ID, autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["claim_decision.id"], name=op.f("fk_claim_reason_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_claim_reason")),
    )


def _mark() -> None:
    op.create_table(
        "claim_mark",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("phrase_id", _BIG_ID, nullable=False),
        sa.Column("category_id", _BIG_ID, nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("sentence", sa.String(length=600), nullable=False),
        sa.Column("decision_id", _BIG_ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["phrase_id"], ["claim_phrase.id"], name=op.f("fk_claim_mark_phrase_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["claim_category.id"], name=op.f("fk_claim_mark_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["claim_decision.id"], name=op.f("fk_claim_mark_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_mark")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "digest", name=op.f("uq_claim_mark_subject_kind_subject_id_digest")
        ),
    )
    for column in ("phrase_id", "category_id", "decision_id"):
        op.create_index(op.f(f"ix_claim_mark_{column}"), "claim_mark", [column])
    is_open = sa.text("decision_id IS NULL")
    op.create_index(
        "ix_claim_mark_open", "claim_mark", ["id"], sqlite_where=is_open, postgresql_where=is_open
    )


def downgrade() -> None:
    for table in (
        *("claim_mark", "claim_writer", "claim_reason", "claim_decision"),
        *("claim_phrase", "claim_category"),
    ):
        op.drop_table(table)
