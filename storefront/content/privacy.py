"""What content knows of a person: that an author signs in with their account. Names under which the shop's own
people publish stay, until staff rename them."""

import sqlalchemy as sa

from storefront import people
from storefront.content.models import Author
from storefront.database import require_transaction


@people.lets_go
def untie_author(person: people.Person) -> None:
    """No author has their account any more. A step."""
    theirs = Author.customer_id.in_(person.customer_ids)
    require_transaction().execute(sa.update(Author).where(theirs).values(customer_id=None))
