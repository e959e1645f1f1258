"""Texts that are looked at for claims: each kind is told by the room that has it.

Knows what a text says and who wrote it, as it is told; refuses to read it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from storefront.claims.folding import Form

Writers = frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """One part of a text, such as its title: how it is called in forms, what it says, and how it is written."""

    field: str
    text: str
    form: Form = Form.MARKDOWN


@dataclass(frozen=True, slots=True)
class Text:
    """All that is said in one place; `names` are the accounts, as `staff:7`, under whose name it stands, `product`
    the address of the goods it describes."""

    kind: str
    id: int
    title: str
    is_public: bool
    parts: tuple[Said, ...]
    names: Writers = frozenset()
    product: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A text as it was saved once; `writers` are whoever saved it, and whoever may have written what it says."""

    writers: Writers
    parts: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class TextKind:
    """How texts of a kind are read: those of some ids; the same, held until commit; the ids behind one; and for
    some ids the versions of each, the one that stands last."""

    read: Callable[[Collection[int]], Mapping[int, Text]]
    hold: Callable[[Collection[int]], Mapping[int, Text]]
    after: Callable[[int, int], list[int]]
    versions: Callable[[Collection[int]], Iterable[tuple[int, Sequence[Version]]]]


_kinds: dict[str, TextKind] = {}


def claiming(kind: str, how: TextKind) -> None:
    """Let texts of `kind` be looked at."""
    _kinds[kind] = how


def kinds() -> Mapping[str, TextKind]:
    """All kinds that are looked at."""
    return _kinds


def texts_by_key(keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Text]:
    """The texts of these kinds and ids that exist. One reading for each kind."""
    found: dict[tuple[str, int], Text] = {}
    for kind in sorted({kind for kind, _id in keys} & set(_kinds)):
        read = _kinds[kind].read({subject_id for each, subject_id in keys if each == kind})
        found.update({(kind, subject_id): text for subject_id, text in read.items()})
    return found


def writer(actor: tuple[str, object | None]) -> Writers:
    """Somebody as marks keep them; nobody where it was the shop itself."""
    return frozenset() if actor[1] is None else frozenset({f"{actor[0]}:{actor[1]}"})
