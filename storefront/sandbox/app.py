"""The sandbox as a WSGI application: Stripe's API, the payment page and the control endpoint."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from storefront.sandbox.api import answer_api
from storefront.sandbox.control import answer_control
from storefront.sandbox.desk import Desk
from storefront.sandbox.store import Store
from storefront.sandbox.webhooks import Courier, Post, http_post

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEY_PREFIX = "sk_test_sandbox"
LARGEST_BODY = 1_000_000


class NotASandboxKey(ValueError):
    """The sandbox was given a key that could be a real one."""


class Sandbox:
    """Stripe's stand-in: a WSGI callable with a memory and a courier.

    `start()` begins to deliver webhooks in the background; without it, `deliver_due()` makes one attempt at
    each that is due, which is what a test in one process wants. `close()` ends both.
    """

    def __init__(self, desk: Desk, courier: Courier) -> None:
        self._desk, self._courier = desk, courier
        desk.wake = courier.wake

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LARGEST_BODY
        try:
            response = self._answer(request)
        except HTTPException as problem:
            response = Response(f"{problem.description}\n", status=problem.code, content_type="text/plain")
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/v1/"):
            return answer_api(self._desk, request)
        if request.path.startswith("/_control/"):
            return answer_control(self._desk, self._courier, request)
        if request.path == "/healthz":
            return Response("ok\n", content_type="text/plain")
        # Imported when the first page is asked for: templates are no part of a quick start.
        from storefront.sandbox.page import answer_page

        return answer_page(self._desk, request)

    def start(self) -> None:
        """Deliver webhooks and let sessions expire in the background."""
        self._courier.start()

    def deliver_due(self, *, force: bool = False) -> int:
        """One attempt at every delivery that is due (with `force`, that waits); returns how many."""
        with self._desk.transaction():
            pass
        return self._courier.deliver_due(force=force)

    def close(self) -> None:
        """Stop the background threads and close the state file."""
        self._courier.stop()
        self._desk.store.close()


def make_sandbox(
    path: Path,
    *,
    secret_key: str,
    webhook_url: str | None,
    webhook_secret: str,
    shop_origins: Sequence[str],
    clock: Callable[[], float] = time.time,
    shop: str = "the shop",
    origin: str | None = None,
    post: Post = http_post,
) -> Sandbox:
    """A sandbox that delivers nothing by itself: see `Sandbox.deliver_due`.

    `path` is its state file; `clock` gives seconds since 1970; `shop_origins` are where its page may send
    browsers; `origin` is where browsers reach it (default: as requested); `post` carries webhooks. Raises
    NotASandboxKey unless the key begins with `sk_test_sandbox`.
    """
    if not secret_key.startswith(KEY_PREFIX):
        raise NotASandboxKey(
            f"the secret key must begin with {KEY_PREFIX}: no other key belongs near a sandbox"
        )
    if webhook_url and not webhook_secret:
        raise ValueError("a webhook URL needs a webhook secret to sign with")
    store = Store(path)
    desk = Desk(
        store, secret_key, clock, tuple(shop_origins), shop, origin, announces=webhook_url is not None
    )
    courier = Courier(store, url=webhook_url, secret=webhook_secret, clock=clock, post=post, sweep=desk.sweep)
    return Sandbox(desk, courier)


def create_sandbox(
    path: Path,
    *,
    secret_key: str,
    webhook_url: str | None,
    webhook_secret: str,
    shop_origins: Sequence[str],
    clock: Callable[[], float] = time.time,
    shop: str = "the shop",
    origin: str | None = None,
) -> Sandbox:
    """A sandbox at work, its webhooks delivered in the background; see `make_sandbox` for the words."""
    sandbox = make_sandbox(
        path,
        secret_key=secret_key,
        webhook_url=webhook_url,
        webhook_secret=webhook_secret,
        shop_origins=shop_origins,
        clock=clock,
        shop=shop,
        origin=origin,
    )
    sandbox.start()
    return sandbox
