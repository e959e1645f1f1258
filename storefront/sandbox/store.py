"""The sandbox's memory: one SQLite file of objects, deliveries, stored answers and settings.

Knows rows and transactions; knows nothing of what a payment is.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

JSON = dict[str, Any]
Compare = Literal["gt", "gte", "lt", "lte"]

VERSION = 2
SCHEMA = """
CREATE TABLE object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL,
    notes TEXT NOT NULL,
    payment_intent TEXT,
    charge TEXT,
    wakes_at INTEGER
);
CREATE INDEX object_kind ON object (kind, created, seq);
CREATE INDEX object_intent ON object (kind, payment_intent, created, seq) WHERE payment_intent IS NOT NULL;
CREATE INDEX object_charge ON object (kind, charge, created, seq) WHERE charge IS NOT NULL;
CREATE INDEX object_wakes ON object (wakes_at) WHERE wakes_at IS NOT NULL;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL REFERENCES object (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dropped', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    first_at REAL NOT NULL,
    due_at REAL NOT NULL,
    last_answer TEXT
);
CREATE INDEX delivery_event ON delivery (event);
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'waiting';
CREATE TABLE answer (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    request_id TEXT NOT NULL,
    stored_at REAL NOT NULL
);
CREATE INDEX answer_age ON answer (stored_at);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


COLUMNS = ("payment_intent", "charge")
"""Fields of bodies that have a column and an index of their own."""


class StrangeState(Exception):
    """The state file was not written by this version of the sandbox."""


class Closed(Exception):
    """The store was closed; whoever still works on it may stop."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: at most `limit` rows after or before a cursor (an object id)."""

    limit: int = 10
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which objects are wanted: equal fields, a span of `created`, and raw conditions of the caller."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    created: Sequence[tuple[Compare, int]] = ()
    where: Sequence[tuple[str, Sequence[Any]]] = ()


class Transaction:
    """What may be read and written while the store's lock is held."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.afterwards: list[Callable[[], None]] = []

    def run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute one statement."""
        return self.connection.execute(sql, values)

    def add(self, body: JSON, notes: JSON | None = None) -> JSON:
        """Insert an object; its id, kind (`object`) and `created` are taken from the body."""
        self.run(
            "INSERT INTO object (id, kind, created, body, notes, payment_intent, charge)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(body[name] for name in ("id", "object", "created")),
                *(json.dumps(part) for part in (body, notes or {})),
                *(body.get(name) for name in COLUMNS),
            ),
        )
        return body

    def save(self, body: JSON) -> JSON:
        """Write the new body of an object that exists."""
        self.run(
            "UPDATE object SET body = ?, payment_intent = ?, charge = ? WHERE id = ?",
            (json.dumps(body), *(body.get(name) for name in COLUMNS), body["id"]),
        )
        return body

    def find(self, kind: str, id: str) -> JSON | None:
        """The body of the object of this kind and id, or None."""
        row = self.run("SELECT body FROM object WHERE id = ? AND kind = ?", (id, kind)).fetchone()
        return json.loads(row[0]) if row else None

    def notes(self, id: str) -> JSON:
        """What the sandbox remembers of an object and never shows in its body."""
        row = self.run("SELECT notes FROM object WHERE id = ?", (id,)).fetchone()
        return json.loads(row[0]) if row else {}

    def note(self, id: str, **facts: Any) -> None:
        """Add facts to the notes of an object; a fact of None is forgotten."""
        kept = {name: fact for name, fact in (self.notes(id) | facts).items() if fact is not None}
        self.run("UPDATE object SET notes = ? WHERE id = ?", (json.dumps(kept), id))

    def wake(self, id: str, at: int | None) -> None:
        """Let an object be among the `sleepers` whose time has come from `at` on; None: never again."""
        self.run("UPDATE object SET wakes_at = ? WHERE id = ?", (at, id))

    def sleepers(self, now: int) -> list[JSON]:
        """The bodies of the objects whose time has come, the longest due first."""
        rows = self.run(
            "SELECT body FROM object WHERE wakes_at <= ? ORDER BY wakes_at, seq", (now,)
        ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def select(self, kind: str, wanted: Filter | None = None, page: Page | None = None) -> list[JSON]:
        """The bodies that match, newest first; without a page, all of them."""
        conditions, values = _conditions(kind, wanted or Filter())
        order, limit = "DESC", -1
        if page:
            limit = page.limit
            order = "ASC" if page.before else "DESC"
            cursor = page.before or page.after
            if cursor:
                sign = ">" if page.before else "<"
                conditions.append(
                    f"(created, seq) {sign} (SELECT created, seq FROM object WHERE id = ? AND kind = ?)"
                )
                values += [cursor, kind]
        rows = self.run(
            f"SELECT body FROM object WHERE {' AND '.join(conditions)}"
            f" ORDER BY created {order}, seq {order} LIMIT ?",
            (*values, limit),
        ).fetchall()
        bodies = [json.loads(row[0]) for row in rows]
        return bodies[::-1] if order == "ASC" else bodies

    def setting(self, name: str, default: Any = None) -> Any:
        """The value of a setting of the control endpoint."""
        row = self.run("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def set(self, name: str, value: Any) -> None:
        """Keep a setting; None removes it."""
        self.run("DELETE FROM setting WHERE name = ?", (name,))
        if value is not None:
            self.run("INSERT INTO setting (name, value) VALUES (?, ?)", (name, json.dumps(value)))


class Store:
    """One connection behind one lock: each request is a transaction, and they run one after the other.

    Payments are made by people, so a queue of a millisecond each is no burden, and two requests with the
    same idempotency key cannot meet. The file survives `kill -9` (WAL; NORMAL gives up only the last
    commits of a machine that loses power).
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._closed = False
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=30, cached_statements=256
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        with self.transaction() as tx:
            _prepare(tx, path)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All or nothing; what was put into `afterwards` runs once it is committed."""
        with self._lock:
            if self._closed:
                raise Closed
            self._connection.execute("BEGIN IMMEDIATE")
            tx = Transaction(self._connection)
            try:
                yield tx
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        for act in tx.afterwards:
            act()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        with self._lock:
            self._closed = True
            self._connection.close()


def _prepare(tx: Transaction, path: Path) -> None:
    version = tx.run("PRAGMA user_version").fetchone()[0]
    if version == VERSION:
        return
    if version or tx.run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise StrangeState(f"{path} was not written by this version of the sandbox; name another file")
    for statement in SCHEMA.split(";\n"):
        tx.run(statement)
    tx.run(f"PRAGMA user_version = {VERSION}")


def _conditions(kind: str, wanted: Filter) -> tuple[list[str], list[Any]]:
    conditions: list[str] = ["kind = ?"]
    values: list[Any] = [kind]
    for name, value in wanted.fields.items():
        term = name if name in COLUMNS else f"json_extract(body, '$.{name}')"
        conditions.append(f"{term} = ?")
        values.append(value)
    for sign, instant in wanted.created:
        conditions.append(f"created {_SIGNS[sign]} ?")
        values.append(instant)
    for condition, arguments in wanted.where:
        conditions.append(condition)
        values.extend(arguments)
    return conditions, values


_SIGNS: Mapping[Compare, str] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
