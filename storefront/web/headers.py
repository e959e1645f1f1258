"""The headers that every answer carries, errors and files too.

Knows browsers' protections; refuses to know pages. The policy names no `unsafe-*` anywhere.
"""

from functools import lru_cache

from flask import Flask, Response, g

from storefront.config import settings

_FEATURES = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
_POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    # Not no-referrer: that would send `Origin: null` with our own forms.
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{name}=()" for name in _FEATURES)),
    ("X-Frame-Options", "DENY"),
)


def init_app(app: Flask) -> None:
    """Add the headers to every response of the app."""
    app.after_request(_protect)


def allow_payment_redirect() -> None:
    """Let forms of this page lead, by our 303, to the payment page (Chromium blocks a redirect not named)."""
    g.pays = True


def _protect(response: Response) -> Response:
    made, headers = settings(), response.headers
    is_picture = headers.get("Content-Type", "").startswith(("image/", "font/"))
    # At once, not by name: each of these would be looked for first. No view sets one of them (test_headers).
    headers.extend(_told(made.payment_origin if g.get("pays") else "", is_picture, made.is_https))
    if not headers.get("Cache-Control"):
        headers["Cache-Control"] = "no-store"
    return response


@lru_cache(maxsize=8)
def _told(payment_origin: str, is_picture: bool, is_https: bool) -> tuple[tuple[str, str], ...]:
    form_action = f"'self' {payment_origin}".rstrip()
    return (
        *_ALWAYS,
        ("Content-Security-Policy", f"{_POLICY}; form-action {form_action}"),
        ("Cross-Origin-Resource-Policy", "cross-origin" if is_picture else "same-origin"),
        *((("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),) if is_https else ()),
    )
