"""State machines: a graph of allowed changes beside each row that has a state.

Knows how a state may move; refuses to know what any state means.
"""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import Any, Protocol


class Stateful(Protocol):
    """A row with a `state` and the `TRANSITIONS` that its state may take."""

    TRANSITIONS: Any
    state: Any


class ForbiddenTransition(Exception):
    """A state was asked to move where its graph has no edge: a bug, never a customer's fault."""


def may(row: Stateful, to: StrEnum) -> bool:
    """Whether the graph has an edge from the row's state to `to`."""
    graph: Mapping[StrEnum, Set[StrEnum]] = row.TRANSITIONS
    return to in graph.get(row.state, frozenset())


def advance(row: Stateful, to: StrEnum) -> None:
    """Move the row's state along its graph; raises ForbiddenTransition where there is no edge."""
    if not may(row, to):
        raise ForbiddenTransition(f"{type(row).__name__} cannot go from {row.state} to {to}")
    row.state = to
