"""What every page has in common: headers, limits, errors, texts, files.

Knows HTTP; refuses to know goods, orders and people.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort
from flask.globals import request_ctx
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from storefront.config import ROOT, Settings
from storefront.web import (
    assets,
    cross_site,
    error_pages,
    exchange,
    headers,
    limits,
    log,
    parts,
    templates,
    text,
    urls,
)
from storefront.web.access import is_signed_by_its_sender, open_to, require_declarations
from storefront.web.error_pages import leads_on
from storefront.web.headers import allow_payment_redirect
from storefront.web.health import Health
from storefront.web.limits import client_address, limited_to, limiter
from storefront.web.pages import Sheet, address, no_store, public_page, request_origin, sheet, tagged
from storefront.web.sessions import Sessions
from storefront.web.tokens import form_token, read_cookie, set_cookie, sign, unsign

__all__ = [
    "Sheet",
    "address",
    "allow_payment_redirect",
    "client_address",
    "form_token",
    "leads_on",
    "limited_to",
    "limiter",
    "no_store",
    "open_to",
    "public_page",
    "read_cookie",
    "request_origin",
    "require_declarations",
    "set_cookie",
    "sheet",
    "sign",
    "tagged",
    "unsign",
]

BODY_BYTES = 1_000_000
FORM_FIELDS = 200

csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app everything of this package; routes come later, from the rooms."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=[urlsplit(origin).netloc.rsplit(":", 1)[0] for origin in settings.origins],
        MAX_CONTENT_LENGTH=BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=BODY_BYTES,
        MAX_FORM_PARTS=FORM_FIELDS,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Fetch Metadata guards against other sites; an hour's lunch must not cost the checkout.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    # First: the templates' environment takes `url_for` as it finds it.
    urls.init_app(app)
    exchange.init_app(app)
    app.session_interface = Sessions()
    # No view, hook or handler is a coroutine: Flask asks that of each, ten times a page.
    app.ensure_sync = _as_it_is  # type: ignore[method-assign, assignment]
    log.configure(settings.log_level)
    log.init_app(app)
    headers.init_app(app)
    cross_site.init_app(app)
    error_pages.init_app(app)
    text.init_app(app, settings)
    assets.init_app(app)
    templates.init_app(app, settings)
    parts.init_app(app)
    limits.init_app(app, settings)
    csrf.init_app(app)
    app.before_request(_refuse_many_fields)
    inner: Callable[..., Iterable[bytes]] = app.wsgi_app
    if hops := settings.trusted_proxies:
        inner = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = Health(app, inner)  # type: ignore[assignment]
    app.config["MIGRATION_HEAD"] = migration_head(ROOT / "migrations" / "versions")


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _refuse_many_fields() -> None:
    """MAX_FORM_PARTS counts the parts of multipart forms only; the other kind is counted here."""
    asked = request_ctx.request
    if asked.method in cross_site.SAFE:
        return
    is_form = asked.mimetype == "application/x-www-form-urlencoded" and not is_signed_by_its_sender()
    if is_form and sum(map(len, asked.form.listvalues())) > FORM_FIELDS:
        abort(413)


def migration_head(folder: Path) -> str | None:
    """The newest migration's id, read from the file names `<number>_<what>.py` without importing Alembic."""
    names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    return names[-1].split("_", 1)[0] if names else None
