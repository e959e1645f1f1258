"""Which carts were bought: a guest's cart itself lives in a signed cookie.

Knows the ids of spent carts; refuses to know what was in them.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Instant, db

KEPT = timedelta(days=30)


class SpentCart(db.Model):
    """A cart whose order was paid: wherever its cookie still is, it reads as empty."""

    __tablename__ = "spent_cart"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    spent_at: Mapped[datetime] = mapped_column(Instant, index=True)
