"""What the demo's shoppers do at the sandbox, and what its banks do: the control endpoint's side of a past.

Knows the sandbox's verbs (docs/sandbox.md); refuses to know orders.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30


class Bank:
    """The control endpoint of the sandbox at `api_url`, opened with the shop's secret key."""

    def __init__(self, api_url: str, key: str) -> None:
        self._line = http.client.HTTPConnection(urlsplit(api_url).netloc, timeout=TIMEOUT_SECONDS)
        self._key = key
        self._now: int | None = None

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """While a past is played nobody is told by webhook; afterwards time and telling go on as usual."""
        self._do("deliveries", silent=True)
        try:
            yield
        finally:
            self._do("clear")
            self._line.close()

    def turn_clock(self, at: datetime) -> None:
        """Make what shoppers and banks do next at that instant."""
        self._now = int(at.timestamp())

    def turn_clock_at_stripe(self) -> None:
        """Make what the shop itself asks of Stripe next at that instant, too."""
        self._do("created")

    def pay_out_daily(self) -> None:
        """Let the balance go to the shop's bank every day from now on."""
        self._do("payouts", daily=True)

    def pay(self, session: str, *, name: str, email: str, amount: int | None = None) -> None:
        """Let a shopper pay an open session by card, in full or another `amount` (Stripe's units)."""
        other = {} if amount is None else {"amount": amount}
        self._do("pay", session=session, name=name, email=email, **other)

    def begin_to_pay(self, session: str, *, name: str, email: str) -> None:
        """Let a shopper pay by a way that settles days later."""
        self._do("pay", session=session, name=name, email=email, later="succeeded", after=14 * 86400)

    def settle(self, session: str, *, outcome: str) -> None:
        """Let a payment under way be `succeeded` or `failed`."""
        self._do("settle", session=session, outcome=outcome)

    def dispute(self, payment_intent: str, *, reason: str) -> str:
        """Let a bank dispute a payment; the dispute's id."""
        made: str = self._do("dispute", payment_intent=payment_intent, reason=reason)["id"]
        return made

    def close_dispute(self, dispute: str, *, status: str) -> None:
        """Let a bank decide: `won` or `lost`, seen from the shop."""
        self._do("close-dispute", dispute=dispute, status=status)

    def send_back(self, refund: str) -> None:
        """Let a bank send a settled refund back."""
        self._do("refund-status", refund=refund, status="failed")

    def refund(self, payment_intent: str, *, amount: int) -> None:
        """Refund as somebody does in the dashboard; `amount` in Stripe's units."""
        self._do("refund", payment_intent=payment_intent, amount=amount)

    def _do(self, verb: str, **words: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        said = json.dumps(words if self._now is None else {"created": self._now} | words)
        self._line.request("POST", f"/_control/{verb}", said, headers)
        answer = self._line.getresponse()
        body = json.loads(answer.read() or b"{}")
        if answer.status != 200:
            raise RuntimeError(f"the sandbox did not {verb}: {body}")
        return body
