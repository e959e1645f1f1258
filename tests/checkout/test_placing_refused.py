"""When “Order and pay” is refused: what was shown, paid, sold out or changed, and nothing taken."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import AlreadyPaid, EmptyCart, TotalChanged, settle_payment
from storefront.database import session
from storefront.errors import NotFound
from storefront.orders.models import Order, OrderState
from tests.books import ledger, on_hand
from tests.builders.cart import a_cart
from tests.builders.catalogue import a_variant
from tests.builders.payments import (
    Shopper,
    a_draft,
    a_paid_order,
    a_shopper,
    open_page,
    order,
    pay,
    place,
)
from tests.servers.stripe import StripeStandIn


def orders() -> list[Order]:
    return list(session().scalars(sa.select(Order).order_by(Order.id)))


def test_paid_meanwhile_shows_the_paid_order_and_changes_nothing(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper = a_shopper()
    first = place(shopper)
    open_page(first)
    pay(sandbox, first)

    with pytest.raises(AlreadyPaid) as refused:
        place(shopper.with_pieces(2), shown_minor=4800)

    assert refused.value.order_id == first.order_id
    assert order(first).state == OrderState.PAID
    assert ledger(first.order_id) == [("capture", 2400)]
    assert len(orders()) == 1


def test_a_paid_draft_shows_its_order_whatever_is_posted_later(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper = a_shopper()
    placed = place(shopper)
    open_page(placed)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)

    with pytest.raises(AlreadyPaid):
        place(shopper)
    with pytest.raises(AlreadyPaid):
        place(replace(shopper, cart=a_cart((shopper.variant_id, 1), id="cart-2")))


def test_a_spent_cart_shows_the_order_that_it_was_spent_on(inside: Flask, sandbox: StripeStandIn) -> None:
    paid = a_paid_order(sandbox)
    line = (a_variant().id, 1)
    other_draft = Shopper(a_draft(), a_cart(line, id="cart-1"))

    with pytest.raises(AlreadyPaid) as refused:
        place(other_draft)

    assert refused.value.order_id == paid.order_id


def test_another_total_than_was_shown_is_shown_again_and_nothing_is_taken(inside: Flask) -> None:
    shopper = a_shopper(price_minor=2400)

    with pytest.raises(TotalChanged) as refused:
        place(shopper, shown_minor=2399)

    assert refused.value.quote.total.minor == 2400
    assert orders() == []
    assert on_hand(shopper.variant_id) == 3


def test_sold_out_takes_nothing_and_says_which_line(inside: Flask) -> None:
    shopper = a_shopper(on_hand=1, pieces=2)

    with pytest.raises(TotalChanged) as refused:
        place(shopper)

    assert refused.value.quote.lines[0].problem
    assert orders() == []
    assert on_hand(shopper.variant_id) == 1


def test_an_empty_cart_makes_no_order(inside: Flask) -> None:
    shopper = a_shopper()

    with pytest.raises(EmptyCart):
        place(replace(shopper, cart=a_cart()), shown_minor=0)

    assert orders() == []


def test_an_unknown_draft_makes_no_order(inside: Flask) -> None:
    shopper = a_shopper()

    with pytest.raises(NotFound):
        place(replace(shopper, draft_id="stranger"))


@pytest.mark.parametrize(("price_minor", "is_orderable"), [(49, False), (50, True), (51, True)])
def test_less_than_stripe_charges_is_refused_at_the_quote(
    inside: Flask, price_minor: int, is_orderable: bool
) -> None:
    shopper = a_shopper(price_minor=price_minor)

    if is_orderable:
        assert order(place(shopper)).total_minor == price_minor
    else:
        with pytest.raises(TotalChanged, match=r"0\.50"):
            place(shopper)
