"""Whether the process lives, and whether it can serve: asked by supervisors, by any host name.

Knows the database, its migrations and the backlog; refuses to tell anything more. Answered before Flask.
"""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from storefront import clock, database
from storefront.jobs import Job, JobState

# Jobs due for longer than this mean that no worker runs, or too few.
LONGEST_BACKLOG = timedelta(minutes=10)

Start = Callable[..., Any]


class Health:
    """WSGI middleware that answers `/healthz` and `/readyz` itself."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]) -> None:
        self.app, self.inner = app, inner

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        if path == "/healthz":
            return _answer(start, {"alive": True}, ok=True)
        if path == "/readyz":
            found = readiness(self.app)
            return _answer(start, found, ok=all(found.values()))
        return self.inner(environ, start)


def readiness(app: Flask) -> dict[str, bool]:
    """Whether the database answers, has this version's tables, and the worker keeps up."""
    with app.app_context():
        try:
            late = sa.select(Job.id).where(
                Job.state == JobState.QUEUED, Job.run_at < clock.now() - LONGEST_BACKLOG
            )
            backlog = database.session().scalar(late.limit(1)) is None
            standing = database.session().scalar(sa.text("SELECT version_num FROM alembic_version"))
        except sa.exc.SQLAlchemyError:
            return {"database": False, "migrations": False, "backlog": False}
        finally:
            database.session().remove()
        return {"database": True, "migrations": standing == app.config["MIGRATION_HEAD"], "backlog": backlog}


def _answer(start: Start, body: dict[str, bool], *, ok: bool) -> list[bytes]:
    text = json.dumps(body).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("Content-Length", str(len(text))),
    ]
    start("200 OK" if ok else "503 Service Unavailable", headers)
    return [text]
