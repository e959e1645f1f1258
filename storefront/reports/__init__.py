"""Figures and proofs; reads everything.

Refuses to know how to change anything.
"""

from flask import Flask

from storefront.reports import durations
from storefront.reports.metrics import Metrics


def init_app(app: Flask) -> None:
    """Answer `/metrics`, and count how long requests take."""
    durations.init_app(app)
    app.wsgi_app = Metrics(app, app.wsgi_app)  # type: ignore[assignment]
