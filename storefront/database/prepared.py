"""Statements that are said again and again: put into words once, and told SQLite past SQLAlchemy's own ways.

Knows statements, their values and types; refuses to know when: whoever lends a connection knows its transaction.
"""

import json
import os
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

_Reader = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Words:
    """A statement as SQLite's driver takes it: `values` are name, usual value, and how it is written."""

    text: str
    values: tuple[tuple[str, Any, Callable[[Any], Any] | None], ...]
    row: Callable[..., Any]
    readers: tuple[_Reader, ...]  # empty where no column has one


class _WithConstants(SQLiteCompiler):
    """Writes what never differs into the text.

    A value beside it that a partial index names, say a state, makes SQLite plan the statement again at each asking,
    100 µs (https://sqlite.org/c3ref/prepare.html, of sqlite3_prepare_v2, the third difference).
    """

    def visit_bindparam(self, bindparam: Any, *args: Any, **kwargs: Any) -> Any:
        if bindparam.unique and not bindparam.required and bindparam.callable is None:
            kwargs["literal_binds"] = True
        return super().visit_bindparam(bindparam, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class _Made:
    """A usual value that is made anew for each row, as SQLAlchemy makes it: of a context, here none."""

    make: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What a statement did: the `rows` it answers, how many it touched, and the key of the one it inserted."""

    rows: list[Any]
    count: int
    key: Any


class Prepared:
    """A select of columns, or a write of some, made once, at import, with bindparams for what differs.

    To put a statement together, to look it up and to make SQLAlchemy's own rows takes 100 µs; SQLite answers most
    in 10. Rows are tuples with the columns' names.

    Of a select that pages ask again and again, answers to as many as `known` questions are remembered: where SQLite
    answers the same once more, the rows are the very same objects, which takes a tenth of making them. SQLite is
    asked each time: nothing is ever out of date.
    """

    def __init__(self, statement: Any, *, known: int = 0) -> None:
        self.statement = statement
        self._known = known
        self._answers: dict[tuple[Any, ...], tuple[list[Any], tuple[Any, ...]]] = {}

    def ask(self, engine: Engine, connection: Any, values: Mapping[str, Any]) -> Sequence[Any]:
        """The rows, by a connection of the driver. Raises the driver's own errors."""
        said = self._said(values)
        cursor = self._told(engine, connection, said)
        return (
            self._remembered(tuple(said), cursor.fetchall()) if self._known else self._rows(cursor.fetchall())
        )

    def do(
        self, engine: Engine, connection: Any, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> Done:
        """Say it once, or once for each of several values; errors as of `ask`."""
        if isinstance(values, Mapping):
            cursor = self._told(engine, connection, self._said(values))
            # In this order: how many there were is known once all were fetched.
            return Done(self._rows(cursor.fetchall()), cursor.rowcount, cursor.lastrowid)
        said = [self._said(each) for each in values]
        self._note(engine, said, many=True)
        return Done([], connection.executemany(self.text, said).rowcount, None)

    @property
    def text(self) -> str:
        """The statement as SQLite is told it."""
        return self._words.text

    def _told(self, engine: Engine, connection: Any, said: list[Any]) -> Any:
        self._note(engine, said, many=False)
        return connection.execute(self._words.text, said)

    def _said(self, values: Mapping[str, Any]) -> list[Any]:
        return [
            write(value) if write else value
            for name, usual, write in self._words.values
            for value in (values[name] if name in values else _made(usual),)
        ]

    def _note(self, engine: Engine, said: list[Any], *, many: bool) -> None:
        for listener in engine.dispatch.before_cursor_execute:
            listener(None, None, self._words.text, said, None, many)

    def _remembered(self, asked: tuple[Any, ...], found: list[Any]) -> tuple[Any, ...]:
        before = self._answers.get(asked)
        if before is not None and before[0] == found:
            return before[1]
        rows = tuple(self._rows(found))
        # Of what is not there nothing is to be made: strangers ask for anything.
        if rows:
            if before is None and len(self._answers) >= self._known:
                self._answers.clear()
            self._answers[asked] = (found, rows)
        return rows

    def _rows(self, found: list[Any]) -> list[Any]:
        words = self._words
        if words.readers:
            found = [_read(row, words.readers) for row in found]
        return list(map(words.row, found))

    @cached_property
    def _words(self) -> _Words:
        dialect = sqlite.dialect(paramstyle="qmark")
        dialect.statement_compiler = _WithConstants
        compiled: Any = self.statement.compile(dialect=dialect)
        usual = compiled.construct_params(_check=False)
        # What the table says of columns that nobody named.
        usual |= {
            column.key: column.default.arg if column.default.is_scalar else _Made(column.default.arg)
            for column in getattr(compiled, "insert_prefetch", ())
        }
        text = str(compiled)
        names = compiled.positiontup
        for name in names:
            # A list of any length in one value.
            text = text.replace(f"(__[POSTCOMPILE_{name}])", "(SELECT value FROM json_each(?))")
        columns = self.statement.exported_columns
        names_of_columns = [column.key or "" for column in columns]
        kind = namedtuple("Row", names_of_columns, rename=True)  # type: ignore[misc]
        readers = tuple(
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        )
        return _Words(
            text=text,
            values=tuple((name, usual[name], _writer(compiled.binds[name], dialect)) for name in names),
            # As `_make`, which counts the columns again.
            row=partial(tuple.__new__, kind),
            readers=readers if any(readers) else (),
        )


class Reader:
    """A connection of SQLite's driver, borrowed for Prepared selects and given back.

    Past SQLAlchemy's pool, where to borrow and return takes as long as most of these selects. It holds no
    transaction in between; there are as many as ever read at once.
    """

    __slots__ = ("connection", "pool")
    connection: Any

    def __init__(self, engine: Engine) -> None:
        # The engine has another pool once it was disposed of.
        self.pool = engine.pool
        try:
            self.connection = _idle[self.pool].pop()
        except (KeyError, IndexError):
            made = engine.raw_connection()
            self.connection = made.dbapi_connection
            made.detach()

    def give_back(self) -> None:
        """Let the next one have it, who will ask at the newest state."""
        _idle.setdefault(self.pool, []).append(self.connection)


_idle: WeakKeyDictionary[Pool, list[Any]] = WeakKeyDictionary()
# SQLite's connections must not be used on the other side of a fork.
os.register_at_fork(after_in_child=_idle.clear)


def _made(usual: Any) -> Any:
    return usual.make(None) if isinstance(usual, _Made) else usual


def _writer(value: Any, dialect: Any) -> Callable[[Any], Any] | None:
    if value.expanding:
        return json.dumps
    found: Callable[[Any], Any] | None = value.type.dialect_impl(dialect).bind_processor(dialect)
    return found


def _read(row: tuple[Any, ...], readers: tuple[_Reader, ...]) -> list[Any]:
    return [read(value) if read else value for value, read in zip(row, readers, strict=True)]
