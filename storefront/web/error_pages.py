"""What people see when something did not work: in the shop's words, with a reference number.

Knows kinds of errors; refuses to show anything of their insides.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Flask, Response, make_response, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from storefront.config import settings
from storefront.database import db
from storefront.errors import NotFound, Refused
from storefront.web.log import reference

log = structlog.get_logger("error")

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """What an error page says; `reference` finds the line in the log."""

    code: int
    title: str
    text: str
    reference: str | None


Lead = Callable[[], str | None]
_leads: list[Lead] = []


def leads_on(find: Lead) -> Lead:
    """Mark the function that is asked about an address at which no page can be: where what was there is now, as a
    path of our own, or None. No page that is here ever waits for it."""
    _leads.append(find)
    return find


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(Exception, _bug)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    if isinstance(error, SecurityError) or isinstance(request.routing_exception, SecurityError):
        # Asked for by a name that is not ours: no address of ours can be built for it, and none should.
        return _answer("<!doctype html><title>400</title><p>No shop by that name is here.</p>", 400)
    status = error.code or 500
    if status == 404 and (url := _led_on()) is not None:
        return make_response(redirect(url, 301))
    if status >= 500:
        return _plain(status)
    response = _page(status, message=None)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _led_on() -> str | None:
    if request.url_rule is not None or request.method not in {"GET", "HEAD"}:
        return None
    try:
        return next((url for find in _leads if (url := find()) is not None), None)
    except (DBAPIError, PoolTimeout):
        return None


def _refused(error: Refused) -> Response:
    if isinstance(error, NotFound):
        return _page(404, message=error.message or None)
    return _page(400, message=error.message)


def _busy(error: DBAPIError | PoolTimeout) -> Response:
    log.error(
        "database_busy", id=reference(), error=type(error).__name__, detail=str(error).splitlines()[0][:300]
    )
    response = _plain(503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _bug(error: Exception) -> Response:
    log.error("bug", id=reference(), exc_info=error)
    return _plain(500)


def _page(status: int, *, message: str | None) -> Response:
    """A page in the shop's frame; the plain one where even the frame cannot be made."""
    try:
        html = render_template("errors/page.html", error=_shown(status, message))
    except (DBAPIError, PoolTimeout):
        return _plain(503)
    return _answer(html, status)


def _plain(status: int) -> Response:
    """A page that needs no database: what it says must be true while everything else fails."""
    db.session.rollback()
    made = settings()
    html = render_template(
        "errors/plain.html",
        error=_shown(status, None),
        shop_name=made.shop_name,
        lang=made.locale.replace("_", "-"),
    )
    return _answer(html, status)


def _shown(status: int, message: str | None) -> Shown:
    title, text = _words(status)
    return Shown(status, title, message or text, reference() if status >= 400 else None)


def _words(status: int) -> tuple[str, str]:
    words = {
        400: (
            _("That did not reach us whole"),
            _(
                "Something in this request cannot be right. Nothing was changed; please go back and try again."
            ),
        ),
        403: (
            _("This came from somewhere else"),
            _(
                "Your browser says that another site sent this form. Nothing was changed; please send it from here."
            ),
        ),
        404: (
            _("There is nothing here"),
            _("The page has moved, or was never there. The goods are where they were."),
        ),
        405: (_("This page is only for reading"), _("Nothing was changed.")),
        413: (_("That is more than we can take"), _("Nothing was changed; please send less at once.")),
        429: (
            _("One moment, please"),
            _(
                "That was often in a short time. Nothing was ordered or charged; please try again in a few minutes."
            ),
        ),
        503: (
            _("Just a moment"),
            _("The shop is busy or restarting. Nothing is lost; please try again in a few seconds."),
        ),
    }
    fallback = (
        _("Something went wrong here"),
        _(
            "The fault is ours, and it is written down. Nothing you ordered is lost; please try again in a moment."
        ),
    )
    return words.get(status, fallback if status >= 500 else words[400])


def _answer(html: str, status: int) -> Response:
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response
