"""Pages that do what real ones do or must never do, so that the kernel's guards can be seen at work.

Knows `web`; refuses to know rooms.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, jsonify, make_response, request
from flask import session as visit

from storefront import web
from storefront.errors import NotFound, Refused
from storefront.web import client_address, limiter, no_store, open_to, public_page, request_origin


def add_pages(app: Flask) -> None:
    """Hang every page of this module into the app, under `/probe/<name>`."""
    for name, (audience, methods, view) in PAGES.items():
        app.add_url_rule(
            f"/probe/{name}", endpoint=f"probe.{name}", view_func=open_to(audience)(view), methods=methods
        )


def _plain() -> str:
    return "plain"


def _bug() -> str:
    raise ZeroDivisionError("jane@example.org divided by nothing")


def _refused() -> str:
    raise Refused("Only 3 of these are left.")


def _absent() -> str:
    raise NotFound()


def _locked() -> str:
    raise sa.exc.OperationalError("UPDATE", {"email": "jane@example.org"}, Exception("database is locked"))


def _crowded() -> str:
    raise sa.exc.TimeoutError("QueuePool limit")


@public_page
def _public() -> str:
    return "the same for everyone"


@public_page
def _public_but_personal() -> str:
    return f"hello {visit.get('name')}"


@public_page
def _public_with_cookie() -> Response:
    response = make_response("hello")
    web.set_cookie(response, "cart", "x", days=1)
    return response


@no_store
def _personal() -> str:
    visit["name"] = "Jane"
    return "hello Jane"


def _cookie() -> Response:
    response = make_response("cookie")
    web.set_cookie(response, "cart", "x", days=30)
    return response


def _where() -> Response:
    return jsonify(origin=request_origin(), address=client_address(), secure=request.is_secure)


def _form() -> str:
    return f"{len(request.form)} fields"


def _signed() -> str:
    return "signed"


@limiter.limit("2 per minute")
def _limited() -> str:
    return "one of two"


def _picture() -> Response:
    return Response(b"\x89PNG", mimetype="image/png")


def _pays() -> str:
    web.allow_payment_redirect()
    return "pay"


PAGES: dict[str, tuple[str, list[str], Callable[[], Any]]] = {
    "plain": ("everyone", ["GET"], _plain),
    "bug": ("everyone", ["GET", "POST"], _bug),
    "refused": ("everyone", ["GET"], _refused),
    "absent": ("everyone", ["GET"], _absent),
    "locked": ("everyone", ["GET"], _locked),
    "crowded": ("everyone", ["GET"], _crowded),
    "public": ("everyone", ["GET"], _public),
    "public-but-personal": ("everyone", ["GET"], _public_but_personal),
    "public-with-cookie": ("everyone", ["GET"], _public_with_cookie),
    "personal": ("everyone", ["GET"], _personal),
    "cookie": ("everyone", ["GET"], _cookie),
    "where": ("everyone", ["GET"], _where),
    "form": ("everyone", ["POST", "PUT", "DELETE"], _form),
    "signed": ("stripe", ["POST"], _signed),
    "limited": ("everyone", ["GET"], _limited),
    "picture": ("everyone", ["GET"], _picture),
    "pays": ("everyone", ["GET"], _pays),
}
