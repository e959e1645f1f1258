"""How long requests took, by route, counted by each process in a file that all of them can read.

Knows the library's files; refuses to know addresses: a route is its pattern. Imported at the first request, so that
neither a command nor the worker pays for it.
"""

import os
import time
from functools import lru_cache
from typing import Any

from flask import Flask, Response, g
from flask.globals import request_ctx

from storefront.reports.metrics import WHERE, folder

# Seconds; half of the pages take less than the first, and what takes longer than the last waits for a bank.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


def init_app(app: Flask) -> None:
    """Count each request when it is answered."""
    where = str(folder(app.config["STOREFRONT"]))

    def count(response: Response) -> Response:
        asked = request_ctx.request
        route = asked.url_rule.rule if asked.url_rule else "none"
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        _counter(where, route, asked.method, f"{response.status_code // 100}xx").observe(seconds)
        return response

    app.after_request(count)


# Routes are few; methods are what strangers type, so those without a route are counted together.
@lru_cache(maxsize=2048)
def _counter(where: str, route: str, method: str, status: str) -> Any:
    return _durations(where).labels(route, method if route != "none" else "any", status)


@lru_cache(maxsize=1)
def _durations(where: str) -> Any:
    os.makedirs(where, exist_ok=True)
    os.environ.setdefault(WHERE, where)
    from prometheus_client import CollectorRegistry, Histogram

    return Histogram(
        "storefront_request_duration_seconds",
        "How long requests took.",
        ("route", "method", "status"),
        buckets=BUCKETS,
        registry=CollectorRegistry(),
    )
