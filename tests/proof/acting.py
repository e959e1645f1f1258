"""What every rule of the machine does: act on the shop, survive its refusals and power cuts, and look at the books.

Knows how an action is done and how the books are read; refuses to know any rule.
"""

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import ExitStack
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from werkzeug.test import TestResponse

from storefront import clock, jobs
from storefront.database import db, session
from storefront.errors import Refused
from storefront.orders.models import Order
from storefront.orders.refund import Refund
from storefront.payments.models import Dispute, PaymentAttempt
from storefront.refunds.returns import ReturnRequest
from storefront.states import Stateful
from tests.proof.invariants import Books, differences
from tests.proof.power import Power, PowerCut
from tests.proof.shop import ProofShop, Visitor

T = TypeVar("T")

# What a rule takes hold of: the number is taken modulo how many there are.
NEWEST = -1
ANY = st.integers(NEWEST, 4)
# All that moves money or goods; mails are rows, and who sends them is proved elsewhere.
WORK = ("webhooks.handle", "refund.send", "checkout.expire")
VISITORS = 2
_WITH_STATES: tuple[Any, ...] = (Order, PaymentAttempt, Refund, ReturnRequest, Dispute)


class Page(NamedTuple):
    """A payment page that was opened at Stripe."""

    session_id: str
    attempt_id: str
    params: dict[str, Any]
    intent_id: str | None


# What there must be for a rule to have anything to do.
_THERE = sa.text(
    """SELECT count(*) AS orders, coalesce(sum(CASE WHEN paid_at IS NULL THEN 0 ELSE 1 END), 0) AS paid,
    (SELECT count(*) FROM payment_attempt WHERE session_id IS NOT NULL) AS pages,
    (SELECT count(*) FROM payment_attempt WHERE state = 'review') AS reviews,
    (SELECT count(*) FROM refund) AS refunds,
    (SELECT count(*) FROM refund WHERE state = 'failed') AS failed,
    (SELECT count(*) FROM return_request) AS returns, (SELECT count(*) FROM shipment) AS parcels FROM orders"""
)


def there_are(what: str) -> Callable[["Acting"], bool]:
    """Whether the shop had any after the step before."""
    return lambda acting: acting.there[what] > 0


class Acting(RuleBasedStateMachine):
    """One example: a shop on its first morning, and what then happens to it."""

    def __init__(self, shop: ProofShop, *, begins: datetime) -> None:
        super().__init__()
        self.shop = shop
        self.made_at_stripe: set[str] = set()
        self.forbidden_moves: list[str] = []
        self.there: Counter[str] = Counter()
        self._held = ExitStack()
        self._held.enter_context(clock.frozen(begins))
        self.power = Power(self._held.enter_context(pytest.MonkeyPatch.context()))
        for model in _WITH_STATES:
            self._watch(model)
        shop.begin()
        self.visitors: list[Visitor] = [shop.visitor(number) for number in range(VISITORS)]
        self.reconciled_at = clock.now()

    def _watch(self, model: Any) -> None:
        """Note each move of a state that its graph has not."""

        def moved(row: Stateful, to: Any, was: Any, _by: Any) -> None:
            if isinstance(was, str) and to not in row.TRANSITIONS.get(was, set()):
                self.forbidden_moves.append(f"{model.__name__} moved from {was} to {to}")

        sa.event.listen(model.state, "set", moved, active_history=True)
        self._held.callback(sa.event.remove, model.state, "set", moved)

    def close(self) -> None:
        """Leave the world as it was."""
        self._held.close()

    def do(self, action: Callable[[], T]) -> T | None:
        """Do it as the shop does, with its context around; None where it was refused or the power failed."""

        def inside() -> T:
            with self.shop.app.app_context():
                return action()

        return self.survive(inside)

    def survive(self, action: Callable[[], T]) -> T | None:
        """Do what has a context of its own; None where it was refused or the power failed."""
        try:
            return action()
        except (Refused, PowerCut):
            return None

    def ask(self, send: Callable[[], TestResponse]) -> TestResponse | None:
        """Send a request, which is never answered by a fault of ours; None where the power failed."""
        answer = self.survive(send)
        assert answer is None or answer.status_code < 500, answer.text
        return answer

    def work(self, only: Collection[str] = WORK) -> None:
        """Let the worker do what is due, until the power fails."""
        self.survive(lambda: jobs.drain(self.shop.app, only=only))

    def rows(self, statement: sa.Select[Any]) -> list[Any]:
        """What the database answers."""
        with self.shop.app.app_context():
            return list(session().execute(statement))

    def one_of(self, statement: sa.Select[Any], number: int) -> Any:
        """One of the values it answers; None where there are none."""
        found = self.rows(statement)
        return found[number % len(found)][0] if found else None

    def order(self, number: int) -> int | None:
        """The id of one of the orders."""
        found: int | None = self.one_of(sa.select(Order.id).order_by(Order.id), number)
        return found

    def page(self, number: int) -> Page | None:
        """One of the payment pages."""
        attempt = PaymentAttempt
        found = self.rows(
            sa.select(attempt.session_id, attempt.id, attempt.params, attempt.payment_intent_id)
            .where(attempt.session_id.is_not(None))
            .order_by(attempt.order_id, attempt.created_at, attempt.id)
        )
        return Page(*found[number % len(found)]) if found else None

    def at_stripe(self, kind: str, number: int) -> dict[str, Any] | None:
        """One of what Stripe has of a kind, the oldest first."""
        found: list[dict[str, Any]] = self.shop.sandbox.state()[kind][::-1]
        return found[number % len(found)] if found else None

    @invariant()
    def the_books_are_right(self) -> None:
        """I1 to I10, after every step."""
        if found := self.differences():
            raise AssertionError("\n".join(found))

    def differences(self) -> list[str]:
        """What the invariants find."""
        stripe = self.shop.sandbox.state()
        with self.shop.app.app_context(), db.engine.connect() as connection:
            self.there = Counter(connection.execute(_THERE).one()._asdict())
            self.there["payments"] = len(stripe["payment_intents"])
            self.there["disputes"] = len(stripe["disputes"])
            return differences(Books(connection, stripe, self.made_at_stripe, self.forbidden_moves))
