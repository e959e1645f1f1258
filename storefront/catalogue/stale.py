"""What was on a page when somebody began to type, and whether it is still so.

Knows fingerprints of values; refuses to know which values they are.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from flask_babel import gettext as _

from storefront.errors import Refused


class Stale(Refused):
    """Somebody else saved meanwhile. `theirs` is what stands now, `seen` its fingerprint: saying that one saves."""

    def __init__(self, theirs: Any) -> None:
        super().__init__(
            _(
                "Somebody saved this while you were writing. Nothing of yours is lost: compare, and save again."
            )
        )
        self.theirs = theirs
        self.seen = fingerprint(theirs)


def fingerprint(facts: Any) -> str:
    """A short text that is another one as soon as any value is; `facts` is a frozen dataclass of plain values."""
    said = [(each.name, _plain(getattr(facts, each.name))) for each in fields(facts)]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:20]


def refuse_stale(stands: Any, seen: str) -> None:
    """Raises Stale where `stands` is not what the page showed. Asked under the row's lock."""
    if not hmac.compare_digest(fingerprint(stands), seen):
        raise Stale(stands)


def differing(stands: Any, wanted: Any) -> dict[str, tuple[Any, Any]]:
    """Each value that is another one, by its name: (now, then)."""
    pairs = ((each.name, getattr(stands, each.name), getattr(wanted, each.name)) for each in fields(stands))
    return {name: (now, then) for name, now, then in pairs if now != then}


def written(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[str | None, str | None]]:
    """The changes as the record keeps them: in words."""
    return {name: (_word(before), _word(after)) for name, (before, after) in changes.items()}


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def _word(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, frozenset | tuple):
        return ", ".join(map(str, sorted(value) if isinstance(value, frozenset) else value))
    return str(value)
