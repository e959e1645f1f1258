"""What carts know of a person: what a customer means to buy. It goes with the account."""

from storefront import people
from storefront.cart.models import SavedCart


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """The customer's cart."""
    return (people.Holding(people.table_of(SavedCart), SavedCart.customer_id.in_(person.customer_ids)),)
