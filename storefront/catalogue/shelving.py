"""Collections as staff keep them: their words, their rule, what stands on them and in which order.

Knows that a shelf is filled by hand or by a rule, never by both; refuses to know menus. Every function is a step.
"""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit
from storefront.catalogue.editing import Actor
from storefront.catalogue.models import Collection, Placement, Product, Variant
from storefront.catalogue.ruled import Rule, keep_shelf
from storefront.catalogue.stale import differing, refuse_stale, written
from storefront.catalogue.texts import slug_of
from storefront.database import insert_ignore, lock, require_transaction
from storefront.errors import NotFound, Refused

_LONGEST_SLUG, _LONGEST_TITLE, _LONGEST_INTRO = 120, 200, 2_000


@dataclass(frozen=True, slots=True)
class CollectionTexts:
    """All that is said of a collection; `rule` None means that it is filled by hand."""

    title: str
    slug: str = ""
    intro: str = ""
    position: int = 0
    in_menu: bool = True
    is_published: bool = True
    rule: Rule | None = None

    def tidied(self) -> "CollectionTexts":
        """As it is kept: an address made of letters."""
        title = " ".join(self.title.split())
        slug = slug_of(self.slug or title)[:_LONGEST_SLUG].strip("-")
        return replace(self, title=title, slug=slug, intro=self.intro.strip())

    def check(self) -> None:
        """Raises Refused where this cannot be saved."""
        if not self.title:
            raise Refused(_("The title is missing."), field="title")
        if not self.slug:
            raise Refused(_("An address needs a letter or a digit."), field="slug")
        if len(self.title) > _LONGEST_TITLE or "\0" in self.title:
            raise Refused(_("At most %(longest)s characters.", longest=_LONGEST_TITLE), field="title")
        if len(self.intro) > _LONGEST_INTRO or "\0" in self.intro:
            raise Refused(_("At most %(longest)s characters.", longest=_LONGEST_INTRO), field="intro")
        if self.rule is not None:
            self.rule.check()


def open_collection(texts: CollectionTexts, *, by: Actor) -> int:
    """Add a collection, filled at once where it has a rule; its id. Raises Refused."""
    session = require_transaction()
    texts = texts.tidied()
    texts.check()
    if not insert_ignore(Collection, {"slug": texts.slug} | _values(texts), unique=("slug",)):
        raise Refused(_("Another collection has the address “%(slug)s”.", slug=texts.slug), field="slug")
    collection_id = session.scalars(sa.select(Collection.id).where(Collection.slug == texts.slug)).one()
    if texts.rule is not None:
        keep_shelf(collection_id, texts.rule)
    detail = {"title": (None, texts.title), "slug": (None, texts.slug)}
    audit.record("collection.added", subject=("collection", collection_id), actor=by, detail=detail)
    return collection_id


def change_collection(collection_id: int, texts: CollectionTexts, *, seen: str, by: Actor) -> bool:
    """Save what is said of a collection but its address, which stays; whether anything changed.

    A new rule fills it anew; a rule that goes leaves what stands. Raises NotFound, Refused and Stale.
    """
    collection = locked_collection(collection_id)
    stands = texts_of(collection)
    refuse_stale(stands, seen)
    texts = replace(texts, slug=collection.slug).tidied()
    texts.check()
    changes = differing(stands, texts)
    if not changes:
        return False
    for name, value in _values(texts).items():
        setattr(collection, name, value)
    require_transaction().flush()
    if texts.rule is not None and "rule" in changes:
        keep_shelf(collection_id, texts.rule)
    detail = written({name: change for name, change in changes.items() if name != "rule"})
    if "rule" in changes:
        detail["rule"] = (_rule_text(stands.rule), _rule_text(texts.rule))
    audit.record("collection.changed", subject=("collection", collection_id), actor=by, detail=detail)
    return True


