"""Traces of people: strings planted wherever something can be typed, and looked for in everything that is kept.

Knows no table by name: what is searched is what the database itself says it has, and every file beside it.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storefront.database import db, release


def found_in_database(traces: Iterable[str]) -> list[str]:
    """“table.column: trace” for each trace that stands in any column of any table, capitals or not, JSON or not."""
    wanted = [trace.lower() for trace in traces]
    return [f"{place}: {trace}" for place, text in _texts() for trace in wanted if trace in text]


def _texts() -> Iterable[tuple[str, str]]:
    release()
    metadata = sa.MetaData()
    with db.engine.connect() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.text(f'SELECT * FROM "{table.name}"')).mappings():
                for name, value in row.items():
                    yield f"{table.name}.{name}", _text(value)


def _text(value: Any) -> str:
    """A value as people read it: JSON writes what is not ASCII another way."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace").lower()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).lower()
    text = str(value)
    if text[:1] in {"{", "["}:
        with suppress(ValueError):
            text += json.dumps(json.loads(text), ensure_ascii=False)
    return text.lower()


def found_in_files(folder: Path, traces: Iterable[str], *, but: frozenset[str] = frozenset()) -> list[str]:
    """“file: trace” for each trace in the bytes of any file below `folder`, but those named."""
    wanted = [trace.lower().encode() for trace in traces]
    return [
        f"{file.relative_to(folder)}: {trace.decode()}"
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in but
        for trace in wanted
        if trace in file.read_bytes().lower()
    ]
