"""“Order and pay”: one draft leads to one open order, whatever is pressed how often."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue.models import Variant
from storefront.checkout import drafts
from storefront.checkout.actions import Placed, TotalChanged
from storefront.database import session, transaction
from storefront.orders.models import Order, OrderState
from storefront.payments.models import AttemptState
from tests.books import ledger, on_hand
from tests.builders.orders import LEIPZIG, the_attempt
from tests.builders.payments import (
    a_shopper,
    attempt,
    open_page,
    order,
    place,
    the_session,
)
from tests.servers.stripe import StripeStandIn


def orders() -> list[Order]:
    return list(session().scalars(sa.select(Order).order_by(Order.id)))


def session_status(sandbox: StripeStandIn, placed: Placed) -> str:
    mine = [each for each in sandbox.state()["sessions"] if each["client_reference_id"] == placed.attempt_id]
    return "/".join(each["status"] for each in mine)


def test_an_order_holds_its_goods_and_keeps_every_promise(inside: Flask, frozen: ModuleType) -> None:
    shopper = a_shopper(on_hand=3, pieces=2, price_minor=2400)

    placed = place(shopper)

    made = order(placed)
    assert (made.state, made.total_minor, made.email) == (
        OrderState.AWAITING_PAYMENT,
        4800,
        "mara@example.org",
    )
    assert (made.delivery, made.billing, made.cart_id) == (LEIPZIG, LEIPZIG, "cart-1")
    assert made.net_minor + made.tax_minor == 4800
    assert any("60" in promise for promise in made.terms)
    assert made.hold_until == frozen.now() + timedelta(minutes=75)
    assert attempt(placed.attempt_id).expires_at == frozen.now() + timedelta(minutes=60)
    assert on_hand(shopper.variant_id) == 1


def test_the_same_form_again_gives_the_same_order_and_attempt(inside: Flask) -> None:
    shopper = a_shopper()
    first = place(shopper)

    again = place(shopper)

    assert again == first
    assert len(orders()) == 1
    assert on_hand(shopper.variant_id) == 2


def test_the_same_form_leads_to_the_same_payment_page(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper = a_shopper()
    page = open_page(place(shopper))

    again = open_page(place(shopper))

    assert again == page
    assert len(sandbox.state()["sessions"]) == 1


def test_a_live_price_that_rises_leaves_the_order_that_stands_alone(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper = a_shopper(price_minor=2400)
    first = place(shopper)
    with transaction() as current:
        current.execute(sa.update(Variant).where(Variant.id == shopper.variant_id).values(price_minor=9900))

    again = place(shopper, shown_minor=2400)

    assert again == first
    assert order(first).total_minor == 2400


def test_a_changed_cart_first_closes_the_earlier_page_and_gives_its_goods_back(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper = a_shopper(on_hand=3, pieces=2)
    first = place(shopper)
    open_page(first)

    second = place(shopper.with_pieces(3))

    assert second.order_id != first.order_id
    assert (order(first).state, order(first).cancel_code) == (OrderState.CANCELLED, "changed")
    assert session_status(sandbox, first) == "expired"
    assert attempt(first.attempt_id).state == AttemptState.EXPIRED
    assert order(second).state == OrderState.AWAITING_PAYMENT
    assert on_hand(shopper.variant_id) == 0


@pytest.mark.parametrize("change", ["email", "address", "shipping", "cart"])
def test_whatever_the_shopper_changes_makes_a_new_order(
    inside: Flask, sandbox: StripeStandIn, change: str
) -> None:
    shopper = a_shopper()
    first = place(shopper)
    if change == "email":
        drafts.keep_details(shopper.draft_id, email="other@example.org", delivery=dict(LEIPZIG), billing=None)
    elif change == "address":
        moved = dict(LEIPZIG) | {"street_address": "Gartenweg 9"}
        drafts.keep_details(shopper.draft_id, email="mara@example.org", delivery=moved, billing=None)
    elif change == "cart":
        shopper = replace(shopper, cart=replace(shopper.cart, id="cart-2"))

    if change == "shipping":
        with pytest.raises(TotalChanged):
            place(replace(shopper, shipping_code="express"), shown_minor=2400)
    else:
        assert place(shopper) != first

    assert order(first).state == OrderState.CANCELLED


def test_a_total_of_zero_is_paid_without_stripe(inside: Flask) -> None:
    """No sandbox runs here: a call would fail."""
    shopper = a_shopper(price_minor=0)
    placed = place(shopper)

    assert open_page(placed) == ""

    assert order(placed).state == OrderState.PAID
    assert ledger(placed.order_id) == []
    assert attempt(placed.attempt_id).state == AttemptState.PAID
    assert on_hand(shopper.variant_id) == 2


def test_a_page_about_to_close_makes_way_for_a_new_order(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    shopper = a_shopper()
    first = place(shopper)
    open_page(first)
    frozen.advance(timedelta(minutes=60))

    second = place(shopper)

    assert second.order_id != first.order_id
    assert order(first).state == OrderState.CANCELLED
    assert on_hand(shopper.variant_id) == 2


def test_an_order_never_opened_is_the_same_while_stripe_would_still_open_it(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    shopper = a_shopper()
    first = place(shopper)
    frozen.advance(timedelta(minutes=29))
    assert place(shopper) == first

    frozen.advance(timedelta(minutes=1))

    assert place(shopper) != first


def test_the_shortest_page_that_can_be_set_is_still_opened_by_the_same_form(
    make_app: Callable[..., Flask], sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    with make_app(session_minutes="35", **sandbox.settings).app_context():
        shopper = a_shopper()
        placed = place(shopper)
        frozen.advance(timedelta(minutes=4))

        assert place(shopper) == placed

        assert open_page(placed)


def test_every_item_sent_to_stripe_adds_up_to_the_sealed_total(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper = a_shopper(pieces=3, price_minor=333)

    placed = place(shopper)

    params = the_attempt(placed.order_id).params
    assert sum(item["price_data"]["unit_amount"] for item in params["line_items"]) == 999
    assert {item["quantity"] for item in params["line_items"]} == {1}
    assert params["adaptive_pricing"] == {"enabled": False}
    assert params["customer_email"] == "mara@example.org"
    ids = {"order": str(order(placed).number), "attempt": placed.attempt_id}
    assert params["metadata"] == params["payment_intent_data"]["metadata"] == ids
    assert params["client_reference_id"] == placed.attempt_id
    open_page(placed)
    assert the_session(placed.attempt_id)
