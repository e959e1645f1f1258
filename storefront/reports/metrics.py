"""`/metrics`, as Prometheus reads it: figures of the shop from the database, durations from all processes here.

Knows who may ask; refuses to tell anything about a person. Answered before Flask: with the token by whatever name it
is asked, without it by a name of this machine alone.
"""

import hmac
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask

from storefront import database
from storefront.config import Settings

Start = Callable[..., Any]
PATH = "/metrics"
# Prometheus's name for where processes keep their counts; its library reads it when it is first imported.
WHERE = "PROMETHEUS_MULTIPROC_DIR"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
# A browser on this machine that was led here under another name sends that name.
_NAMES = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")


class Metrics:
    """WSGI middleware that answers `/metrics` to those who may know; to others it is as if it were not there."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]) -> None:
        self.app, self.inner = app, inner

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH or environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
            return self.inner(environ, start)
        if not may_ask(environ, self.app.config["STOREFRONT"]):
            return self.inner(environ, start)
        return _answer(self.app, environ, start)


def may_ask(environ: dict[str, Any], settings: Settings) -> bool:
    """With the token, from anywhere. Without one only on this machine and under its name, of a shop that is reached
    on this machine alone: a proxy in front of any other is on this machine, too, and asks for strangers."""
    if settings.metrics_token:
        said = str(environ.get("HTTP_AUTHORIZATION", "")).encode("utf-8", "replace")
        return hmac.compare_digest(said, f"Bearer {settings.metrics_token}".encode())
    is_direct = not settings.trusted_proxies and not any(name in environ for name in _FORWARDED)
    is_here = environ.get("REMOTE_ADDR") in _LOOPBACK and _NAMES.fullmatch(str(environ.get("HTTP_HOST", "")))
    return bool(settings.is_loopback and is_direct and is_here)


def _answer(app: Flask, environ: dict[str, Any], start: Start) -> list[bytes]:
    from sqlalchemy.exc import SQLAlchemyError

    from storefront.reports.gauges import exposition

    with app.app_context():
        try:
            text = exposition(folder(app.config["STOREFRONT"]))
        except SQLAlchemyError:
            text = None
        finally:
            database.session().remove()
    if text is None:
        start("503 Service Unavailable", [("Cache-Control", "no-store"), ("Content-Length", "0")])
        return []
    headers = [
        ("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Length", str(len(text))),
    ]
    start("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [text]


def folder(settings: Settings) -> Path:
    """Where the processes of this machine keep what they count, each in files of its own."""
    return settings.instance_dir / "metrics"


def forget_dead_processes(settings: Settings) -> None:
    """Remove the files of processes that no longer run; at the start of a server, when nobody adds them up."""
    for file in folder(settings).glob("*_*.db"):
        process_id = file.stem.rpartition("_")[2]
        if process_id.isdigit() and not Path("/proc", process_id).exists() and os.name == "posix":
            file.unlink(missing_ok=True)
