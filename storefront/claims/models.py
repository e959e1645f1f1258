"""The lexicon by category, the phrases marked in texts, and every decision about them.

Knows what is always true of them; refuses to know whose texts they are but by kind and id.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, append_only, db, partial_index

LONGEST_PHRASE = 80


class Endings(StrEnum):
    """exact: the words as they are; forms: with English endings too; begins: the last word may go on as it likes."""

    EXACT = "exact"
    FORMS = "forms"
    BEGINS = "begins"


class Answer(StrEnum):
    """source: a source bears it out; accept: a second person answers for it; recall: neither holds any more."""

    SOURCE = "source"
    ACCEPT = "accept"
    RECALL = "recall"


class ClaimCategory(db.Model):
    """A kind of claim; `disclaimer` stands under each public text in which one of its phrases is."""

    __tablename__ = "claim_category"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    title: Mapped[str] = mapped_column(sa.String(80))
    disclaimer: Mapped[str] = mapped_column(sa.String(400), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_on: Mapped[bool] = mapped_column(default=True)


class ClaimPhrase(db.Model):
    """A phrase of a category. `is_harmless`: within this longer phrase nothing of the category is marked."""

    __tablename__ = "claim_phrase"
    __table_args__ = (
        sa.UniqueConstraint("category_id", "text"),
        sa.CheckConstraint("endings IN ('exact', 'forms', 'begins')", name="endings"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("claim_category.id"))
    # Folded: small letters without accents, one space between words.
    text: Mapped[str] = mapped_column(sa.String(LONGEST_PHRASE))
    endings: Mapped[Endings] = mapped_column(sa.String(10), default=Endings.FORMS)
    is_harmless: Mapped[bool] = mapped_column(default=False)
    is_on: Mapped[bool] = mapped_column(default=True)


class ClaimMark(db.Model):
    """A phrase as it stands in a text now. `digest` is made of the phrase and its sentence: in another sentence it
    is another mark. `decision_id` is what was decided about it; none: it is open."""

    __tablename__ = "claim_mark"
    __table_args__ = (
        sa.UniqueConstraint("subject_kind", "subject_id", "digest"),
        partial_index(
            "ix_claim_mark_open",
            "id",
            where="decision_id IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    digest: Mapped[str] = mapped_column(sa.String(64))
    phrase_id: Mapped[int] = mapped_column(sa.ForeignKey("claim_phrase.id"), index=True)
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("claim_category.id"), index=True)
    field: Mapped[str] = mapped_column(sa.String(30))
    position: Mapped[int] = mapped_column()
    words: Mapped[str] = mapped_column(sa.String(200))
    sentence: Mapped[str] = mapped_column(sa.String(600))
    decision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("claim_decision.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)


class ClaimWriter(db.Model):
    """Who brought a marked sentence into a text, as `staff:7`; kept when the sentence has gone."""

    __tablename__ = "claim_writer"

    subject_kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    subject_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    writer: Mapped[str] = mapped_column(sa.String(80), primary_key=True)


class ClaimDecision(db.Model):
    """What was decided about a phrase in a sentence, by whom; the newest of a digest counts."""

    __tablename__ = "claim_decision"
    __table_args__ = (
        sa.CheckConstraint("answer IN ('source', 'accept', 'recall')", name="answer"),
        sa.CheckConstraint("(answer = 'source') = (source_url LIKE 'https://%')", name="source"),
        sa.Index("ix_claim_decision_of", "subject_kind", "subject_id", "digest", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    digest: Mapped[str] = mapped_column(sa.String(64))
    category: Mapped[str] = mapped_column(sa.String(40))
    words: Mapped[str] = mapped_column(sa.String(200))
    sentence: Mapped[str] = mapped_column(sa.String(600))
    answer: Mapped[Answer] = mapped_column(sa.String(10))
    source_url: Mapped[str] = mapped_column(sa.String(500), default="")
    source_title: Mapped[str] = mapped_column(sa.String(200), default="")
    actor_kind: Mapped[str] = mapped_column(sa.String(30))
    actor_id: Mapped[str | None] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(Instant)


append_only(
    "claim_decision", why="who answered for a claim, and on what ground, can be shown to anybody who asks"
)


class ClaimReason(db.Model):
    """Why, in somebody's own words: beside its decision, because a name in it may have to be erased."""

    __tablename__ = "claim_reason"

    decision_id: Mapped[int] = mapped_column(sa.ForeignKey("claim_decision.id"), primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(500))


class PromiseStated(db.Model):
    """A promise about shipping, money back or answers as a text states it; `is_kept` by the policy in force."""

    __tablename__ = "promise_stated"
    __table_args__ = (
        sa.UniqueConstraint("subject_kind", "subject_id", "place"),
        partial_index(
            "ix_promise_stated_untrue",
            "subject_kind",
            "subject_id",
            where="NOT is_kept",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger)
    # Its number within the text.
    place: Mapped[int] = mapped_column()
    # The address of the goods that the text describes; empty for other texts.
    product: Mapped[str] = mapped_column(sa.String(200), default="")
    field: Mapped[str] = mapped_column(sa.String(30))
    position: Mapped[int] = mapped_column()
    promise: Mapped[str] = mapped_column(sa.String(20))
    number: Mapped[int | None] = mapped_column(sa.BigInteger)
    is_general: Mapped[bool] = mapped_column()
    is_everywhere: Mapped[bool] = mapped_column()
    # ISO 3166 codes, or EU, parted by spaces.
    countries: Mapped[str] = mapped_column(sa.String(600), default="")
    words: Mapped[str] = mapped_column(sa.String(200))
    sentence: Mapped[str] = mapped_column(sa.String(600))
    is_kept: Mapped[bool] = mapped_column()


class PromisesHeld(db.Model):
    """What the policy in force keeps, as `promises.Held` writes it: one row, written when a policy is published."""

    __tablename__ = "promises_held"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facts: Mapped[str] = mapped_column(sa.Text)
