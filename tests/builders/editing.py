"""What staff say of goods, for tests: the facts that a page would send, with what it showed.

Knows the smallest change; refuses to write rows of its own.
"""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storefront.audit import AuditDetail, AuditEntry, history
from storefront.catalogue import actions, choices, editing
from storefront.catalogue.edits import ProductTexts, VariantTexts
from storefront.catalogue.models import Collection, Placement, Product, Variant
from storefront.catalogue.shelving import CollectionTexts
from storefront.catalogue.stale import fingerprint
from storefront.database import session, transaction
from tests.builders.catalogue import the_product

STAFF = ("staff", 7)


def texts_of(slug: str) -> ProductTexts:
    """What is said of a product now."""
    with transaction():
        return editing.texts_of(the_product(slug))


def say(product: str, /, *, seen: str | None = None, **said: Any) -> bool:
    """Change some of what is said of a product; it was seen as it stands unless `seen` says otherwise."""
    stands = texts_of(product)
    return actions.change_texts(
        the_product(product).id, replace(stands, **said), seen=seen or fingerprint(stands), by=STAFF
    )


def variant_texts(variant_id: int) -> VariantTexts:
    """What is said of a variant now."""
    return choices.texts_of(session().get_one(Variant, variant_id, populate_existing=True))


def say_of_variant(variant_id: int, *, seen: str | None = None, **said: Any) -> bool:
    """Change some of what is said of a variant."""
    stands = variant_texts(variant_id)
    return actions.change_variant(
        variant_id, replace(stands, **said), seen=seen or fingerprint(stands), by=STAFF
    )


def a_shelf(title: str = "Kits", **said: Any) -> int:
    """The id of a new collection."""
    return actions.open_collection(CollectionTexts(title=title, **said), by=STAFF)


def shelved(collection_id: int) -> list[str]:
    """The addresses of what stands in a collection, in its order."""
    select = (
        sa.select(Product.slug)
        .join(Placement, Placement.product_id == Product.id)
        .where(Placement.collection_id == collection_id)
        .order_by(Placement.position, Placement.product_id)
    )
    return list(session().scalars(select))


def the_collection(collection_id: int) -> Collection:
    """A collection as it now stands."""
    return session().get_one(Collection, collection_id, populate_existing=True)


def last_entry(subject: tuple[str, object]) -> tuple[AuditEntry, dict[str, tuple[str | None, str | None]]]:
    """The newest entry of a subject's history, and its details: (before, after) by name."""
    entry = history(subject)[-1]
    rows = session().scalars(sa.select(AuditDetail).where(AuditDetail.entry_id == entry.id))
    return entry, {row.name: (row.before, row.after) for row in rows}
