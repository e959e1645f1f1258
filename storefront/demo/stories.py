"""What became of the demo's orders: each story is a walk of shopper, staff and bank, one instant after the other.

Knows what can happen to an order; refuses to know who bought what and when the story begins. A story yields how
long it takes until its next step; what would lie in the future has not happened yet.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from random import Random
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.checkout import settlement
from storefront.checkout.cancelling import cancel_order
from storefront.config import settings
from storefront.database import release, session
from storefront.demo.bank import Bank
from storefront.demo.people import Person
from storefront.orders import actions
from storefront.orders.models import Order, OrderLine, Refund, number_of_id
from storefront.orders.parcels import Shipment
from storefront.payments.models import PaymentAttempt
from storefront.payments.units import to_units
from storefront.refunds.actions import sync_refunds
from storefront.refunds.asking import Sent, preview_return, request_exception, request_return
from storefront.refunds.deciding import refund_order
from storefront.refunds.judging import (
    Came,
    decline_return,
    preview_return_refund,
    receive_goods,
    refund_return,
)
from storefront.refunds.reckoning import Wanted
from storefront.refunds.returnable import Asked
from storefront.refunds.withdrawing import Statement, declare_withdrawal
from storefront.webhooks.disputes import look_at_dispute

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


def _paid(sale: Sale) -> Story:
    yield timedelta(minutes=sale.cast.chance.randint(1, 9))
    sale.pay()


def _arrived(sale: Sale) -> Story:
    yield from _paid(sale)
    yield sale.wait(0.6, 2.4)
    sale.ship()
    yield sale.wait(1.4, 4.6)
    sale.deliver()


def delivered(sale: Sale) -> Story:
    """Paid, sent, arrived: as most orders end."""
    yield from _arrived(sale)


def in_two_parcels(sale: Sale) -> Story:
    """A part is sent first, the rest a week later."""
    yield from _paid(sale)
    yield sale.wait(0.6, 1.6)
    sale.ship(share=0.5)
    sale.note("The rest follows with the next firing; the customer knows.")
    yield sale.wait(5, 8)
    if any(line.to_ship for line in sale.lines):
        sale.ship()
    yield sale.wait(2, 4)
    sale.deliver()


def refunded_in_part(sale: Sale) -> Story:
    """One piece comes back."""
    yield from _arrived(sale)
    yield sale.wait(2, 9)
    line = sale.lines[0]
    sale.refund(
        {line.id: 1}, reason="damaged", note="Arrived with a crack; photograph by mail.", restock=False
    )


def refunded_whole(sale: Sale) -> Story:
    """Everything comes back."""
    yield from _arrived(sale)
    yield sale.wait(5, 20)
    pieces = {line.id: line.quantity for line in sale.lines}
    sale.refund(pieces, reason="changed_mind", note="Came back unopened.", restock=True)


def sent_back_by_the_bank(sale: Sale) -> Story:
    """A refund settles, and the bank sends it back: the account is closed."""
    yield from refunded_in_part(sale)
    yield sale.wait(3, 5)
    settled = sa.select(Refund.stripe_refund_id).where(Refund.order_id == sale.order_id)
    refund_ids = session().scalars(settled).all()
    release()
    for refund_id in refund_ids:
        if refund_id:
            sale.cast.bank.send_back(refund_id)
            sync_refunds(sale.payment_intent)


def refunded_at_stripe(sale: Sale) -> Story:
    """Somebody gives a part back in Stripe's dashboard; the shop finds out."""
    yield from _arrived(sale)
    yield sale.wait(1, 6)
    sale.cast.bank.refund(sale.payment_intent, amount=sale.units // 4)
    sync_refunds(sale.payment_intent)


def cancelled_by_staff(sale: Sale) -> Story:
    """The shopper writes before it is packed: cancelled, and the money goes back."""
    yield from _paid(sale)
    yield sale.wait(1, 9, HOUR)
    sale.note("Asked by mail to cancel: ordered the wrong size.")
    sale.cast.bank.turn_clock_at_stripe()
    cancel_order(sale.order_id, by=sale.cast.packer)


def bought_cards(sale: Sale) -> Story:
    """Gift cards are bought: nothing is sent but a mail."""
    yield from _paid(sale)


def paid_by_card(sale: Sale) -> Story:
    """A gift card pays for it, and what is left stays on the card."""
    yield timedelta(minutes=3)
    if not sale.is_paid:
        sale.pay()
    yield sale.wait(0.6, 2.4)
    sale.ship()
    yield sale.wait(1.4, 4.6)
    sale.deliver()


def never_paid(sale: Sale) -> Story:
    """The payment page is left; the goods go back on the shelf when the hold ends."""
    yield sale.held_for + timedelta(minutes=1)


def paid_days_later(sale: Sale) -> Story:
    """Paid by debit, which takes days and succeeds."""
    yield timedelta(minutes=3)
    sale.begin_to_pay()
    yield sale.wait(3, 6)
    sale.settle("succeeded")
    yield sale.wait(0.6, 2.4)
    sale.ship()
    yield sale.wait(2, 4)
    sale.deliver()


def debit_refused(sale: Sale) -> Story:
    """Paid by debit, which takes days and fails."""
    yield timedelta(minutes=3)
    sale.begin_to_pay()
    yield sale.wait(3, 6)
    sale.settle("failed")


def _disputed(sale: Sale, reason: str) -> Iterator[timedelta]:
    yield from _arrived(sale)
    yield sale.wait(10, 25)
    look_at_dispute(sale.cast.bank.dispute(sale.payment_intent, reason=reason))


def disputed(sale: Sale) -> Story:
    """The bank has the money back and waits for our word."""
    yield from _disputed(sale, "product_not_received")


def dispute_won(sale: Sale) -> Story:
    """The bank decides for the shop."""
    yield from _closed(sale, "won")


def dispute_lost(sale: Sale) -> Story:
    """The bank decides for the shopper."""
    yield from _closed(sale, "lost")


def _closed(sale: Sale, status: str) -> Story:
    yield from _arrived(sale)
    yield sale.wait(10, 25)
    dispute = sale.cast.bank.dispute(sale.payment_intent, reason="fraudulent")
    look_at_dispute(dispute)
    yield sale.wait(12, 30)
    sale.cast.bank.close_dispute(dispute, status=status)
    look_at_dispute(dispute)


def in_review(sale: Sale) -> Story:
    """Another amount arrives than was asked: a person has to decide."""
    yield timedelta(minutes=4)
    sale.pay(amount=sale.units + 500)


def return_on_its_way(sale: Sale) -> Story:
    """The shopper asks for one piece back; approved on the spot, its parcel is on its way."""
    yield from _arrived(sale)
    yield sale.wait(1, 2)
    sale.ask_back(reason="changed_mind", note="Two would have been enough.")


def return_arrived(sale: Sale) -> Story:
    """What was asked back has come; its money is still to go."""
    yield from _arrived(sale)
    yield sale.wait(1, 2)
    return_id = sale.ask_back(reason="wrong_item")
    yield sale.wait(3, 5)
    sale.take_back(return_id)


def return_paid_back(sale: Sale) -> Story:
    """Asked for, sent back, paid back."""
    yield from _arrived(sale)
    yield sale.wait(1, 4)
    return_id = sale.ask_back(reason="changed_mind")
    yield sale.wait(3, 6)
    sale.take_back(return_id)
    yield sale.wait(2, 20, HOUR)
    sale.pay_back(return_id)


def asked_too_late(sale: Sale) -> Story:
    """Asked for after the guarantee has ended: a person decides."""
    yield from _arrived(sale)
    yield sale.wait(62, 65)
    sale.ask_back(reason="other", note="I was in hospital; could you make an exception?")


def declined(sale: Sale) -> Story:
    """Asked for after the guarantee has ended, and declined with an explanation."""
    yield from _arrived(sale)
    yield sale.wait(62, 65)
    return_id = sale.ask_back(reason="changed_mind")
    yield sale.wait(2, 20, HOUR)
    why = "The sixty days of our guarantee ended before you wrote, so we cannot take it back."
    decline_return(return_id, why=why, by=sale.cast.cashier)


def withdrawn_in_time(sale: Sale) -> Story:
    """The shopper withdraws within fourteen days; nobody has decided yet."""
    yield from _arrived(sale)
    yield sale.wait(1, 2)
    sale.withdraw()


def withdrawn_too_late(sale: Sale) -> Story:
    """The shopper withdraws weeks after the fourteen days: received all the same."""
    yield from _arrived(sale)
    yield sale.wait(25, 30)
    sale.withdraw()


class CreditPart(Enum):
    """What gift cards have to do with an order: nothing, it buys one, or one pays for it."""

    NONE = auto()
    BUYS = auto()
    PAYS = auto()


@dataclass(frozen=True, slots=True)
class Turn:
    """So many orders of one story, between `least` and `most` days old."""

    story: Callable[[Sale], Story]
    count: int
    least: float = 0.2
    most: float = 364.0
    credit: CreditPart = CreditPart.NONE


TURNS = (
    Turn(delivered, 30, least=0.1, most=6.0),
    Turn(in_two_parcels, 9, least=1.0),
    Turn(refunded_in_part, 14, least=16.0),
    Turn(refunded_whole, 9, least=28.0),
    Turn(sent_back_by_the_bank, 2, least=25.0, most=60.0),
    Turn(refunded_at_stripe, 3, least=14.0),
    Turn(cancelled_by_staff, 7, least=1.0),
    Turn(never_paid, 16, least=0.3),
    Turn(never_paid, 2, least=0.01, most=0.02),
    Turn(paid_days_later, 3, least=14.0),
    Turn(paid_days_later, 2, least=0.5, most=2.0),
    Turn(debit_refused, 2, least=8.0),
    Turn(disputed, 2, least=33.0, most=45.0),
    Turn(dispute_won, 2, least=65.0),
    Turn(dispute_lost, 2, least=65.0),
    Turn(in_review, 2, least=0.3, most=3.0),
    Turn(return_on_its_way, 2, least=9.5, most=12.0),
    Turn(return_arrived, 1, least=14.5, most=18.0),
    Turn(return_paid_back, 3, least=20.0),
    Turn(asked_too_late, 1, least=72.5, most=76.0),
    Turn(declined, 1, least=80.0, most=120.0),
    Turn(withdrawn_in_time, 1, least=9.5, most=12.0),
    Turn(withdrawn_too_late, 1, least=37.5, most=42.0),
    Turn(bought_cards, 1, least=120.0, most=180.0, credit=CreditPart.BUYS),
    Turn(bought_cards, 1, least=5.0, most=20.0, credit=CreditPart.BUYS),
    Turn(paid_by_card, 1, least=30.0, most=60.0, credit=CreditPart.PAYS),
)
