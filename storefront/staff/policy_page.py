"""What the policy's pages print besides the promises: who published, and goods that nobody knows.

Knows rows and words; refuses to know what a promise means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.catalogue.models import Collection, FormerSlug, Product
from storefront.database import session
from storefront.policies.document import PolicyDocument
from storefront.policies.models import PolicyVersion
from storefront.web.text import moment_text


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a list."""

    id: int
    at: str
    who: str
    note: str


def version_row(version: PolicyVersion, names: Mapping[str, str]) -> VersionRow:
    """A version as it is listed; `names` are people's by id."""
    kind, _colon, number = version.author.partition(":")
    gone = _("Somebody who is gone")
    who = names.get(number, gone) if kind == "staff" else _("The shop itself")
    return VersionRow(version.id, moment_text(version.published_at, "short"), who, version.note)


def goods_unknown(document: PolicyDocument) -> list[str]:
    """Addresses of products and collections that a document names and the shop does not have. Two statements."""
    promise, exempt = document.money_back, document.withdrawal.exempt
    products = {*promise.excluded_products, *chain.from_iterable(each.products for each in exempt)}
    shelves = {*promise.excluded_collections, *chain.from_iterable(each.collections for each in exempt)}
    known = sa.select(Product.slug).where(Product.slug.in_(products))
    former = sa.select(FormerSlug.slug).where(FormerSlug.slug.in_(products))
    there = set(session().scalars(sa.union(known, former))) if products else set()
    kept = (
        set(session().scalars(sa.select(Collection.slug).where(Collection.slug.in_(shelves))))
        if shelves
        else set()
    )
    return sorted(products - there) + sorted(shelves - kept)
