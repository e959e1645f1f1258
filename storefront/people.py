"""People as the tables know them: how one is named, and which rows of which room are theirs.

Knows persons, holdings and the register of both; refuses to know what a row means: each room's `privacy.py` says it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

# RFC 2606 reserves the top-level name: no mail can ever arrive there.
ERASED_DOMAIN = "erased.invalid"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by an e-mail address that is theirs. What was made after `until` is a new beginning.

    `emails` are the spellings of the one address, `typed` the other addresses on their own orders; `mentions` are
    orders of others under their address; `subjects` are (kind, id) as the record of actions names them; `code` is
    what stands in their place once they are erased.
    """

    emails: frozenset[str]
    until: datetime
    code: str
    typed: frozenset[str] = frozenset()
    customer_ids: frozenset[int] = frozenset()
    order_ids: frozenset[int] = frozenset()
    mentions: frozenset[int] = frozenset()
    subjects: frozenset[tuple[str, str]] = frozenset()

    @property
    def pseudonym(self) -> str:
        """The address that takes the place of theirs: the same on all that is kept, and nobody's."""
        return f"erased-{self.code}@{ERASED_DOMAIN}"

    def ids_of(self, kind: str) -> list[str]:
        """The ids, as texts, of their subjects of one kind."""
        return sorted(each for name, each in self.subjects if name == kind)

    @property
    def references(self) -> list[str]:
        """Their subjects as other rows name them: `order:12`."""
        return sorted(f"{kind}:{each}" for kind, each in self.subjects)


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of one table that are about a person.

    `forget` maps columns to what takes their place, a value or a function of the old one; None: the rows go. `keeps`
    names the columns of text that stay: codes, ids and what tax law wants. `hidden` columns are not told:
    secrets, and what is about others. `subject` is the kind under which the record of actions names these rows.
    """

    table: sa.Table
    theirs: sa.ColumnElement[bool]
    forget: Mapping[str, Any] | None = None
    keeps: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    subject: str = ""
    told: bool = field(default=True)


def table_of(model: Any) -> sa.Table:
    """The table that a model is declared on."""
    table: sa.Table = model.__table__
    return table


Holds = Callable[[Person], tuple[Holding, ...]]
LetsGo = Callable[[Person], None]
Objects = Callable[[Person], list[str]]

_holds: list[Holds] = []
_lets_go: list[LetsGo] = []
_objects: list[Objects] = []
_tidies: list[LetsGo] = []


def holds(function: Holds) -> Holds:
    """Mark the function that tells which rows of a room are about a person."""
    _holds.append(function)
    return function


def lets_go(function: LetsGo) -> LetsGo:
    """Mark a step that has to happen before a person is erased: a mail still owed is no longer owed."""
    _lets_go.append(function)
    return function


def objects(function: Objects) -> Objects:
    """Mark the function that tells, in sentences, why a person cannot be erased yet."""
    _objects.append(function)
    return function


def tidies(function: LetsGo) -> LetsGo:
    """Mark a step that has to happen after a person is erased: what is derived from their rows is derived anew."""
    _tidies.append(function)
    return function


def holdings(person: Person) -> Iterator[Holding]:
    """Everything that is held of a person, the highest rooms first: what refers goes before what it refers to."""
    for function in reversed(_holds):
        yield from function(person)


def let_go(person: Person) -> None:
    """Do what has to happen first. A step."""
    for function in _lets_go:
        function(person)


def tidy(person: Person) -> None:
    """Do what has to happen last. A step."""
    for function in _tidies:
        function(person)


def objections(person: Person) -> list[str]:
    """Why the person cannot be erased yet, a sentence each; none: they can."""
    return [sentence for function in _objects for sentence in function(person)]


def email_key(text: str) -> str:
    """An e-mail address as people compare it: no space around it, no capitals, its domain in ASCII (RFC 5891)."""
    local, at, domain = text.strip()[:320].rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}".lower()
    except UnicodeError:
        return f"{local}{at}{domain}".lower()


def spellings(email: str) -> frozenset[str]:
    """The keys under which an address may stand: its domain in ASCII and as people write it."""
    key = email_key(email)
    local, at, domain = key.rpartition("@")
    try:
        return frozenset({key, f"{local}{at}{domain.encode('ascii').decode('idna')}"})
    except UnicodeError:
        return frozenset({key})


def is_erased(email: str) -> bool:
    """Whether an address stands in the place of somebody who was erased."""
    return email.endswith(f"@{ERASED_DOMAIN}")


def says(column: Any, texts: frozenset[str] | list[str]) -> sa.ColumnElement[bool]:
    """Whether a column of text or JSON contains one of `texts`, capitals or not; by a scan."""
    lowered = sa.func.lower(sa.cast(column, sa.Text))
    return sa.or_(sa.false(), *(lowered.contains(text.lower(), autoescape=True) for text in sorted(texts)))


def is_one_of(column: Any, emails: frozenset[str]) -> sa.ColumnElement[bool]:
    """Whether a column is one of these addresses, capitals or not."""
    return sa.func.lower(column).in_(sorted(emails))
