"""A sandbox on the workbench: the real `stripe` library on one side, an endpoint that takes notes on the other.

Knows how to drive the sandbox; refuses to look inside it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import stripe
from werkzeug.test import Client, TestResponse

from storefront.sandbox.app import Sandbox, make_sandbox
from storefront.sandbox.transport import InProcess

KEY = "sk_test_sandbox_bench"
WEBHOOK_SECRET = "whsec_bench"
SHOP = "http://localhost:5000"


class Clock:
    """Seconds since 1970 that move when told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class Endpoint:
    """Where webhooks arrive: answers with `status`, keeps what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[tuple[bytes, Mapping[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.received.append((body, headers))
        return self.status

    @property
    def types(self) -> list[str]:
        """The types of the events in the order of their arrival."""
        return [json.loads(body)["type"] for body, _ in self.received]


class Bench:
    """One sandbox in this process, its clock, its endpoint and the library that talks to it."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock()
        self.endpoint = Endpoint()
        self.sandbox: Sandbox = make_sandbox(
            path,
            secret_key=KEY,
            webhook_url=f"{SHOP}/webhooks/stripe",
            webhook_secret=WEBHOOK_SECRET,
            shop_origins=[SHOP],
            clock=self.clock,
            shop="Kiln & Paper",
            post=self.endpoint,
        )
        self.stripe = stripe.StripeClient(KEY, http_client=InProcess(self.sandbox), max_network_retries=0)
        self.api = self.stripe.v1
        self.browser = Client(self.sandbox)

    def control(self, verb: str, **words: Any) -> Any:
        """Ask the control endpoint for something; the test fails if it says no."""
        response = self._control("POST", verb, words)
        assert response.status_code == 200, response.text
        return response.json

    def state(self) -> Any:
        """The books."""
        return self._control("GET", "state", {}).json

    def refused(self, verb: str, **words: Any) -> str:
        """The message with which the control endpoint says no."""
        response = self._control("POST", verb, words)
        assert response.status_code in (400, 404), response.text
        message: str = response.json["error"]["message"]  # type: ignore[index]
        return message

    def event_types(self, **params: Any) -> list[str]:
        """The types of all events, oldest first."""
        events = self.api.events.list(params=cast(Any, {"limit": 100, **params})).data
        return [event.type for event in reversed(events)]

    def _control(self, method: str, verb: str, words: dict[str, Any]) -> TestResponse:
        return self.browser.open(
            f"/_control/{verb}",
            method=method,
            json=words,
            headers={"Authorization": f"Bearer {KEY}"},
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )
