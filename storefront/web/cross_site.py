"""Requests that another site made a browser send are turned away.

Knows Fetch Metadata and Origin; refuses to know forms and their tokens.
"""

from flask import Flask, abort, request

from storefront.config import settings
from storefront.web.access import is_signed_by_its_sender

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Check every request that could change something before any view sees it."""
    app.before_request(_refuse_cross_site)


def _refuse_cross_site() -> None:
    if request.method in SAFE or request.endpoint is None or is_signed_by_its_sender():
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        allowed = site == "same-origin"
    elif origin is not None:
        allowed = origin in settings().origins
    else:
        # Neither header: no browser of this decade. Harmless unless it carries somebody's session.
        allowed = not request.cookies
    if not allowed:
        abort(403)
