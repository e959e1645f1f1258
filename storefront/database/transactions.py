"""The one session, and the one way to commit.

Knows what is open and who forbids a commit; refuses to know what is said within.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from storefront.database.tables import db
from storefront.database.turns import begin, begin_hastily, turn

OPEN = "storefront.transaction"
# The engine and the driver's own connection of an open transaction, of SQLite's alone.
DRIVER = "storefront.driver"
# Asked just before each commit; a worker that has lost its lease raises here.
_fence: ContextVar[Callable[[], None] | None] = ContextVar("fence", default=None)


class Misuse(RuntimeError):
    """A transaction was opened, needed or held where the rules forbid it: a bug."""


def session() -> scoped_session[Any]:
    """The session of this request, job or command."""
    return db.session


def transaction() -> AbstractContextManager[Session]:
    """The only way to commit. Begins anew (whatever was read before is read again), commits at the end, rolls
    back on any exception. Raises Misuse inside another transaction or over unsaved changes."""
    return _transaction(begin)


def recoverable_transaction() -> AbstractContextManager[Session]:
    """The same for what is asked for elsewhere again where it is not found here: its commit does not wait for the
    disk, so that a power cut may take it, as the newest of all; what was committed before it stays, and the next
    commit that waits keeps both (https://sqlite.org/pragma.html#pragma_synchronous)."""
    return _transaction(begin_hastily)


@contextmanager
def _transaction(begin: Callable[[Session], Any]) -> Iterator[Session]:
    current = db.session()
    if current.info.get(OPEN):
        raise Misuse("transactions do not nest: call a step, not an action")
    _refuse_unsaved(current)
    current.rollback()
    # Rows of an earlier transaction are still remembered, and may have changed since.
    current.expire_all()
    with turn(db.engine):
        current.info[OPEN] = True
        try:
            if driver := begin(current):
                current.info[DRIVER] = (db.engine, driver)
            yield current
            if fence := _fence.get():
                current.flush()
                fence()
            current.commit()
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info.pop(OPEN, None)
            current.info.pop(DRIVER, None)


def require_transaction() -> Session:
    """The first line of every step: raises Misuse where no transaction is open."""
    current = db.session()
    if not current.info.get(OPEN):
        raise Misuse("a step writes inside its caller's transaction; none is open")
    return current


def release() -> None:
    """End the reading transaction and give the connection back: nothing is held while the network answers."""
    current = db.session()
    if current.info.get(OPEN):
        raise Misuse("no network inside a transaction")
    _refuse_unsaved(current)
    current.rollback()


def require_released() -> None:
    """Raises Misuse where a connection or transaction is held; the gateway's first line."""
    current = db.session()
    if current.info.get(OPEN) or current.in_transaction():
        raise Misuse("no network while a transaction is open: commit or release() first")


def _refuse_unsaved(current: Session) -> None:
    if current.new or current.dirty or current.deleted:
        raise Misuse("there are unsaved changes outside a transaction")


@contextmanager
def fenced(check: Callable[[], None]) -> Iterator[None]:
    """Within the block every commit first calls `check`, inside the transaction; it raises to forbid the commit."""
    token = _fence.set(check)
    try:
        yield
    finally:
        _fence.reset(token)


@contextmanager
def savepoint() -> Iterator[None]:
    """A part of the open transaction that is undone alone when it raises."""
    current = require_transaction()
    with current.begin_nested():
        # The session says SAVEPOINT once it is asked for the connection; Prepared statements do not ask.
        current.connection()
        yield
