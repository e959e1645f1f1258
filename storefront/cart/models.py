"""Which carts were bought, and the carts of customers: a guest's cart itself lives in a signed cookie.

Knows ids of spent carts and contents of saved ones; refuses to know prices.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Instant, db

KEPT = timedelta(days=30)


class SpentCart(db.Model):
    """A cart whose order was paid, or that went into a customer's: wherever its cookie is, it is read without that.

    `bought` are the pieces by variant id that were paid, and `rest_id` is the id of the cart of what is left of it
    then; both NULL where it went into a customer's.
    """

    __tablename__ = "spent_cart"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    spent_at: Mapped[datetime] = mapped_column(Instant, index=True)
    bought: Mapped[dict[str, int] | None] = mapped_column(sa.JSON(none_as_null=True))
    rest_id: Mapped[str | None] = mapped_column(sa.String(40))


class SavedCart(db.Model):
    """A customer's cart, as `contents.as_list` writes it; `cart_id` is its id once there is something in it."""

    __tablename__ = "saved_cart"

    customer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customer.id"), primary_key=True, autoincrement=False
    )
    cart_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    contents: Mapped[list[Any]] = mapped_column(sa.JSON)
    changed_at: Mapped[datetime] = mapped_column(Instant)
