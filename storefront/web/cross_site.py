"""Requests that another site made a browser send are turned away.

Knows Fetch Metadata and Origin; refuses to know forms and their tokens.
"""

from flask import Flask, abort
from flask.globals import request_ctx

from storefront.config import settings
from storefront.web.access import is_signed_by_its_sender

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Check every request that could change something before any view sees it."""
    app.before_request(_refuse_cross_site)


def _refuse_cross_site() -> None:
    # The request itself, not its proxy: each look through that takes as long as the look itself.
    asked = request_ctx.request
    if asked.method in SAFE or asked.endpoint is None or is_signed_by_its_sender():
        return
    site, origin = asked.headers.get("Sec-Fetch-Site"), asked.headers.get("Origin")
    if site is not None:
        allowed = site == "same-origin"
    elif origin is not None:
        allowed = origin in settings().origins
    else:
        # Neither header: no browser of this decade. Harmless unless it carries somebody's session.
        allowed = not asked.cookies
    if not allowed:
        abort(403)
