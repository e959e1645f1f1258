"""One row that counts, and other requests that count too: what the tests of the database share.

Knows the kernel; its table is its own.
"""

import threading
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storefront.database import Instant, db, session, transaction


class Own(DeclarativeBase):
    """Apart from the shop's own tables."""


class Tally(Own):
    """A number with a name."""

    __tablename__ = "kernel_tally"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    n: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime | None] = mapped_column(Instant)


def elsewhere(app: Flask, do: Callable[[], object]) -> None:
    """Do something in another thread with its own session, as another request would."""
    errors: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                do()
            except BaseException as error:
                errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def add_one() -> None:
    """Count one more in the first row."""
    with transaction() as current:
        current.execute(sa.update(Tally).where(Tally.id == 1).values(n=Tally.n + 1))


def counted() -> int | None:
    """What the first row says now."""
    session().rollback()
    return session().scalar(sa.select(Tally.n).where(Tally.id == 1))


def checked_out() -> int:
    """How many connections are in use."""
    number: int = db.engine.pool.checkedout()  # type: ignore[attr-defined]
    return number


def fail_after(step: Callable[[], object]) -> None:
    """A transaction that breaks after `step`."""
    with transaction():
        step()
        raise ZeroDivisionError
