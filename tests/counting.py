"""How many statements a page sends to the database.

Knows statements; refuses to know pages.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine


@dataclass(slots=True)
class Counted:
    """The statements of a block, in their order."""

    statements: list[str] = field(default_factory=list)

    @property
    def selects(self) -> int:
        """How many of them read."""
        return sum(1 for text in self.statements if text.lstrip(" (").upper().startswith(("SELECT", "WITH")))

    @property
    def writes(self) -> int:
        """How many of them wrote."""
        verbs = ("INSERT", "UPDATE", "DELETE")
        return sum(1 for text in self.statements if text.lstrip().upper().startswith(verbs))

    def __str__(self) -> str:
        return "\n".join(self.statements)


Counting = Callable[[], AbstractContextManager[Counted]]


@contextmanager
def counting(engine: Engine) -> Iterator[Counted]:
    """Collect the statements that any thread sends through `engine` within the block."""
    counted = Counted()

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counted.statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
