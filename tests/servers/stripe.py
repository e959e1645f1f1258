"""The sandbox beside a shop under test: the real `stripe` library reaches it over a real socket.

Knows how to start, deliver and steer; refuses to look inside the sandbox.
"""

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import Client, TestResponse

from storefront import clock
from storefront.sandbox.app import make_sandbox
from tests.client import browser
from tests.environment import shop_environment
from tests.servers.loopback import LoopbackServer


class StripeStandIn:
    """The sandbox at `url`; its webhooks reach `shop` when the test calls `deliver`, and not before.

    `settings` are the overrides that make a shop use it; `page` is a browser for its payment page, which sends
    browsers back to `shop_origin` only (the origin of all tests, unless given).
    """

    def __init__(self, folder: Path, *, shop_origin: str = "") -> None:
        self._server = LoopbackServer()
        self.url = self._server.url
        self.settings = {"stripe_api_url": self.url, "payment_origin": self.url}
        self.shop: Flask | None = None
        environ = shop_environment(database_url="", folder=folder)
        self.key = environ["STOREFRONT_STRIPE_SECRET_KEY"]
        self.sandbox = make_sandbox(
            folder / "sandbox.db",
            secret_key=self.key,
            webhook_url=f"{environ['STOREFRONT_ORIGIN']}/webhooks/stripe",
            webhook_secret=environ["STOREFRONT_STRIPE_WEBHOOK_SECRET"],
            shop_origins=[shop_origin or environ["STOREFRONT_ORIGIN"]],
            clock=lambda: clock.now().timestamp(),
            origin=self.url,
            post=self._post,
        )
        self._answering, self._calm = 0, threading.Condition()
        self._server.app = self._answer
        self.page = Client(self.sandbox)

    def deliver(self, *, force: bool = False) -> int:
        """Try each webhook that is due once (with `force`, each that waits); how many were tried."""
        return self.sandbox.deliver_due(force=force)

    def control(self, verb: str, **words: Any) -> Any:
        """Steer the sandbox: `control("decline", …)`; the verbs are its own (docs/sandbox.md)."""
        answer = self.ask_control(verb, **words)
        assert answer.status_code == 200, answer.text
        return answer.json

    def ask_control(self, verb: str, **words: Any) -> TestResponse:
        """The same, whatever it answers: some things cannot be done as they stand."""
        return self.page.post(f"/_control/{verb}", json=words, **self._rights())

    def forget(self) -> None:
        """As when it was new: no object, no delivery, no stored answer, nothing that was steered."""
        with self.sandbox._desk.store.transaction() as tx:
            for table in ("delivery", "answer", "setting", "object"):
                tx.run(f"DELETE FROM {table}")

    def state(self) -> Any:
        """The sandbox's books: what was captured, refunded and delivered."""
        return self.page.get("/_control/state", **self._rights()).json

    def wait_until_idle(self) -> None:
        """Return once nothing is being answered any more: a slow call may work on when its caller has given up."""
        with self._calm:
            if not self._calm.wait_for(lambda: self._answering == 0, timeout=30):
                raise TimeoutError(f"{self._answering} calls are still being answered")

    def close(self) -> None:
        """End the server and the sandbox."""
        self._server.close()
        self.sandbox.close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self._count(1)
        try:
            return self.sandbox(environ, start_response)
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self._calm:
            self._answering += by
            self._calm.notify_all()

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        if self.shop is None:
            raise ConnectionRefusedError("no shop is open")
        client = browser(self.shop)
        client.come_from(None)
        return client.post("/webhooks/stripe", data=body, headers=dict(headers)).status_code

    def _rights(self) -> dict[str, Any]:
        return {
            "headers": {"Authorization": f"Bearer {self.key}"},
            "environ_base": {"REMOTE_ADDR": "127.0.0.1"},
        }
