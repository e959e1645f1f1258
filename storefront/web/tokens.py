"""Signed values and cookies: what leaves the house and comes back unchanged, or not at all.

Knows signatures, names and flags of cookies; refuses to know what a value means.
"""

from functools import lru_cache
from typing import Any

from flask import Response, request
from itsdangerous import BadSignature, URLSafeSerializer

from storefront.config import settings


def sign(purpose: str, value: Any) -> str:
    """`value` (JSON) as text for a link or cookie, bound to `purpose`: no other purpose accepts it."""
    return _serializer(settings().secret_key, purpose).dumps(value)


def unsign(purpose: str, token: str | None) -> Any:
    """The value in `token`, or None where it is absent, forged, or made for another purpose."""
    if not token or len(token) > 8192:
        return None
    try:
        return _serializer(settings().secret_key, purpose).loads(token)
    except (BadSignature, ValueError, RecursionError):
        return None


@lru_cache(maxsize=64)
def _serializer(key: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"storefront.{purpose}")


def cookie_name(name: str) -> str:
    """The name of a cookie of ours: bound to host and TLS by its prefix where there is TLS."""
    return f"__Host-{name}" if settings().is_https else name


def read_cookie(name: str) -> str | None:
    """The text of our cookie `name`, unverified."""
    return request.cookies.get(cookie_name(name))


def set_cookie(response: Response, name: str, value: str, *, days: int) -> None:
    """Set our cookie for `days`: HttpOnly, SameSite=Lax, Secure on https. Only on pages that are no-store."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=days * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings().is_https,
        path="/",
    )
