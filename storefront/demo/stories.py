"""What became of the demo's orders: each story is a walk of shopper, staff and bank, one instant after the other.

Knows what can happen to an order; refuses to know who bought what and when the story begins. A story yields how
long it takes until its next step; what would lie in the future has not happened yet.
"""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from storefront.checkout.cancelling import cancel_order
from storefront.database import release, session
from storefront.demo.sale import HOUR, Sale, Story
from storefront.orders.refund import Refund
from storefront.refunds.actions import sync_refunds
from storefront.refunds.judging import decline_return
from storefront.webhooks.disputes import look_at_dispute


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
