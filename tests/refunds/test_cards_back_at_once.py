"""A gift card is taken back while somebody buys the same goods with it: one waits for the other, and none in vain."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed, settle_payment
from storefront.checkout.calling_off import return_goods
from storefront.checkout.cancelling import cancel_order
from storefront.credit.models import CreditAccount
from storefront.credit.steps import spend
from storefront.database import release, session
from storefront.orders.models import Order, OrderLine
from storefront.orders.money_back import approve_request
from storefront.orders.refund import Refund
from storefront.refunds.cards_back import take_cards_back
from storefront.refunds.deciding import refund_order
from storefront.refunds.reckoning import Wanted
from storefront.refunds.steps import refund_rest
from storefront.reports.prove import prove
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_gift_card_product, a_variant
from tests.builders.payments import Shopper, a_draft, open_page, pay, place
from tests.databases import at_the_same_time
from tests.servers.stripe import StripeStandIn

STAFF = ("staff", "1")


class Sold:
    """A paid order of a gift card at 25.00 and a scarf at 24.00, and somebody who has that card and wants a scarf."""

    def __init__(self, sandbox: StripeStandIn) -> None:
        a_policy()
        (card,) = a_gift_card_product(2500)
        scarf = a_variant(price_minor=2400, on_hand=3).id
        self.placed: Placed = place(Shopper(a_draft(), a_cart((card.id, 1), (scarf, 1))))
        open_page(self.placed)
        pay(sandbox, self.placed)
        settle_payment(self.placed.attempt_id)
        card_id = session().scalars(sa.select(CreditAccount.id)).one()
        mine = sa.select(OrderLine.id).where(OrderLine.order_id == self.placed.order_id)
        self.line_ids = list(session().scalars(mine))
        release()
        self.shopper = Shopper(a_draft(), a_cart((scarf, 1), id="cart-of-a-card")).with_cards(card_id)


def refund(sold: Sold) -> None:
    wanted = Wanted(pieces=dict.fromkeys(sold.line_ids, 1), restock=frozenset(sold.line_ids))
    order_id = sold.placed.order_id
    refund_order(order_id, wanted, reason="goodwill", note="", form_key="0" * 32, by=STAFF)


def cancel(sold: Sold) -> None:
    cancel_order(sold.placed.order_id, by=STAFF)


def at_once(app: Flask, sold: Sold, give_back: Any, patch: pytest.MonkeyPatch) -> list[str]:
    """What becomes of somebody who has the scarf in hand and is about to spend the card, and of staff who then give
    both back."""
    has_goods = threading.Event()

    def spend_late(*all_: Any, **more: Any) -> None:
        has_goods.set()
        # As long as staff need to come to the first lock that is held.
        threading.Event().wait(0.7)
        spend(*all_, **more)

    patch.setattr("storefront.checkout.writing.spend", spend_late)

    def give() -> None:
        has_goods.wait(10)
        give_back(sold)

    return at_the_same_time(app, lambda: place(sold.shopper), give)


@pytest.mark.parametrize("give_back", [refund, cancel])
def test_who_buys_with_a_card_and_who_takes_it_back_never_wait_for_one_another(
    app: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch, give_back: Any
) -> None:
    with app.app_context():
        sold = Sold(sandbox)

    outcomes = at_once(app, sold, give_back, monkeypatch)

    assert outcomes == ["done", "refused"]
    with app.app_context():
        assert list(session().scalars(sa.select(Order.credit_minor).order_by(Order.id))) == [0, 2400]
        assert session().scalar(sa.select(sa.func.count()).select_from(Refund)) == 0
        release()
        assert prove() == []


@pytest.mark.parametrize("give_back", [refund, cancel])
def test_with_cards_locked_before_variants_both_wait_for_one_another(
    app: Flask, sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch, engine: str, give_back: Any
) -> None:
    """The control run: the order of locks is turned round. SQLite has one lock for all."""
    with app.app_context():
        sold = Sold(sandbox)

    def approve_and_lock_cards(order: Order, refund: Refund, *, by: Any) -> None:
        approve_request(order, refund, by=by)
        take_cards_back(order, refund)

    waiting: list[Any] = []
    cancelling = "storefront.checkout.cancelling"
    monkeypatch.setattr("storefront.refunds.steps.approve_request", approve_and_lock_cards)
    monkeypatch.setattr(f"{cancelling}.return_goods", lambda *all_, **more: waiting.append((all_, more)))

    def rest_first(*all_: Any, **more: Any) -> None:
        refund_rest(*all_, **more)
        for given, named in waiting:
            return_goods(*given, **named)

    monkeypatch.setattr(f"{cancelling}.refund_rest", rest_first)

    outcomes = at_once(app, sold, give_back, monkeypatch)

    assert ("deadlock" in outcomes) == (engine == "postgresql")
