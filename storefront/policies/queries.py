"""The policy in force, and those that older orders were sold under.

Knows where versions are kept; refuses to write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from storefront.database import Prepared, read, session
from storefront.errors import NotFound
from storefront.policies.document import PolicyDocument
from storefront.policies.models import PolicyVersion
from storefront.web.pages import tagged

PAGE = 50


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
    for row in read(_OF_ID, {"version": version}):
        return _policy(row)
    raise NotFound()


def version_by_id(version: int) -> PolicyVersion:
    """A version with its author and note. One statement. Raises NotFound."""
    found: PolicyVersion | None = session().get(PolicyVersion, version)
    if found is None:
        raise NotFound()
    return found


def versions(before: int | None = None) -> list[PolicyVersion]:
    """The versions, the newest first, behind the version `before`; one more than a page. One statement."""
    select = sa.select(PolicyVersion).order_by(PolicyVersion.id.desc()).limit(PAGE + 1)
    return list(session().scalars(select.where(PolicyVersion.id < before) if before else select))


def version_before(version: int) -> int | None:
    """The version that was in force before one. One statement."""
    earlier = sa.select(sa.func.max(PolicyVersion.id)).where(PolicyVersion.id < version)
    found: int | None = session().scalar(earlier)
    return found


# The policy in force; a higher room may add columns of its own and save a query.
NEWEST: Any = (
    sa.select(PolicyVersion.id, PolicyVersion.document, PolicyVersion.published_at)
    .order_by(PolicyVersion.id.desc())
    .limit(1)
)
_NEWEST = Prepared(NEWEST)
_OF_ID = Prepared(NEWEST.where(PolicyVersion.id == sa.bindparam("version")))


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
