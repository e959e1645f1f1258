"""Every policy document that was ever in force.

Knows that a version never changes; refuses to know what it says.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, Instant, append_only, db


class PolicyVersion(db.Model):
    """A published document (JSON text); the highest id is in force, orders keep theirs for ever."""

    __tablename__ = "policy_version"
    __table_args__ = (sa.CheckConstraint("length(document) > 2", name="document_is_not_empty"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    document: Mapped[str] = mapped_column(sa.Text)
    published_at: Mapped[datetime] = mapped_column(Instant)
    # “system”, or “staff:7”: never a name, because this row outlives the person's wish to be forgotten.
    author: Mapped[str] = mapped_column(sa.String(60))
    note: Mapped[str] = mapped_column(sa.String(500))
    # The version that was in force when this one was written: of two who change one version, one comes too late.
    follows: Mapped[int | None] = mapped_column(BigId, unique=True, index=True)


append_only("policy_version", why="an order keeps the promises it was sold under for ever")
