"""What can happen to goods, each in one transaction of its own.

Knows steps of this room; refuses to compose those of others.
"""

from storefront.catalogue import steps, stock
from storefront.catalogue.facts import CollectionFacts, Outcome, ProductFacts
from storefront.catalogue.models import Cause
from storefront.catalogue.pictures import add_picture
from storefront.database import transaction

__all__ = ["add_picture", "count_stock", "place", "publish", "save_collection", "save_product", "withdraw"]

Actor = tuple[str, object | None]


def save_product(facts: ProductFacts, *, reference: str = "catalogue") -> Outcome:
    """Save a product by its slug; may be run again. Raises Refused."""
    with transaction():
        return steps.save_product(facts, reference=reference)


def save_collection(facts: CollectionFacts) -> Outcome:
    """Save a collection by its slug; may be run again. Raises Refused."""
    with transaction():
        return steps.save_collection(facts)


def publish(product_id: int, *, by: Actor) -> None:
    """Show and sell a product; may be run again. Raises NotFound and Refused."""
    with transaction():
        steps.publish(product_id, actor=by)


def withdraw(product_id: int, *, by: Actor) -> None:
    """Stop selling a product; may be run again. Raises NotFound and Refused."""
    with transaction():
        steps.withdraw(product_id, actor=by)


def place(product_id: int, *, collection_id: int, position: int) -> bool:
    """Put a product into a collection at a place; whether anything changed."""
    with transaction():
        return steps.place(product_id, collection_id=collection_id, position=position)


def count_stock(variant_id: int, pieces: int | None, *, reference: str) -> None:
    """Record what was counted on the shelf, None for “never counted”. Raises NotFound and Refused."""
    with transaction():
        stock.set_on_hand(variant_id, pieces, cause=Cause.ADJUSTMENT, reference=reference)
