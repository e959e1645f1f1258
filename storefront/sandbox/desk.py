"""What every part of the sandbox shares: the store, the key, the clock, the shop's address."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from werkzeug.wrappers import Request

from storefront.sandbox import payments, payouts, sessions
from storefront.sandbox.call import Call
from storefront.sandbox.store import JSON, Store, Transaction


@dataclass(slots=True)
class Desk:
    """The sandbox's settings and its memory.

    `origin` is where browsers reach the payment page, or None to take it from each request; `shop` is the
    name shown there; `announces` says whether there is an endpoint for webhooks at all.
    """

    store: Store
    secret_key: str
    clock: Callable[[], float]
    shop_origins: Sequence[str]
    shop: str
    origin: str | None
    announces: bool
    wake: Callable[[], None] = field(default=lambda: None)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that begins by settling what fell due, and ends by waking the courier."""
        with self.store.transaction() as tx:
            self.sweep(tx)
            tx.afterwards.append(self.wake)
            yield tx

    def sweep(self, tx: Transaction) -> None:
        """Expire sessions, settle late payments and pay the balance out, each when its time has come."""
        call = self.call(tx)
        payouts.pay_out_daily(call)
        for session in tx.sleepers(call.now):
            if session["status"] == "open":
                sessions.let_expire(call, session)
            else:
                payments.settle(call, session)

    def call(self, tx: Transaction, *, params: JSON | None = None, origin: str = "") -> Call:
        """A call at the sandbox's present, or at the past that the control endpoint has set."""
        wall = self.clock()
        now = tx.setting("created") or int(wall)
        return Call(tx, now, wall, origin or self.origin or "", self.announces, params or {})

    def origin_of(self, request: Request) -> str:
        """Where the payment page is for whoever sent this request."""
        return self.origin or request.host_url.rstrip("/")
