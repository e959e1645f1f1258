"""Orders for tests that are placed, paid and given back through the real actions and the sandbox beside the shop.

Knows what a shopper and Stripe would do; refuses to write rows of its own.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import sqlalchemy as sa

from storefront.cart.contents import Cart
from storefront.cart.quote import Quote
from storefront.checkout import drafts
from storefront.checkout.actions import Placed, open_payment, place_order, settle_payment
from storefront.config import settings
from storefront.database import release, session, transaction
from storefront.money import Money
from storefront.orders.models import Order
from storefront.orders.refund import Refund
from storefront.orders.steps import SHOPPER, lock_order
from storefront.payments.models import PaymentAttempt
from storefront.policies.models import PolicyVersion
from storefront.refunds.steps import give_all_back
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_variant
from tests.builders.orders import LEIPZIG
from tests.servers.stripe import StripeStandIn

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody at the review page: a draft, a cart, and the way to ship that is chosen there."""

    draft_id: str
    cart: Cart
    shipping_code: str = "standard"
    customer_id: int | None = None

    @property
    def variant_id(self) -> int:
        """The first thing in the cart."""
        return self.cart.lines[0].variant_id

    def with_cards(self, *card_ids: str) -> "Shopper":
        """The same shopper after the codes of gift cards were typed."""
        return replace(self, cart=replace(self.cart, cards=card_ids))

    def with_pieces(self, pieces: int) -> "Shopper":
        """The same shopper after a change of mind about how many."""
        return replace(self, cart=self.cart.change(self.variant_id, pieces))


def a_draft(*, email: str = "mara@example.org") -> str:
    """The id of a draft with an address that Germany accepts. Opens a transaction."""
    return drafts.keep_details(None, email=email, delivery=dict(LEIPZIG), billing=None)


def a_shopper(
    *, price_minor: int = 2400, on_hand: int | None = 3, pieces: int = 1, cart_id: str = "cart-1"
) -> Shopper:
    """Somebody with one kind of goods in the cart. Opens transactions."""
    if session().scalar(sa.select(PolicyVersion.id).limit(1)) is None:
        a_policy()
    variant = a_variant(price_minor=price_minor, on_hand=on_hand)
    return Shopper(a_draft(), a_cart((variant.id, pieces), id=cart_id))


def quoted(shopper: Shopper) -> Quote:
    """What the review would show."""
    return Quote.of(
        shopper.cart, country="DE", shipping_code=shopper.shipping_code, customer_id=shopper.customer_id
    )


def place(shopper: Shopper, *, shown_minor: int | None = None, shown_credit: int | None = None) -> Placed:
    """Press “Order and pay” under the total and the credit that are shown now, or under others."""
    shown = quoted(shopper) if shown_minor is None or (shown_credit is None and shopper.cart.cards) else None
    total = shown.total.minor if shown and shown_minor is None else shown_minor or 0
    credit = shown.tender.paid.minor if shown and shown_credit is None else shown_credit or 0
    return place_order(
        shopper.draft_id,
        cart=shopper.cart,
        shipping_code=shopper.shipping_code,
        shown_total_minor=total,
        shown_credit_minor=credit,
        origin=settings().origin,
        by=SHOPPER if shopper.customer_id is None else ("customer", shopper.customer_id),
    )


def open_page(placed: Placed) -> str:
    """Go on to the payment page; its address."""
    return open_payment(placed.attempt_id, origin=settings().origin)


def an_open_order(**facts: Any) -> Placed:
    """An order whose payment page is open."""
    placed = place(a_shopper(**facts))
    open_page(placed)
    return placed


def pay(sandbox: StripeStandIn, placed: Placed, **how: Any) -> None:
    """Pay on the open page: by card, or `later="succeeded"`. The shop is told by nobody yet."""
    sandbox.control("pay", session=the_session(placed.attempt_id), **how)


def a_paid_order(sandbox: StripeStandIn, **facts: Any) -> Placed:
    """An order that was paid on the page and settled."""
    placed = an_open_order(**facts)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    return placed


def a_refund(placed: Placed, *, minor: int = 2400, reason: str = "requested_by_customer") -> str:
    """The id of a refund that is approved and about to be sent."""
    with transaction():
        order = lock_order(placed.order_id)
        refund = give_all_back(
            order, attempt_id=placed.attempt_id, amount=Money(minor, order.currency), reason=reason
        )
        return refund.id


def the_session(attempt_id: str) -> str:
    """Stripe's id of the attempt's session."""
    found = attempt(attempt_id).session_id
    release()
    assert found, "the payment page was never opened"
    return found


def the_intent(attempt_id: str) -> str:
    """Stripe's id of the payment that the attempt became."""
    found = attempt(attempt_id).payment_intent_id
    release()
    assert found, "the attempt was never paid"
    return found


def attempt(attempt_id: str) -> PaymentAttempt:
    """The attempt as it now stands."""
    return session().get_one(PaymentAttempt, attempt_id, populate_existing=True)


def order(placed: Placed) -> Order:
    """The order as it now stands."""
    return session().get_one(Order, placed.order_id, populate_existing=True)


def refund(refund_id: str) -> Refund:
    """The refund as it now stands."""
    return session().get_one(Refund, refund_id, populate_existing=True)


def elsewhere(do: Callable[[], T]) -> T:
    """Do it as another process would: in a thread without this test's app context and session."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(do).result()


def deliver(sandbox: StripeStandIn) -> int:
    """Let every webhook that waits arrive; how many were tried."""
    return elsewhere(lambda: sandbox.deliver(force=True))
