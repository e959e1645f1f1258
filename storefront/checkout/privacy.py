"""What a checkout under way knows of a person: all that was typed, and it goes."""

import sqlalchemy as sa

from storefront import people
from storefront.checkout.models import CheckoutDraft
from storefront.orders.models import Order


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Drafts under the person's address, and those that became their orders."""
    ordered = sa.select(Order.draft_id).where(Order.id.in_(person.order_ids), Order.draft_id.is_not(None))
    typed = people.is_one_of(CheckoutDraft.email, person.emails)
    made = CheckoutDraft.created_at <= person.until
    return (people.Holding(people.table_of(CheckoutDraft), (typed & made) | CheckoutDraft.id.in_(ordered)),)
