"""JSON becomes frozen dataclasses, and every misfit becomes a sentence that names its place.

Knows types; refuses to know what any field means.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from flask_babel import gettext as _


def read(kind: type[Any], value: object, *, where: str, problems: list[str]) -> Any:
    """Build the dataclass `kind` from parsed JSON; None, and sentences added to `problems`, where it misfits.

    Fields with a default may be missing, so that documents written before a field existed stay readable.
    """
    if not isinstance(value, Mapping):
        problems.append(_("%(where)s: an object is wanted.", where=where or "document"))
        return None
    known = {each.name: each for each in fields(kind)}
    hints, before = get_type_hints(kind), len(problems)
    problems.extend(
        _("%(where)s is not known.", where=_within(where, name)) for name in value if name not in known
    )
    problems.extend(
        _("%(where)s is missing.", where=_within(where, name))
        for name, each in known.items()
        if name not in value and each.default is MISSING
    )
    found = {
        name: _value(hints[name], value[name], where=_within(where, name), problems=problems)
        for name in known
        if name in value
    }
    return kind(**found) if len(problems) == before else None


def _value(kind: Any, value: object, *, where: str, problems: list[str]) -> Any:
    if get_origin(kind) in {Union, types.UnionType}:
        if value is None:
            return None
        kind = next(each for each in get_args(kind) if each is not type(None))
    if get_origin(kind) is tuple:
        return _list(get_args(kind)[0], value, where=where, problems=problems)
    if is_dataclass(kind):
        return read(kind, value, where=where, problems=problems)  # type: ignore[arg-type]
    if issubclass(kind, StrEnum):
        return _word(kind, value, where=where, problems=problems)
    # bool is an int in Python and must not be taken for one here.
    if type(value) is not kind:
        problems.append(_("%(where)s: %(wanted)s is wanted.", where=where, wanted=_wanted(kind)))
    return value


def _list(kind: Any, value: object, *, where: str, problems: list[str]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        problems.append(_("%(where)s: a list is wanted.", where=where))
        return ()
    return tuple(
        _value(kind, each, where=f"{where}[{place}]", problems=problems) for place, each in enumerate(value)
    )


def _word(kind: type[StrEnum], value: object, *, where: str, problems: list[str]) -> StrEnum | None:
    words = [str(each) for each in kind]
    if not isinstance(value, str) or value not in words:
        problems.append(_("%(where)s: one of %(words)s is wanted.", where=where, words=", ".join(words)))
        return None
    return kind(value)


def _wanted(kind: type) -> str:
    return {int: _("a whole number"), bool: _("yes or no"), str: _("a text")}[kind]


def _within(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)
