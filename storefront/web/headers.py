"""The headers that every answer carries, errors and files too.

Knows browsers' protections; refuses to know pages. The policy names no `unsafe-*` anywhere.
"""

from flask import Flask, Response, g

from storefront.config import settings

_FEATURES = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
_PERMISSIONS = ", ".join(f"{name}=()" for name in _FEATURES)


def init_app(app: Flask) -> None:
    """Add the headers to every response of the app."""
    app.after_request(_protect)


def allow_payment_redirect() -> None:
    """Let forms of this page lead, by our 303, to the payment page (Chromium blocks a redirect not named)."""
    g.pays = True


def _protect(response: Response) -> Response:
    form_action = "'self'" + (f" {settings().payment_origin}" if g.get("pays") else "")
    headers = response.headers
    headers["Content-Security-Policy"] = (
        f"default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action {form_action}"
    )
    headers["X-Content-Type-Options"] = "nosniff"
    # Not no-referrer: that would send `Origin: null` with our own forms.
    headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    is_picture = (response.mimetype or "").startswith(("image/", "font/"))
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if is_picture else "same-origin"
    headers["Permissions-Policy"] = _PERMISSIONS
    headers["X-Frame-Options"] = "DENY"
    if settings().is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if not headers.get("Cache-Control"):
        headers["Cache-Control"] = "no-store"
    return response
