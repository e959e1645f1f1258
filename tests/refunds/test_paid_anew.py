"""An order whose first payment was wrong, then paid by another link: what goes back of the first bought no card."""

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed, settle_payment
from storefront.checkout.by_staff import pay_by_link, place_for_customer
from storefront.checkout.payment_review import return_payment
from storefront.database import release, session
from storefront.money import Money
from storefront.payments.models import PaymentAttempt
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import refund_order
from storefront.refunds.reckoning import Wanted
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_gift_card_product
from tests.builders.orders import the_refunds
from tests.builders.payments import pay
from tests.checkout.test_by_staff import MARA
from tests.refunds.test_cards_back import cards
from tests.refunds.test_excess import BY, in_the_dashboard
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def two_cards(inside: Flask) -> Placed:
    """An order of two gift cards at 25.00 that staff wrote down; its first link is open."""
    a_policy()
    (card,) = a_gift_card_product(2500)
    placed = place_for_customer(
        MARA, cart=a_cart((card.id, 2)), shipping_code="none", shown_total_minor=5000, by=BY
    )
    pay_by_link(placed.order_id, origin="http://localhost")
    return placed


def paid_too_much_and_refunded(sandbox: StripeStandIn, placed: Placed) -> None:
    """51.00 comes, waits for staff to look at it, and goes back in the dashboard."""
    pay(sandbox, placed, amount=5100)
    settle_payment(placed.attempt_id)
    in_the_dashboard(sandbox, placed, 5100)


def pay_anew(sandbox: StripeStandIn, placed: Placed) -> None:
    """Pay by another link."""
    pay_by_link(placed.order_id, origin="http://localhost")
    others = sa.select(PaymentAttempt.id).where(
        PaymentAttempt.order_id == placed.order_id, PaymentAttempt.id != placed.attempt_id
    )
    anew = Placed(placed.order_id, session().scalars(others).one())
    release()
    pay(sandbox, anew)
    settle_payment(anew.attempt_id)
    release()


def test_cards_that_were_never_opened_are_not_spent(two_cards: Placed, sandbox: StripeStandIn) -> None:
    paid_too_much_and_refunded(sandbox, two_cards)

    assert reconcile().problems == []

    assert [(each.amount_minor, each.spent_minor) for each in the_refunds(two_cards.order_id)] == [(5100, 0)]
    assert prove() == []


def test_cards_paid_by_another_link_are_taken_back_by_what_goes_back_of_that(
    two_cards: Placed, sandbox: StripeStandIn
) -> None:
    paid_too_much_and_refunded(sandbox, two_cards)
    reconcile()
    pay_anew(sandbox, two_cards)
    return_payment(two_cards.attempt_id, why="It went back at Stripe.", by=BY)
    assert cards() == [(2500, False), (2500, False)]

    wanted = Wanted(amount=Money(3000, "EUR"))
    send_refund(
        refund_order(two_cards.order_id, wanted, reason="goodwill", note="", form_key="0" * 32, by=BY)
    )

    assert sorted(cards()) == [(0, True), (2000, False)]
    assert prove() == []
