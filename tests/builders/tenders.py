"""Orders that gift cards and store credit pay, in part or whole, in a test's shop."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from storefront.checkout.actions import settle_payment
from storefront.config import settings
from storefront.credit.steps import Part, spend
from storefront.database import session, transaction
from storefront.money import Money
from storefront.orders.steps import lock_order
from storefront.payments.models import PaymentAttempt
from storefront.payments.units import to_units
from tests.builders.credit import a_gift_card
from tests.builders.payments import a_shopper, open_page, pay, place
from tests.servers.stripe import StripeStandIn


@dataclass(frozen=True, slots=True)
class Tendered:
    """A paid order and the accounts that paid of it."""

    order_id: int
    attempt_id: str
    accounts: tuple[str, ...] = ()


def an_order_paid_by(
    sandbox: StripeStandIn,
    *cards: int,
    price_minor: int = 2400,
    accounts: Sequence[tuple[str, int]] = (),
    customer_id: int | None = None,
    pieces: int = 1,
) -> Tendered:
    """An order of which new gift cards of so much pay all that is on them, `accounts` what is said, and Stripe the
    rest."""
    currency = settings().currency
    shopper = a_shopper(price_minor=price_minor, pieces=pieces, cart_id=f"cart-{secrets.token_hex(4)}")
    placed = place(shopper)
    parts = [Part(a_gift_card(minor, currency).id, Money(minor, currency)) for minor in cards]
    parts += [Part(account_id, Money(minor, currency)) for account_id, minor in accounts]
    credit = sum(part.amount.minor for part in parts)
    with transaction():
        order = lock_order(placed.order_id)
        attempt = session().get_one(PaymentAttempt, placed.attempt_id)
        spend(order.id, parts)
        order.credit_minor, order.customer_id = credit, customer_id
        rest = Money(order.total_minor - credit, currency)
        attempt.amount_minor = rest.minor
        item = attempt.params["line_items"][0]
        price = {**item["price_data"], "unit_amount": to_units(rest)}
        attempt.params = {**attempt.params, "line_items": [{**item, "price_data": price}]}
    if rest:
        open_page(placed)
        pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    return Tendered(placed.order_id, placed.attempt_id, tuple(part.account_id for part in parts))
