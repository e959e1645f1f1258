"""Faults that the control endpoint asked for: how the next calls of the API go wrong."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from storefront.sandbox.store import JSON, Transaction

WORDS = {
    429: ("Too many requests hit the API too quickly.", "rate_limit_error"),
    409: ("There is currently another in-progress request using this key.", "invalid_request_error"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for a call to go wrong.

    `status` answers without doing the work; `lose` does the work and then answers nothing ("close") or 500
    ("500", which Stripe then stores under the key); `before` and `after` are seconds of waiting around the
    work. It strikes `times` calls whose method and path begin with `on` ("POST /v1/refunds").
    """

    status: int | None = None
    lose: str | None = None
    before: float = 0.0
    after: float = 0.0
    times: int = 1
    on: str = ""

    @property
    def body(self) -> JSON:
        """The error that is answered instead of the truth."""
        message, type = WORDS.get(self.status or 500, ("An unknown error occurred.", "api_error"))
        return {"error": {"message": message, "type": type}}


NONE = Fault()


def add(tx: Transaction, fault: Fault) -> None:
    """Ask for a fault; faults strike in the order they were asked for."""
    tx.set("faults", [*tx.setting("faults", []), asdict(fault)])


def clear(tx: Transaction) -> None:
    """Let everything go well again."""
    tx.set("faults", None)


def take(tx: Transaction, line: str) -> Fault:
    """The fault for the call `line` ("POST /v1/refunds"), counted down; `NONE` when all is well."""
    waiting: list[JSON] = tx.setting("faults", [])
    for place, facts in enumerate(waiting):
        fault = Fault(**facts)
        if line.startswith(fault.on):
            left = [facts | {"times": fault.times - 1}] if fault.times > 1 else []
            tx.set("faults", [*waiting[:place], *left, *waiting[place + 1 :]] or None)
            return fault
    return NONE


def wait(seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Keep a caller waiting; never while the store is locked."""
    if seconds > 0:
        sleep(seconds)
