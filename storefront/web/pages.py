"""Two kinds of pages: the same for everyone and cacheable, or personal and never stored.

Knows ETags and cache headers; refuses to know what is on a page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, make_response, request
from flask.globals import request_ctx

from storefront.config import settings


def public_page(view: Callable[..., Any]) -> Callable[..., Response]:
    """A page anyone may see: an ETag, 304 where it matches, no cookie; raises RuntimeError if the view touched
    the visitor's session, since its answer would be shown to others."""

    @wraps(view)
    def page(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        if _looked_at_session() or response.headers.getlist("Set-Cookie"):
            raise RuntimeError(
                f"{request.endpoint} is the same for everyone, but looked at the visitor's session"
            )
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
            response.add_etag()
            response.make_conditional(request)
        return response

    return page


def _looked_at_session() -> bool:
    # Asking `flask.session` would itself count as a look since Flask 3.1.3, so the context is asked instead.
    visit = request_ctx._session
    return visit is not None and visit.accessed


def no_store(view: Callable[..., Any]) -> Callable[..., Response]:
    """A personal page: kept by no cache, found by no search engine."""

    @wraps(view)
    def page(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return page


def request_origin() -> str:
    """The configured origin through which this request came; the main one where it came by another name."""
    made = f"{request.scheme}://{request.host}"
    return made if made in settings().origins else settings().origin


def address(endpoint: str, *, origin: str | None = None, **values: Any) -> str:
    """The full address of a page, for mails and for Stripe, without a request; of the main origin unless given."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return (origin or settings().origin) + path
