"""Orders for tests, placed and paid through the shop's own actions and steps; Stripe is never asked.

Knows the states an order can be in; refuses to write rows of its own.
"""

from datetime import timedelta

import sqlalchemy as sa

from storefront import clock
from storefront.cart.quote import Quote
from storefront.checkout import actions, drafts
from storefront.config import settings
from storefront.database import session, transaction
from storefront.money import Money
from storefront.orders.disputes import record_dispute
from storefront.orders.models import Order
from storefront.orders.money_back import mark_refund_sent, settle_refund
from storefront.orders.refund import Refund, RefundState
from storefront.orders.steps import lock_order, mark_cancelled, mark_paid, mark_processing, record_capture
from storefront.payments.evidence import StripeDispute
from storefront.payments.models import AttemptState, Dispute, PaymentAttempt
from storefront.payments.steps import end_attempt, keep_session, lock_attempt
from storefront.policies.models import PolicyVersion
from storefront.refunds.steps import give_all_back
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_gift_card_product, a_variant

# As the checkout keeps it: field names of Google's address data, the country as ISO 3166.
LEIPZIG = {
    "country": "DE",
    "name": "Mara Lindt",
    "street_address": "Gartenweg 8",
    "postal_code": "04109",
    "city": "Leipzig",
}


def an_order(
    *,
    paid: bool = False,
    email: str = "mara@example.org",
    title: str = "Lion’s mane kit",
    price_minor: int = 2400,
    delivery: dict[str, str] | None = None,
    pieces: int = 1,
    cart_id: str = "cart-1",
) -> int:
    """The id of an order that waits for its payment, or is paid. Opens transactions."""
    if session().scalar(sa.select(PolicyVersion.id).limit(1)) is None:
        a_policy()
    variant = a_variant(title=title, price_minor=price_minor, on_hand=10)
    cart = a_cart((variant.id, pieces), id=cart_id)
    address = delivery or LEIPZIG
    draft_id = drafts.keep_details(None, email=email, delivery=address, billing=None)
    total = Quote.of(cart, country=address["country"], shipping_code="standard").total
    placed = actions.place_order(
        draft_id,
        cart=cart,
        shipping_code="standard",
        shown_total_minor=total.minor,
        origin=settings().origin,
    )
    if paid:
        pay(placed.order_id)
    return placed.order_id


def an_order_of_gift_cards(*amounts: int, email: str = "mara@example.org") -> int:
    """The id of a paid order of a card of each amount (25.00 and 50.00 unless others are given)."""
    a_policy()
    cart = a_cart(*((each.id, 1) for each in a_gift_card_product(*amounts)), id="cart-of-cards")
    draft_id = drafts.keep_details(None, email=email, delivery=LEIPZIG, billing=None)
    placed = actions.place_order(
        draft_id,
        cart=cart,
        shipping_code="none",
        shown_total_minor=Quote.of(cart, country="DE").total.minor,
        origin=settings().origin,
    )
    pay(placed.order_id)
    return placed.order_id


def pay(order_id: int) -> None:
    """Record its payment as settlement does, without asking anybody."""
    with transaction():
        order, attempt = lock_order(order_id), lock_attempt(the_attempt(order_id).id)
        capture(order, attempt, amount=order.by_card)
        end_attempt(attempt, AttemptState.PAID)
        mark_paid(order)


def pay_wrongly(order_id: int, *, minor: int) -> None:
    """Record another amount than was asked: the payment is in review."""
    with transaction():
        order, attempt = lock_order(order_id), lock_attempt(the_attempt(order_id).id)
        capture(order, attempt, amount=Money(minor, order.currency))
        end_attempt(attempt, AttemptState.REVIEW, problem="amount")


def pay_later(order_id: int) -> None:
    """Record that the payment is under way by a method that takes days."""
    with transaction():
        mark_processing(lock_order(order_id), hold_until=clock.now() + timedelta(days=14))


def cancel(order_id: int, *, code: str = "expired") -> None:
    """Cancel it; its goods stay where they are."""
    with transaction():
        mark_cancelled(lock_order(order_id), code=code)


def pay_too_late(order_id: int) -> None:
    """Cancel it, take its payment all the same, and give that back."""
    cancel(order_id)
    with transaction():
        order, attempt = lock_order(order_id), lock_attempt(the_attempt(order_id).id)
        capture(order, attempt, amount=order.total)
        end_attempt(attempt, AttemptState.PAID)
        give_all_back(order, attempt_id=attempt.id, amount=order.total, reason="late_payment")


def approve_refund(order_id: int, *, minor: int) -> None:
    """Record that so much of a paid order is to go back."""
    with transaction():
        amount = Money(minor, "EUR")
        attempt_id = the_attempt(order_id).id
        give_all_back(lock_order(order_id), attempt_id=attempt_id, amount=amount, reason="late_payment")


def give_back(order_id: int, *, minor: int) -> None:
    """Record that so much of a paid order went back."""
    approve_refund(order_id, minor=minor)
    settle_refunds(order_id)


def settle_refunds(order_id: int) -> None:
    """Record that Stripe gave back what was on its way."""
    with transaction():
        order = lock_order(order_id)
        for refund in session().scalars(sa.select(Refund).where(Refund.order_id == order_id)):
            if refund.state == RefundState.APPROVED:
                mark_refund_sent(refund)
            settle_refund(order, refund, stripe_refund_id=f"re_{refund.id}")


def capture(order: Order, attempt: PaymentAttempt, *, amount: Money) -> None:
    """Record money taken by the attempt. A step."""
    keep_session(attempt, session_id=f"cs_{attempt.id}", url=None)
    attempt.payment_intent_id = f"pi_{attempt.id}"
    record_capture(order, amount=amount, payment_intent_id=attempt.payment_intent_id)


def a_dispute(
    order_id: int,
    *,
    status: str = "needs_response",
    reason: str = "fraudulent",
    reinstated_minor: int | None = None,
) -> int:
    """The id of a dispute of the order's payment that stands at Stripe as `status`."""
    attempt, amount = the_attempt(order_id), Money(2400, "EUR")
    found = StripeDispute(
        id=f"dp_{order_id}",
        status=status,
        reason=reason,
        amount=amount,
        payment_intent_id=attempt.payment_intent_id,
        attempt_id=attempt.id,
        withdrawn=amount * (not status.startswith("warning")),
        reinstated=amount * (status == "won") if reinstated_minor is None else Money(reinstated_minor, "EUR"),
        created_at=clock.now(),
        due_at=clock.now() + timedelta(days=7),
    )
    with transaction():
        record_dispute(lock_order(order_id), found, attempt_id=attempt.id)
    return int(session().scalar(sa.select(Dispute.id).where(Dispute.order_id == order_id)) or 0)


def the_attempt(order_id: int) -> PaymentAttempt:
    """The order's newest attempt."""
    newest = sa.select(PaymentAttempt).where(PaymentAttempt.order_id == order_id)
    return session().scalars(newest.order_by(PaymentAttempt.created_at.desc()).limit(1)).one()


def the_order(order_id: int) -> Order:
    """The order as it now stands."""
    return session().get_one(Order, order_id, populate_existing=True)


def the_refunds(order_id: int) -> list[Refund]:
    """The order's refunds, the oldest first."""
    mine = sa.select(Refund).where(Refund.order_id == order_id).order_by(Refund.created_at, Refund.id)
    return list(session().scalars(mine, execution_options={"populate_existing": True}))
