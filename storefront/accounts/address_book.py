"""A customer's address book: where things go, one of them by default.

Knows whose an address is; refuses to know which parts a country's address has: that is the checkout's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from storefront import clock
from storefront.accounts.models import Customer
from storefront.database import (
    BigId,
    Instant,
    db,
    lock,
    partial_index,
    require_transaction,
    session,
    transaction,
)
from storefront.errors import NotFound, Refused

MOST = 20


class Address(db.Model):
    """An address as the checkout keeps it: `parts` by name, the country as ISO 3166. At most one is the default."""

    __tablename__ = "address"
    __table_args__ = (
        partial_index(
            "uq_address_default",
            "customer_id",
            unique=True,
            where="is_default",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"), index=True)
    parts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    is_default: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Instant)


def addresses_of(customer_id: int) -> list[Address]:
    """The customer's addresses, the default first, then as they were added. One statement."""
    mine = sa.select(Address).where(Address.customer_id == customer_id)
    return list(session().scalars(mine.order_by(Address.is_default.desc(), Address.id)))


def address_of(customer_id: int, address_id: int) -> Address:
    """One of the customer's addresses; raises NotFound for any other."""
    mine = sa.select(Address).where(Address.id == address_id, Address.customer_id == customer_id)
    found: Address | None = session().scalars(mine).first() if 0 < address_id < 2**63 else None
    if found is None:
        raise NotFound()
    return found


def default_address(customer_id: int) -> dict[str, Any] | None:
    """The parts of the customer's default address, or None. One statement."""
    mine = sa.select(Address.parts).where(Address.customer_id == customer_id, Address.is_default)
    return session().scalar(mine)


def add_address(customer_id: int, parts: Mapping[str, Any]) -> int:
    """Add an address and answer its id: the first is the default; one that stands already is found again.

    Raises Refused where the book is full.
    """
    with transaction() as current:
        book = _book(customer_id)
        for each in book:
            if each.parts == dict(parts):
                return each.id
        if len(book) >= MOST:
            raise Refused(_("There is room for %(most)s addresses. Please remove one first.", most=MOST))
        made = Address(
            customer_id=customer_id, parts=dict(parts), is_default=not book, changed_at=clock.now()
        )
        current.add(made)
        current.flush()
        return made.id


def change_address(customer_id: int, address_id: int, parts: Mapping[str, Any]) -> None:
    """Write other parts into one of the customer's addresses; raises NotFound for any other."""
    with transaction():
        address = _own(_book(customer_id), address_id)
        address.parts, address.changed_at = dict(parts), clock.now()


def remove_address(customer_id: int, address_id: int) -> None:
    """Take an address out; the oldest that is left takes its place as default. Raises NotFound."""
    with transaction() as current:
        book = _book(customer_id)
        gone = _own(book, address_id)
        current.delete(gone)
        current.flush()
        left = [each for each in book if each is not gone]
        if gone.is_default and left:
            left[0].is_default = True


def prefer_address(customer_id: int, address_id: int) -> None:
    """Make an address the one that the checkout is filled with; raises NotFound."""
    with transaction() as current:
        book = _book(customer_id)
        chosen = _own(book, address_id)
        for each in book:
            each.is_default = False
        # One at a time: between two statements there are never two.
        current.flush()
        chosen.is_default = True


def _book(customer_id: int) -> list[Address]:
    """The customer's addresses, oldest first, under the customer's lock: whatever counts them is true until the
    commit."""
    if lock(Customer, customer_id) is None:
        raise NotFound()
    mine = sa.select(Address).where(Address.customer_id == customer_id).order_by(Address.id)
    return list(require_transaction().scalars(mine))


def _own(book: list[Address], address_id: int) -> Address:
    found = next((each for each in book if each.id == address_id), None)
    if found is None:
        raise NotFound()
    return found
