"""Two kinds of pages: the same for everyone and cacheable, or personal and never stored.

Knows ETags and cache headers; refuses to know what is on a page.
"""

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, make_response, request
from flask.globals import request_ctx

from storefront.config import settings

# What makes an answer depend on what the browser has already (RFC 9110, 13.1 and 14.2).
_CONDITIONS = frozenset(
    {
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_RANGE",
    }
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A public page as it is sent, so that it can be kept: its bytes and their ETag."""

    body: bytes
    etag: str


def weight(page: Sheet) -> int:
    """How many bytes a sheet takes."""
    return len(page.body)


def sheet(html: str) -> Sheet:
    """A rendered page, ready to be sent again and again."""
    body = html.encode()
    return Sheet(body, hashlib.sha256(body).hexdigest()[:32])


# Under this name a layer around the app finds, in the WSGI environ, the tags of the public page it was given.
TAGS = "storefront.tags"
_tags: ContextVar[set[str] | None] = ContextVar("tags", default=None)


def tagged(*tags: str) -> None:
    """Say what the present public page depends on, as `topic:key` or a topic alone (docs/architecture.md); where
    no public page is being made, nothing. Called by what reads, so that no page can forget it."""
    if (known := _tags.get()) is not None:
        known.update(tags)


def public_page(view: Callable[..., Any]) -> Callable[..., Response]:
    """A page anyone may see: an ETag, 304 where it matches, no cookie, its tags in the environ; raises RuntimeError
    if the view touched the visitor's session, since its answer would be shown to others."""

    @wraps(view)
    def page(*args: Any, **kwargs: Any) -> Response:
        tags: set[str] = set()
        token = _tags.set(tags)
        try:
            made = view(*args, **kwargs)
        finally:
            _tags.reset(token)
        response = Response(made.body) if isinstance(made, Sheet) else make_response(made)
        if _looked_at_session() or response.headers.getlist("Set-Cookie"):
            raise RuntimeError(
                f"{request.endpoint} is the same for everyone, but looked at the visitor's session"
            )
        if response.status_code == 200:
            request.environ[TAGS] = frozenset(tags)
            response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
            if isinstance(made, Sheet):
                response.set_etag(made.etag)
            else:
                response.add_etag()
            if _CONDITIONS.intersection(request.environ):
                response.make_conditional(request)
        return response

    page.is_public = True  # type: ignore[attr-defined]
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
        response.headers.add("X-Robots-Tag", "noindex")
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
