"""What happens to carts by itself.

Knows when a spent id may be forgotten; refuses to touch any other.
"""

import sqlalchemy as sa

from storefront import clock, jobs
from storefront.cart.models import KEPT, SpentCart
from storefront.database import transaction


@jobs.every("cart.forget_spent", minutes=24 * 60)
def forget_spent_carts() -> None:
    """Remove the ids of carts whose cookies no browser keeps any more."""
    with transaction() as session:
        session.execute(sa.delete(SpentCart).where(SpentCart.spent_at < clock.now() - KEPT))
