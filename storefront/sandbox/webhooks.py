"""Webhooks: signs events as Stripe signs them and posts them from background threads until they are taken."""

import hashlib
import hmac
import http.client
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from storefront.sandbox import deliveries
from storefront.sandbox.deliveries import Delivery
from storefront.sandbox.store import Closed, Store, Transaction
from storefront.sandbox.wire import encode_json

Post = Callable[[str, bytes, Mapping[str, str]], int]
"""Posts a body with headers to a URL and returns the status of the answer; raises OSError without one."""

TIMEOUT = 10.0
THREADS = 4
IDLE = 5.0
SWEEP_EVERY = 1.0


def signature(secret: str, body: bytes, *, at: int) -> str:
    """The `Stripe-Signature` header of a body sent at an instant (docs.stripe.com/webhooks/signature)."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def http_post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post over a socket; follows no redirect, for Stripe counts one as a failure."""
    parts = urlsplit(url)
    assert parts.hostname, f"{url} names no host"
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
    try:
        connection.request(
            "POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers)
        )
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


class Courier:
    """Takes due deliveries from the queue to the endpoint.

    `sweep` runs about once a second, so that sessions expire and late payments settle without a visitor.
    """

    def __init__(
        self,
        store: Store,
        *,
        url: str | None,
        secret: str,
        clock: Callable[[], float],
        post: Post,
        sweep: Callable[[Transaction], None],
    ) -> None:
        self._store, self._url, self._secret = store, url, secret
        self._clock, self._post, self._sweep = clock, post, sweep
        self._wake = threading.Condition()
        self._stopped = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Deliver from background threads until `stop`."""
        steps = [self._sweep_once] + ([self._deliver_next] * THREADS if self._url else [])
        self._threads = [
            threading.Thread(target=self._steadily, args=(step,), daemon=True, name="courier")
            for step in steps
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the threads; waits for an attempt under way no longer than a second."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout=1.0)

    def wake(self) -> None:
        """Look at the queue now: something was put into it."""
        with self._wake:
            self._wake.notify_all()

    def deliver_due(self, *, force: bool = False) -> int:
        """Make one attempt at everything that is due (with `force`, at all that waits); returns how many."""
        attempts = 0
        seen: set[int] = set()
        while delivery := self._claim(force=force, seen=seen):
            seen.add(delivery.id)
            self._attempt(delivery)
            attempts += 1
        return attempts

    def _claim(self, *, force: bool = False, seen: set[int] | None = None) -> Delivery | None:
        with self._store.transaction() as tx:
            return deliveries.claim(tx, wall=self._clock(), force=force, besides=seen or set())

    def _attempt(self, delivery: Delivery) -> None:
        assert self._url, "a delivery needs an endpoint"
        body = encode_json(delivery.event).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            # The machine's clock, never the sandbox's: the receiving library compares with its own.
            "Stripe-Signature": signature(self._secret, body, at=int(time.time())),
        }
        try:
            status = self._post(self._url, body, headers)
            answer, delivered = str(status), 200 <= status < 300
        except (OSError, http.client.HTTPException) as problem:
            answer, delivered = type(problem).__name__, False
        with self._store.transaction() as tx:
            deliveries.settle(tx, delivery, answer=answer, delivered=delivered, wall=self._clock())

    def _steadily(self, step: Callable[[], None]) -> None:
        while not self._stopped:
            try:
                step()
            except Closed:
                return
            except sqlite3.Error as problem:
                # A full disk may have room again: a courier that gave up would never come back.
                print(f"sandbox: {problem!r}", file=sys.stderr)
                self._pause(IDLE)

    def _deliver_next(self) -> None:
        delivery = self._claim()
        if delivery:
            self._attempt(delivery)
        else:
            self._rest()

    def _sweep_once(self) -> None:
        with self._store.transaction() as tx:
            self._sweep(tx)
        self._pause(SWEEP_EVERY)

    def _pause(self, seconds: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopped, timeout=seconds)

    def _rest(self) -> None:
        with self._wake:
            if self._stopped:
                return
            with self._store.transaction() as tx:
                due = deliveries.next_due(tx)
            wait = IDLE if due is None else min(IDLE, max(0.01, due - self._clock()))
            self._wake.wait(timeout=wait)
