"""What discounts know of a person: which they used. The order keeps what it was given."""

from storefront import people
from storefront.pricing.models import DiscountUse


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Uses of discounts: the count stays, whose it was goes."""
    return (
        people.Holding(
            people.table_of(DiscountUse),
            DiscountUse.order_id.in_(person.order_ids),
            forget={"person": None, "cart_id": f"erased-{person.code}"},
        ),
        # Orders whose address was put right since.
        people.Holding(
            people.table_of(DiscountUse),
            people.is_one_of(DiscountUse.person, person.emails),
            forget={"person": None},
            keeps=("cart_id",),
            told=False,
        ),
    )
