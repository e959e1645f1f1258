"""What a shopper has typed on the way from cart to order.

Knows a draft and how long it is kept; refuses to know whether it was paid.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Instant, db

KEPT = timedelta(days=7)


class CheckoutDraft(db.Model):
    """A checkout under way, found by the random id in the cookie. It has at most one order not cancelled."""

    __tablename__ = "checkout_draft"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), default="")
    # Address fields by name, as typed and checked: {"country": "DE", "name": …, "street_address": …}.
    delivery: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    # The same, or None where the bill goes to the same address.
    billing: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    shipping_code: Mapped[str] = mapped_column(sa.String(60), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    kept_until: Mapped[datetime] = mapped_column(Instant, index=True)
