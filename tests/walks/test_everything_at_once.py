"""Everything that money can do, by many threads at once and in no order: afterwards the books are right.

Shoppers order, change their minds, pay and come back; events, reconciler and worker interfere all the while.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed, cancel_unpaid, settle_payment
from storefront.database import release, session
from storefront.errors import Refused
from storefront.orders.models import Order, OrderState
from storefront.payments import gateway
from storefront.payments.models import PaymentAttempt
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, whole_database
from tests.builders.cart import a_cart
from tests.builders.payments import Shopper, a_draft, a_refund, a_shopper, deliver, open_page, place
from tests.servers.stripe import StripeStandIn

THREADS, SHOPPERS, TURNS, PIECES = 8, 4, 12, 12


class Crowd:
    """A few shoppers, each with several windows, and all that goes on around them."""

    def __init__(self, app: Flask, sandbox: StripeStandIn) -> None:
        self.app, self.sandbox = app, sandbox
        with app.app_context():
            first = a_shopper(on_hand=PIECES, cart_id="cart-0")
            self.shoppers = [first] + [
                Shopper(a_draft(), a_cart((first.variant_id, 1), id=f"cart-{number}"))
                for number in range(1, SHOPPERS)
            ]

    def play(self, seed: int) -> None:
        """Do so many things that one thread might do, in an order of its own."""
        chance = random.Random(seed)
        deeds: list[Callable[[random.Random], object]] = [
            self.order, self.order, self.pay, self.pay, self.settle, self.cancel, self.give_back, self.look,
        ]  # fmt: skip
        for _ in range(TURNS):
            with self.app.app_context():
                try:
                    chance.choice(deeds)(chance)
                except Refused:
                    # Sold out, paid meanwhile, changed in another window: said to a person, and no harm done.
                    session().rollback()

    def order(self, chance: random.Random) -> None:
        shopper = chance.choice(self.shoppers).with_pieces(chance.randint(1, 2))
        open_page(place(shopper, shown_minor=2400 * shopper.cart.pieces))

    def pay(self, chance: random.Random) -> None:
        attempt = self.an_attempt(chance)
        if attempt and attempt.session_id:
            self.sandbox.page.post(
                "/_control/pay",
                json={"session": attempt.session_id},
                headers={"Authorization": f"Bearer {self.sandbox.key}"},
                environ_base={"REMOTE_ADDR": "127.0.0.1"},
            )

    def settle(self, chance: random.Random) -> None:
        if attempt := self.an_attempt(chance):
            settle_payment(attempt.id)

    def cancel(self, chance: random.Random) -> None:
        if attempt := self.an_attempt(chance):
            cancel_unpaid(attempt.order_id, code="changed")

    def give_back(self, chance: random.Random) -> None:
        attempt = self.an_attempt(chance)
        if attempt and session().get_one(Order, attempt.order_id).is_paid:
            a_refund(Placed(attempt.order_id, attempt.id), minor=chance.choice([100, 2400]))

    def look(self, _chance: random.Random) -> None:
        deliver(self.sandbox)
        reconcile()

    def an_attempt(self, chance: random.Random) -> PaymentAttempt | None:
        found = session().scalars(sa.select(PaymentAttempt).order_by(PaymentAttempt.created_at)).all()
        for each in found:
            session().expunge(each)
        release()
        return chance.choice(found) if found else None


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_at_once_the_books_are_right(app: Flask, sandbox: StripeStandIn, seed: int) -> None:
    crowd = Crowd(app, sandbox)
    gate = threading.Barrier(THREADS)

    def play(number: int) -> None:
        gate.wait()
        crowd.play(seed * 1000 + number)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(play, range(THREADS)))

    with app.app_context():
        deliver(sandbox)
        for _ in range(2):
            findings = reconcile()
        assert findings.problems == []
        before = whole_database()
        reconcile()
        assert changed_tables(before, whole_database()) == {}
        assert prove() == []
        open_ones = session().scalars(sa.select(Order.draft_id).where(Order.state != OrderState.CANCELLED))
        drafts = list(open_ones)
        assert len(drafts) == len(set(drafts))
        release()
        assert sum(each.amount.minor for each in gateway.captures()) > 0
