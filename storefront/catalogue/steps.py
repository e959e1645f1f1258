"""Saving goods and collections, within the caller's transaction; every step may be run again.

Knows how facts become rows; refuses to know where the facts come from.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, states
from storefront.catalogue.adding import add_products
from storefront.catalogue.changing import change_product
from storefront.catalogue.claimed import held_back, mark_fresh, text_of
from storefront.catalogue.facts import CollectionFacts, Outcome, ProductFacts
from storefront.catalogue.gift_cards import as_amounts
from storefront.catalogue.models import (
    MENU_SIZE,
    Collection,
    Image,
    Option,
    Placement,
    Product,
    ProductState,
    StockMovement,
    Variant,
)
from storefront.catalogue.ruled import keep_products
from storefront.catalogue.standing import standing_products
from storefront.claims.steps import open_in, refuse_open
from storefront.config import settings
from storefront.database import insert_ignore, is_postgresql, lock, require_transaction
from storefront.errors import NotFound, Refused


def save_product(facts: ProductFacts, *, reference: str) -> Outcome:
    """Save one product by its slug; `reference` names the movements of its stock. Raises Refused."""
    return save_products([facts], reference=reference)[0]


def save_products(all_facts: Sequence[ProductFacts], *, reference: str) -> list[Outcome]:
    """Save products by their slugs, each of them once, in a few statements for all; what it did with each.

    What has a marked phrase that nobody answered for does not go on sale by this (`claimed.py`). Prices that
    change leave a PriceChange; stock changes by movements alone; variants that are no longer named
    are no longer sold. Raises Refused for the first whose facts make no sense.
    """
    require_transaction()
    for facts in all_facts:
        facts.check(settings().currency)
    if len({facts.slug for facts in all_facts}) < len(all_facts):
        raise ValueError("a product is saved once in a call")
    all_facts = [as_amounts(facts) if facts.is_gift_card else facts for facts in all_facts]
    now = clock.now()
    standing = standing_products([facts.slug for facts in all_facts])
    shelves = _collection_ids({slug for facts in all_facts for slug in facts.collections})
    all_facts = held_back(all_facts, standing)
    fresh = [facts for facts in all_facts if facts.slug not in standing]
    add_products(fresh, shelves, now=now, reference=reference)
    _mark(fresh)
    outcomes = []
    for facts in all_facts:
        if (stands := standing.get(facts.slug)) is None:
            outcomes.append(Outcome.NEW)
            continue
        has_changed = change_product(stands, facts, shelves, now=now, reference=reference)
        outcomes.append(Outcome.CHANGED if has_changed else Outcome.UNCHANGED)
    if all_facts:
        keep_products(_ids_of([facts.slug for facts in all_facts]))
    return outcomes


def _mark(fresh: Sequence[ProductFacts]) -> None:
    if fresh:
        named = sa.select(Product.slug, Product.id).where(Product.slug.in_([facts.slug for facts in fresh]))
        mark_fresh(fresh, {row.slug: row.id for row in require_transaction().execute(named)})


def _ids_of(slugs: list[str]) -> sa.Select[Any]:
    return sa.select(Product.id).where(Product.slug.in_(slugs))


def plan_anew() -> None:
    """To be called now and then while very many products are saved: keeps each as quick as the first.

    Until its own round PostgreSQL takes full tables for empty, and reads them whole; SQLite plans without counting.
    """
    session = require_transaction()
    if is_postgresql():
        for model in (Product, Variant, Option, Image, Placement, StockMovement):
            session.execute(sa.text(f'ANALYZE "{model.__tablename__}"'))


def save_collection(facts: CollectionFacts) -> Outcome:
    """Save a collection by its slug. Raises Refused."""
    session = require_transaction()
    facts.check()
    said: dict[str, Any] = {
        "title": facts.title,
        "intro": facts.intro,
        "position": facts.position,
        "in_menu": facts.in_menu,
    }
    if insert_ignore(Collection, {"slug": facts.slug} | said, unique=("slug",)):
        return Outcome.NEW
    row = session.scalars(sa.select(Collection).where(Collection.slug == facts.slug)).one()
    differing = {name: value for name, value in said.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return Outcome.CHANGED if differing else Outcome.UNCHANGED


def add_collection(facts: CollectionFacts) -> bool:
    """Add a collection unless one stands under its slug, in the menu while that has room; whether it was added."""
    session = require_transaction()
    facts.check()
    if session.scalar(sa.select(Collection.id).where(Collection.slug == facts.slug)) is not None:
        return False
    in_menu = session.scalar(sa.select(sa.func.count()).where(Collection.in_menu)) or 0
    values = {
        "slug": facts.slug,
        "title": facts.title,
        "intro": facts.intro,
        "position": facts.position,
        "in_menu": facts.in_menu and in_menu < MENU_SIZE,
    }
    return insert_ignore(Collection, values, unique=("slug",))


def place(product_id: int, *, collection_id: int, position: int) -> bool:
    """Put a product into a collection at `position`, or move it there; whether anything changed."""
    session = require_transaction()
    where = {"collection_id": collection_id, "product_id": product_id}
    if insert_ignore(Placement, where | {"position": position}, unique=tuple(where)):
        return True
    row = session.get(Placement, (collection_id, product_id))
    if row is None or row.position == position:
        return False
    row.position = position
    return True


def publish(product_id: int, *, actor: tuple[str, object | None]) -> None:
    """Show and sell a product. Raises NotFound, and Refused where nothing of it is sold."""
    product = _product(product_id)
    if product.state == ProductState.PUBLISHED:
        return
    sold = sa.select(Variant.id).where(Variant.product_id == product_id, Variant.is_sold).limit(1)
    if require_transaction().scalar(sold) is None:
        raise Refused(_("It has nothing to sell yet: add a variant first."))
    refuse_open(open_in(text_of(product)))
    _advance(product, ProductState.PUBLISHED, "product.published", actor)
    product.published_at = product.published_at or clock.now()


def withdraw(product_id: int, *, actor: tuple[str, object | None]) -> None:
    """Stop selling a published product; its page stays and says so. Raises NotFound and Refused."""
    product = _product(product_id)
    if product.state == ProductState.WITHDRAWN:
        return
    if not states.may(product, ProductState.WITHDRAWN):
        raise Refused(_("Only a published product can be withdrawn."))
    _advance(product, ProductState.WITHDRAWN, "product.withdrawn", actor)


def unpublish(product_id: int, *, actor: tuple[str, object | None]) -> None:
    """Make a published product a draft again: its page is gone. Raises NotFound and Refused."""
    product = _product(product_id)
    if product.state == ProductState.DRAFT:
        return
    if not states.may(product, ProductState.DRAFT):
        raise Refused(_("Only a published product can become a draft."))
    _advance(product, ProductState.DRAFT, "product.unpublished", actor)


def _advance(product: Product, to: ProductState, verb: str, actor: tuple[str, object | None]) -> None:
    before = ProductState(product.state)
    states.advance(product, to)
    product.updated_at = clock.now()
    product.version += 1
    detail = {"state": (before.value, to.value)}
    audit.record(verb, subject=("product", product.id), actor=actor, detail=detail)


def _product(product_id: int) -> Product:
    product: Product | None = lock(Product, product_id)
    if product is None:
        raise NotFound()
    return product


def _collection_ids(slugs: set[str]) -> Mapping[str, int]:
    if not slugs:
        return {}
    select = sa.select(Collection.slug, Collection.id).where(Collection.slug.in_(slugs))
    found: dict[str, int] = {row.slug: row.id for row in require_transaction().execute(select)}
    if missing := slugs - found.keys():
        raise Refused(_("There is no collection “%(slug)s”.", slug=min(missing)))
    return found
