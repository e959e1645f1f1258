"""What refunds know of a person: what staff wrote beside them. Lines and amounts stay with the books."""

import sqlalchemy as sa

from storefront import people
from storefront.orders.models import Refund
from storefront.refunds.models import RefundLine, RefundNote


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Notes on refunds of the person's orders, and what was given back for which line."""
    theirs = sa.select(Refund.id).where(Refund.order_id.in_(person.order_ids))
    return (
        people.Holding(people.table_of(RefundNote), RefundNote.refund_id.in_(theirs)),
        people.Holding(
            people.table_of(RefundLine), RefundLine.refund_id.in_(theirs), forget={}, keeps=("refund_id",)
        ),
    )
