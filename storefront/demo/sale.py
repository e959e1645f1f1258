"""One order of the demo, and what shopper, staff and bank do to it.

Knows every act by its action; refuses to know when it happens: stories tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.checkout import settlement
from storefront.config import settings
from storefront.database import release, session
from storefront.demo.bank import Bank
from storefront.demo.people import Person
from storefront.orders import actions
from storefront.orders.models import Order, OrderLine, number_of_id
from storefront.orders.parcels import Shipment
from storefront.payments.models import PaymentAttempt
from storefront.payments.units import to_units
from storefront.refunds.asking import Sent, preview_return, request_exception, request_return
from storefront.refunds.deciding import refund_order
from storefront.refunds.judging import (
    Came,
    preview_return_refund,
    receive_goods,
    refund_return,
)
from storefront.refunds.reckoning import Wanted
from storefront.refunds.weighing import Asked
from storefront.refunds.withdrawing import Statement, declare_withdrawal

Actor = tuple[str, object | None]
Story = Iterator[timedelta]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in every story: the bank, who packs, who refunds, who keeps the shelves, and chance."""

    bank: Bank
    packer: Actor
    cashier: Actor
    keeper: Actor
    chance: Random


@dataclass(frozen=True, slots=True)
class Sale:
    """One placed order while its story is told."""

    cast: Cast
    buyer: Person
    order_id: int
    attempt_id: str

    def pay(self, *, amount: int | None = None) -> None:
        """The shopper pays by card; another `amount` (Stripe's units) than was asked if one is given."""
        self.cast.bank.pay(self.session_id, name=self.buyer.name, email=self.buyer.email, amount=amount)
        settlement.settle_payment(self.attempt_id)

    def begin_to_pay(self) -> None:
        """The shopper pays by a way that settles days later."""
        self.cast.bank.begin_to_pay(self.session_id, name=self.buyer.name, email=self.buyer.email)
        settlement.settle_payment(self.attempt_id)

    def settle(self, outcome: str) -> None:
        """The late payment `succeeded` or `failed`."""
        self.cast.bank.settle(self.session_id, outcome=outcome)
        settlement.settle_payment(self.attempt_id)

    def ship(self, *, share: float = 1.0) -> None:
        """Staff send what is left, or only the first `share` of the lines."""
        left = {line.id: line.to_ship for line in self.lines if line.to_ship}
        part = list(left.items())[: max(1, round(len(left) * share))]
        actions.ship(
            self.order_id,
            pieces=dict(part),
            carrier=self.cast.chance.choice(("dhl", "dhl", "dpd", "gls")),
            tracking_number=f"{self.cast.chance.randrange(10**11, 10**12)}",
            key=f"{self.cast.chance.getrandbits(128):032x}",
            by=self.cast.packer,
        )

    def deliver(self) -> None:
        """The parcels arrived today."""
        on = clock.now().astimezone(settings().timezone).date()
        mine = sa.select(Shipment.id).where(
            Shipment.order_id == self.order_id, Shipment.delivered_on.is_(None)
        )
        arrived = session().scalars(mine).all()
        release()
        for shipment_id in arrived:
            actions.deliver(shipment_id, on=on, by=self.cast.packer)

    def refund(self, pieces: dict[int, int], *, reason: str, note: str, restock: bool) -> None:
        """Staff give money back for pieces by line id."""
        wanted = Wanted(pieces=pieces, restock=frozenset(pieces) if restock else frozenset())
        key = f"{self.cast.chance.getrandbits(128):032x}"
        self.cast.bank.turn_clock_at_stripe()
        refund_order(self.order_id, wanted, reason=reason, note=note, form_key=key, by=self.cast.cashier)

    def ask_back(self, *, reason: str, note: str = "") -> int:
        """The shopper asks for the money of one piece; all the same where the guarantee no longer covers it. The
        return's id."""
        line = self.lines[0]
        asked = Asked({line.id: 1}, reason, note)
        _of, weighed = preview_return(self.order_id, asked)
        sent = Sent(asked, weighed.amount.minor, self._key())
        send = request_return if weighed.is_covered else request_exception
        return send(self.order_id, sent, by=("customer", None))

    def take_back(self, return_id: int) -> None:
        """The parcel with the piece has come; it is fit for the shelf."""
        receive_goods(return_id, {self.lines[0].id: Came(1, 1)}, by=self.cast.packer)

    def pay_back(self, return_id: int) -> None:
        """Staff send the money of a return."""
        reckoned, _waits = preview_return_refund(return_id)
        release()
        self.cast.bank.turn_clock_at_stripe()
        refund_return(return_id, amount=reckoned.amount, by=self.cast.cashier)

    def withdraw(self) -> int:
        """The shopper withdraws from the contract by the form; the statement's id."""
        order = session().get_one(Order, self.order_id)
        release()
        number = str(number_of_id(order.id))
        return declare_withdrawal(Statement(self.buyer.name, number, self.buyer.email, "", self._key()))

    def _key(self) -> str:
        return f"{self.cast.chance.getrandbits(128):032x}"

    def note(self, text: str) -> None:
        """Staff write down what they know."""
        key = f"{self.cast.chance.getrandbits(128):032x}"
        actions.add_note(self.order_id, text=text, key=key, by=self.cast.packer)

    @property
    def lines(self) -> list[OrderLine]:
        """Its lines as they were bought."""
        mine = sa.select(OrderLine).where(OrderLine.order_id == self.order_id)
        found = session().scalars(mine.order_by(OrderLine.position).execution_options(populate_existing=True))
        lines = list(found)
        release()
        return lines

    @property
    def is_paid(self) -> bool:
        """Whether its money is here: nothing was to be paid by card."""
        order = session().get_one(Order, self.order_id)
        release()
        return order.is_paid

    @property
    def units(self) -> int:
        """Its total, in Stripe's units."""
        order = session().get_one(Order, self.order_id)
        release()
        return to_units(order.total)

    @property
    def held_for(self) -> timedelta:
        """How much longer its goods are held."""
        order = session().get_one(Order, self.order_id)
        release()
        return order.hold_until - clock.now()

    @property
    def payment_intent(self) -> str:
        """The payment at Stripe."""
        return self._of_attempt(PaymentAttempt.payment_intent_id)

    @property
    def session_id(self) -> str:
        """The payment page at Stripe."""
        return self._of_attempt(PaymentAttempt.session_id)

    def _of_attempt(self, column: Any) -> str:
        found = session().scalar(sa.select(column).where(PaymentAttempt.id == self.attempt_id))
        release()
        return str(found)

    def wait(self, least: float, most: float, unit: timedelta = DAY) -> timedelta:
        """So long, by chance."""
        return unit * self.cast.chance.uniform(least, most)
