"""What staff say of a product: texts, address, tags, shelves and state, each change recorded with what it was.

Knows how one product is changed under its lock; refuses to know forms. Every function is a step.
"""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock
from storefront.catalogue import gift_cards
from storefront.catalogue.claimed import text_of
from storefront.catalogue.edits import ProductTexts
from storefront.catalogue.models import Collection, FormerSlug, Placement, Product, ProductState, ProductTag
from storefront.catalogue.ruled import keep_products
from storefront.catalogue.stale import differing, refuse_stale, written
from storefront.claims.steps import look_at, refuse_open
from storefront.database import insert_ignore, require_transaction, savepoint, session
from storefront.errors import NotFound, Refused

Actor = tuple[str, object | None]

_COLUMNS = (
    "title",
    "slug",
    "subtitle",
    "vendor",
    "kind",
    "position",
    "seo_title",
    "seo_description",
    "tax_class",
    "is_gift_card",
)


def add_draft(texts: ProductTexts, *, by: Actor) -> int:
    """Add a product that nobody sees yet; its id. Raises Refused."""
    current = require_transaction()
    texts = texts.tidied()
    texts.check()
    now = clock.now()
    product = Product(
        **{name: getattr(texts, name) for name in _COLUMNS},
        description_html=texts.description,
        state=ProductState.DRAFT,
        created_at=now,
        updated_at=now,
    )
    try:
        with savepoint():
            current.add(product)
            current.flush()
    except sa.exc.IntegrityError as error:
        raise _taken(texts.slug) from error
    _take_from_former(texts.slug)
    _tag(product.id, texts.tags)
    _place(product.id, frozenset(), texts.collections)
    keep_products([product.id])
    detail = {"title": (None, texts.title), "slug": (None, texts.slug)}
    audit.record("product.added", subject=("product", product.id), actor=by, detail=detail)
    look_at(text_of(product))
    return product.id


def change_texts(
    product_id: int, texts: ProductTexts, *, seen: str, by: Actor, kept_slugs: frozenset[str] = frozenset()
) -> bool:
    """Save what is said of a product; whether anything changed. Addresses in `kept_slugs` must not change.

    Raises NotFound, Refused, and Stale where it is no longer what the page showed (`seen`, its fingerprint).
    """
    product = locked_product(product_id)
    stands = texts_of(product)
    texts = texts.tidied()
    refuse_stale(stands, seen)
    texts.check()
    changes = differing(stands, texts)
    if not changes:
        return False
    if "slug" in changes:
        _move(product, texts.slug, kept_slugs)
    if "is_gift_card" in changes:
        gift_cards.turn(product, is_gift_card=texts.is_gift_card)
    for name in changes.keys() & (set(_COLUMNS) - {"slug", "is_gift_card"}):
        setattr(product, name, getattr(texts, name))
    product.description_html = texts.description
    if "tags" in changes:
        _tag(product_id, texts.tags)
    _place(product_id, stands.collections, texts.collections)
    touch(product)
    keep_products([product_id])
    detail = written(changes)
    audit.record("product.changed", subject=("product", product_id), actor=by, detail=detail)
    unanswered = look_at(text_of(product))
    if product.state != ProductState.DRAFT:
        refuse_open(unanswered, field="description")
    return True


def texts_of(product: Any) -> ProductTexts:
    """What is said of a product now."""
    current = session()
    tags = current.scalars(sa.select(ProductTag.tag).where(ProductTag.product_id == product.id))
    shelves = current.scalars(
        sa.select(Placement.collection_id)
        .join(Collection, Collection.id == Placement.collection_id)
        .where(Placement.product_id == product.id, Collection.rule.is_(None))
    )
    return texts_from(product, tags=tuple(tags), collections=frozenset(shelves))


def texts_from(row: Any, *, tags: tuple[str, ...], collections: frozenset[int]) -> ProductTexts:
    """A row of the product, its tags and its shelves as one thing said."""
    said = {name: getattr(row, name) for name in _COLUMNS}
    return ProductTexts(
        **said, description=row.description_html, tags=tuple(sorted(tags)), collections=collections
    )


def locked_product(product_id: int) -> Product:
    """The product, locked. Raises NotFound."""
    # Not against its key: whoever places it on a shelf meanwhile need not wait.
    found: Product | None = require_transaction().get(
        Product, product_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if found is None:
        raise NotFound()
    return found


def touch(product: Product) -> None:
    """Say that it is another one than before."""
    product.updated_at = clock.now()
    product.version += 1
    require_transaction().flush()


def _move(product: Product, slug: str, kept_slugs: frozenset[str]) -> None:
    """Give it another address; the old one leads to it from now on."""
    current = require_transaction()
    before = product.slug
    if before in kept_slugs:
        raise Refused(
            _("The money-back policy names it by this address: change it there first."), field="slug"
        )
    try:
        with savepoint():
            product.slug = slug
            current.flush()
    except sa.exc.IntegrityError as error:
        raise _taken(slug) from error
    _take_from_former(slug)
    if product.published_at is not None:
        current.execute(sa.delete(FormerSlug).where(FormerSlug.slug == before))
        current.add(FormerSlug(slug=before, product_id=product.id))


def _taken(slug: str) -> Refused:
    return Refused(_("Another product has the address “%(slug)s”.", slug=slug), field="slug")


def _take_from_former(slug: str) -> None:
    require_transaction().execute(sa.delete(FormerSlug).where(FormerSlug.slug == slug))


def _tag(product_id: int, tags: tuple[str, ...]) -> None:
    current = require_transaction()
    current.execute(sa.delete(ProductTag).where(ProductTag.product_id == product_id))
    current.flush()
    for tag in tags:
        current.execute(sa.insert(ProductTag).values(product_id=product_id, tag=tag))


def _place(product_id: int, stands: frozenset[int], wanted: frozenset[int]) -> None:
    """Put it on the shelves kept by hand, behind what stands there, and take it off the others."""
    current = require_transaction()
    by_hand = sa.select(Collection.id).where(Collection.id.in_(wanted | stands), Collection.rule.is_(None))
    known = set(current.scalars(by_hand)) if wanted | stands else set()
    for collection_id in sorted((wanted - stands) & known):
        last = sa.select(sa.func.max(Placement.position)).where(Placement.collection_id == collection_id)
        position = current.scalar(last)
        values = {"collection_id": collection_id, "product_id": product_id}
        place = 0 if position is None else position + 1
        insert_ignore(Placement, values | {"position": place}, unique=("collection_id", "product_id"))
    gone = (stands - wanted) & known
    if gone:
        current.execute(
            sa.delete(Placement).where(Placement.product_id == product_id, Placement.collection_id.in_(gone))
        )
