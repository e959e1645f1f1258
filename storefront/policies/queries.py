"""The policy in force, and those that older orders were sold under.

Knows where versions are kept; refuses to write.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from storefront.database import session
from storefront.errors import NotFound
from storefront.policies.document import PolicyDocument
from storefront.policies.models import PolicyVersion


@dataclass(frozen=True, slots=True)
class Policy:
    """A version's id, its document, and since when it was in force."""

    id: int
    document: PolicyDocument
    published_at: datetime


class NoPolicy(RuntimeError):
    """No policy was ever published; `db upgrade` publishes the first."""


def current_policy() -> Policy:
    """The policy in force, by one query; raises NoPolicy on a database that was never set up."""
    found = _newest()
    if found is None:
        raise NoPolicy("no policy is published: run `storefront db upgrade`")
    return found


def policy_by_id(version: int) -> Policy:
    """A version by id, by one query; raises NotFound."""
    found = _newest(PolicyVersion.id == version)
    if found is None:
        raise NotFound()
    return found


def _newest(*conditions: sa.ColumnElement[bool]) -> Policy | None:
    columns = (PolicyVersion.id, PolicyVersion.document, PolicyVersion.published_at)
    select = sa.select(*columns).where(*conditions).order_by(PolicyVersion.id.desc()).limit(1)
    row = session().execute(select).first()
    return None if row is None else Policy(row.id, _document(row.document), row.published_at)


@lru_cache(maxsize=64)
def _document(text: str) -> PolicyDocument:
    # Keyed by the text itself: two databases may hold different documents under one id.
    return PolicyDocument.from_json(text)
