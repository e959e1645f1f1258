"""What claims know of a person: nothing, but for reasons that name them."""

from storefront import people
from storefront.claims.models import ClaimReason


@people.holds
def held(person: people.Person) -> tuple[people.Holding, ...]:
    """Reasons in which the person is named by an address."""
    return (
        people.Holding(
            people.table_of(ClaimReason), people.says(ClaimReason.text, person.emails), forget={"text": ""}
        ),
    )
