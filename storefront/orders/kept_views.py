"""Views of the list of orders that somebody who works here keeps under a name of their own.

Knows whose a view is; refuses to know what its filters mean: that is the list's.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from storefront import audit
from storefront.accounts.models import Customer
from storefront.database import BigId, db, lock, require_transaction, session, transaction
from storefront.errors import NotFound, Refused

MOST = 20
LONGEST_NAME = 40


class KeptView(db.Model):
    """A name and the filters and sorting it stands for, as they stand in the list's address."""

    __tablename__ = "kept_view"
    __table_args__ = (sa.UniqueConstraint("customer_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    filters: Mapped[dict[str, str]] = mapped_column(sa.JSON)


def views_of(customer_id: int) -> list[KeptView]:
    """The person's views, by name. One statement."""
    mine = sa.select(KeptView).where(KeptView.customer_id == customer_id)
    return sorted(session().scalars(mine), key=lambda view: (view.name.casefold(), view.id))


def keep_view(customer_id: int, *, name: str, filters: Mapping[str, str]) -> int:
    """Keep the filters under a name, and answer the view's id; a view of that name stands for them from now on.

    Raises Refused without a name, for one that is too long or cannot be printed, and where there is no more room.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(_("A view needs a name of at most %(most)s characters.", most=LONGEST_NAME))
    with transaction() as current:
        mine = _own(customer_id)
        view = next((each for each in mine if each.name == name), None)
        if view is None:
            if len(mine) >= MOST:
                raise Refused(_("There is room for %(most)s views. Please remove one first.", most=MOST))
            view = KeptView(customer_id=customer_id, name=name)
            current.add(view)
        view.filters = dict(filters)
        current.flush()
        audit.record("kept_view.kept", subject=("kept_view", view.id), actor=("staff", customer_id))
        return view.id


def remove_view(customer_id: int, view_id: int) -> None:
    """Take one of the person's own views away; raises NotFound for any other."""
    with transaction() as current:
        view = next((each for each in _own(customer_id) if each.id == view_id), None)
        if view is None:
            raise NotFound()
        current.delete(view)
        audit.record("kept_view.removed", subject=("kept_view", view_id), actor=("staff", customer_id))


def _own(customer_id: int) -> list[KeptView]:
    """The person's views, under their lock: whatever counts them is true until the commit."""
    if lock(Customer, customer_id) is None:
        raise NotFound()
    mine = sa.select(KeptView).where(KeptView.customer_id == customer_id).order_by(KeptView.id)
    return list(require_transaction().scalars(mine, execution_options={"populate_existing": True}))