def put_on_shelf(collection_id: int, named: str, *, by: Actor) -> bool:
    """Put a product, by its address or an article number, behind those that stand; False where it stands already.

    Raises NotFound, and Refused where there is no such product or a rule fills the shelf.
    """
    collection = locked_collection(collection_id)
    if collection.rule is not None:
        raise Refused(_("A rule fills this collection: change the rule, or the product."))
    product_id = _product_named(named)
    last = require_transaction().scalar(
        sa.select(sa.func.max(Placement.position)).where(Placement.collection_id == collection_id)
    )
    where = {"collection_id": collection_id, "product_id": product_id}
    position = 0 if last is None else last + 1
    if not insert_ignore(Placement, where | {"position": position}, unique=tuple(where)):
        return False
    detail = {"product": (None, product_id)}
    audit.record("collection.placed", subject=("collection", collection_id), actor=by, detail=detail)
    return True


def take_off_shelf(collection_id: int, product_id: int, *, by: Actor) -> None:
    """Take a product off a shelf kept by hand. May run twice. Raises NotFound and Refused."""
    collection = locked_collection(collection_id)
    if collection.rule is not None:
        raise Refused(_("A rule fills this collection: change the rule, or the product."))
    placed = require_transaction().get(Placement, (collection_id, product_id))
    if placed is None:
        return
    require_transaction().delete(placed)
    detail = {"product": (product_id, None)}
    audit.record("collection.taken_off", subject=("collection", collection_id), actor=by, detail=detail)


def move_on_shelf(collection_id: int, product_id: int, places: int, *, by: Actor) -> None:
    """Move a product towards the first place (−) or the last (+) of a shelf. Raises NotFound."""
    locked_collection(collection_id)
    session = require_transaction()
    placed = session.scalars(
        sa.select(Placement)
        .where(Placement.collection_id == collection_id)
        .order_by(Placement.position, Placement.product_id),
        execution_options={"populate_existing": True},
    ).all()
    at = next((i for i, each in enumerate(placed) if each.product_id == product_id), None)
    if at is None:
        raise NotFound()
    to = min(max(at + places, 0), len(placed) - 1)
    if at == to:
        return
    order = list(placed)
    order.insert(to, order.pop(at))
    for position, each in enumerate(order):
        each.position = position
    detail = {"position": (at, to), "product": (product_id, product_id)}
    audit.record("collection.moved", subject=("collection", collection_id), actor=by, detail=detail)


def locked_collection(collection_id: int) -> Collection:
    """The collection, locked. Raises NotFound."""
    collection: Collection | None = lock(Collection, collection_id)
    if collection is None:
        raise NotFound()
    return collection


def texts_of(row: Any) -> CollectionTexts:
    """What is said of a collection, given as a row."""
    return CollectionTexts(
        title=row.title,
        slug=row.slug,
        intro=row.intro,
        position=row.position,
        in_menu=row.in_menu,
        is_published=row.is_published,
        rule=None if row.rule is None else Rule.from_data(row.rule),
    )


def _values(texts: CollectionTexts) -> dict[str, Any]:
    return {
        "title": texts.title,
        "intro": texts.intro,
        "position": texts.position,
        "in_menu": texts.in_menu,
        "is_published": texts.is_published,
        "rule": None if texts.rule is None else texts.rule.as_data(),
    }


def _rule_text(rule: Rule | None) -> str | None:
    if rule is None:
        return None
    said = [f"{each.field} {each.ask} {each.value}" for each in rule.conditions]
    return (" and " if rule.meets_all else " or ").join(said)


def _product_named(named: str) -> int:
    # PostgreSQL has no NUL in texts, and no product either.
    named = named.replace("\0", "").strip()
    session = require_transaction()
    by_slug = sa.select(Product.id).where(Product.slug == named.lower())
    by_sku = sa.select(Variant.product_id).where(Variant.sku == named).limit(1)
    found = session.scalar(by_slug) or session.scalar(by_sku)
    if found is None or not named:
        raise Refused(_("No product has this address or article number."), field="product")
    return int(found)
