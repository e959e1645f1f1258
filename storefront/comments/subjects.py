"""What may be commented on: each kind of subject is told by the room that has it.

Knows titles, addresses and people of a subject as it is told; refuses to read it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storefront.errors import NotFound


@dataclass(frozen=True, slots=True)
class Subject:
    """Something with comments beneath it; `url` is its page's, without its origin.

    `authors` are the accounts of who wrote it, `writers` those of all who write this kind, `names` what they are
    called.
    """

    kind: str
    id: int
    title: str
    url: str
    is_public: bool
    authors: frozenset[int] = frozenset()
    writers: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """How a kind of subject is read: those of some ids, by id; and, as columns beside a row of `comment`, whether an
    author wrote it and what its writer bought ("bought", "returned" or NULL)."""

    read: Callable[[Collection[int]], Mapping[int, Subject]]
    by_author: Callable[[Any], sa.ColumnElement[bool]]
    standing: Callable[[Any], sa.ColumnElement[str | None]]


_kinds: dict[str, SubjectKind] = {}


def commented(kind: str, how: SubjectKind) -> None:
    """Let subjects of `kind` have comments."""
    _kinds[kind] = how


def kind_called(kind: str) -> SubjectKind:
    """How a kind is read; raises NotFound where nothing is called so."""
    found = _kinds.get(kind)
    if found is None:
        raise NotFound()
    return found


def find_subject(kind: str, subject_id: int) -> Subject | None:
    """One subject, public or not; raises NotFound for an unknown kind."""
    if not 0 < subject_id < 2**63:
        return None
    return kind_called(kind).read([subject_id]).get(subject_id)


def public_subject(kind: str, subject_id: int) -> Subject:
    """One subject that anybody may read; raises NotFound."""
    found = find_subject(kind, subject_id)
    if found is None or not found.is_public:
        raise NotFound()
    return found


def subjects_by_key(keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Subject]:
    """The subjects of these kinds and ids that exist. One reading for each kind."""
    found: dict[tuple[str, int], Subject] = {}
    for kind in sorted({kind for kind, _id in keys} & set(_kinds)):
        read = _kinds[kind].read({subject_id for each, subject_id in keys if each == kind})
        found.update({(kind, subject_id): subject for subject_id, subject in read.items()})
    return found
