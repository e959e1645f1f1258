"""Orders that staff make for somebody, paid by a link: the same quote and the same order, held for longer.

Knows how the link leads to a payment page, however often it is opened; refuses to price anything.

Stripe's page lives for minutes, a link for days. So no page is opened before the customer asks for one; each click
finds the open page or opens another, and the goods stay held until the hold that was promised, or until the last page
that was opened has closed, whichever is later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, clock, jobs, mail
from storefront.cart.queries import standing
from storefront.cart.quote import Cart
from storefront.checkout import drafts
from storefront.checkout.actions import orderable
from storefront.checkout.giving_up import close_page, waiting_ids
from storefront.checkout.ordered import SHORTEST_SESSION, Ordered, newest_attempt
from storefront.checkout.payment_page import open_payment
from storefront.checkout.session_params import params_anew
from storefront.checkout.settlement import WAITING, settle_payment
from storefront.checkout.writing import Making, Placed, write
from storefront.config import settings
from storefront.database import release, session, transaction
from storefront.errors import NotFound, Refused
from storefront.money import Money
from storefront.orders.models import Order, OrderState, Source
from storefront.orders.steps import SHOPPER, Actor, lock_order
from storefront.payments.models import AttemptState, PaymentAttempt, new_id
from storefront.payments.steps import end_attempt, waiting_attempts, write_attempt


@dataclass(frozen=True, slots=True)
class ForCustomer:
    """Whom an order is made for, in the shape that the checkout's form has checked."""

    email: str
    delivery: Mapping[str, str]
    billing: Mapping[str, str] | None


def place_for_customer(
    customer: ForCustomer, *, cart: Cart, shipping_code: str, shown_total_minor: int, by: Actor
) -> Placed:
    """Make an order for somebody and write to them with the link to pay; nothing to pay: it is paid at once.

    The same `cart.id` again is the same order. Raises EmptyCart, TotalChanged, stock.SoldOut.
    """
    if (earlier := _made_of(cart)) is not None:
        return earlier
    form = Ordered(cart, shipping_code, shown_total_minor)
    billing = dict(customer.billing) if customer.billing else None
    draft_id = drafts.keep_details(
        None, email=customer.email, delivery=dict(customer.delivery), billing=billing
    )
    making = Making(Source.STAFF, by, timedelta(hours=settings().payment_link_hours))
    with transaction():
        draft = drafts.lock_draft(draft_id)
        quote = orderable(draft, form, standing())
        # Behind the variants' locks: a second click waits there, and finds the first one's order.
        earlier = _made_of(cart)
        if earlier is not None:
            return earlier
        placed = write(draft, cart, quote, origin=settings().origin, making=making)
        if quote.total:
            mail.owe(
                "payment_link",
                subject=f"order:{placed.order_id}",
                recipient=customer.email,
                facts={"order_id": placed.order_id},
            )
    if not quote.total:
        settle_payment(placed.attempt_id)
    return placed


def _made_of(cart: Cart) -> Placed | None:
    mine = sa.select(Order.id).where(Order.cart_id == cart.id, Order.source == Source.STAFF)
    order_id = session().scalars(mine.limit(1)).first()
    return None if order_id is None else Placed(order_id, newest_attempt(order_id).id)


def pay_by_link(order_id: int, *, origin: str) -> str:
    """The address of a payment page for an order made by staff, opening another if the last has closed; "" where it
    is paid. Raises Refused when the time is over, PaymentUnavailable, NotFound."""
    order = session().get(Order, order_id, populate_existing=True) if 0 < order_id < 2**63 else None
    if order is None or order.source != Source.STAFF:
        raise NotFound()
    attempt = newest_attempt(order_id)
    attempt_id = attempt.id
    if order.state == OrderState.AWAITING_PAYMENT and not _is_open(attempt):
        closed = {each: close_page(each) for each in waiting_ids(order_id)}
        attempt_id = _anew(order_id, closed, origin=origin) or attempt_id
    else:
        release()
    return open_payment(attempt_id, origin=origin)


def _is_open(attempt: PaymentAttempt) -> bool:
    now = clock.now()
    if attempt.state not in WAITING:
        return False
    least = now if attempt.session_id else now + SHORTEST_SESSION
    return least < attempt.expires_at


def _anew(order_id: int, closed: Mapping[str, str | None], *, origin: str) -> str | None:
    """Write the next attempt; its id, or None where the order is no longer to be paid or another click was first."""
    now = clock.now()
    with transaction() as current:
        order = lock_order(order_id)
        if order.state != OrderState.AWAITING_PAYMENT:
            return None
        if now >= order.hold_until:
            raise Refused(_("The time to pay is over, and the goods are no longer held. Please write to us."))
        for each in waiting_attempts(order_id):
            # Another click was first: its page is this one's, too.
            if each.id not in closed or each.session_id not in {None, closed[each.id]}:
                return each.id
            end_attempt(each, AttemptState.EXPIRED)
        last = current.get_one(PaymentAttempt, newest_attempt(order_id).id)
        expires_at = now + timedelta(minutes=settings().session_minutes)
        attempt_id = new_id("att")
        params = params_anew(
            last.params, attempt_id=attempt_id, expires_at=expires_at, email=order.email, origin=origin
        )
        amount = Money(last.amount_minor, last.currency)
        write_attempt(
            attempt_id=attempt_id, order_id=order_id, amount=amount, params=params, expires_at=expires_at
        )
        until = expires_at + timedelta(minutes=settings().hold_margin_minutes)
        if until > order.hold_until:
            order.hold_until = until
            key = f"expire:{order_id}:{attempt_id}"
            jobs.enqueue("checkout.expire", {"order_id": order_id}, key=key, at=until)
        audit.record("order.payment_link", subject=("order", order_id), actor=SHOPPER)
        return attempt_id
