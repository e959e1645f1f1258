"""The policy in force, and those that older orders were sold under.

Knows where versions are kept; refuses to write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.database import Prepared, read
from storefront.errors import NotFound
from storefront.policies.document import PolicyDocument
from storefront.policies.models import PolicyVersion
from storefront.web.pages import tagged


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
    tagged("policy")
    return in_force(read(_NEWEST))


def policy_by_id(version: int) -> Policy:
    """A version by id, by one query; raises NotFound."""
    for row in read(NEWEST.where(PolicyVersion.id == version)):
        return _policy(row)
    raise NotFound()


# The policy in force; a higher room may add columns of its own and save a query.
NEWEST: Any = (
    sa.select(PolicyVersion.id, PolicyVersion.document, PolicyVersion.published_at)
    .order_by(PolicyVersion.id.desc())
    .limit(1)
)
_NEWEST = Prepared(NEWEST)


def in_force(rows: Sequence[Any]) -> Policy:
    """The policy in the one row of `NEWEST`; raises NoPolicy where there is none."""
    if not rows:
        raise NoPolicy("no policy is published: run `storefront db upgrade`")
    return _policy(rows[0])


def _policy(row: Any) -> Policy:
    return Policy(row.id, _document(row.document), row.published_at)


# The same object for the same text: what is made of it is known again by that.
@lru_cache(maxsize=64)
def _document(text: str) -> PolicyDocument:
    # Keyed by the text itself: two databases may hold different documents under one id.
    return PolicyDocument.from_json(text)
