"""A cart that is ordered from a second draft: the earlier order makes way where it holds what the new one needs, and
nowhere else."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from storefront.cart.codes import take_typed
from storefront.cart.quote import Quote
from storefront.catalogue.stock import SoldOut
from storefront.checkout import actions as checkout
from storefront.checkout.actions import AlreadyPaid, TotalChanged
from storefront.database import session
from storefront.errors import PaymentUnavailable, Refused
from storefront.orders.models import OrderState
from storefront.payments import gateway
from storefront.payments.models import AttemptState
from storefront.pricing.models import Discount
from storefront.pricing.steps import DiscountOver
from storefront.reports.prove import prove
from tests.books import on_hand
from tests.builders.accounts import a_customer
from tests.builders.credit import a_gift_card, a_store_credit
from tests.builders.discounts import a_discount
from tests.builders.payments import (
    Shopper,
    a_draft,
    a_shopper,
    attempt,
    open_page,
    order,
    pay,
    place,
    quoted,
    the_session,
)
from tests.builders.refunds import a_payment_in_review
from tests.servers.stripe import StripeStandIn

Make = Callable[[], Shopper]


def with_a_card() -> Shopper:
    return a_shopper(on_hand=9).with_cards(a_gift_card(2000).id)


def with_store_credit() -> Shopper:
    customer = a_customer()
    a_store_credit(customer.id, 700)
    return replace(a_shopper(on_hand=9), customer_id=customer.id)


def with_a_code() -> Shopper:
    a_discount(total_limit=1)
    return coded(a_shopper(on_hand=9))


def coded(shopper: Shopper) -> Shopper:
    return replace(shopper, cart=replace(shopper.cart, code="SPRING10"))


def with_the_last_piece() -> Shopper:
    return a_shopper(on_hand=1)


NEEDS: dict[str, Make] = {
    "card": with_a_card,
    "store credit": with_store_credit,
    "code": with_a_code,
    "stock": with_the_last_piece,
}


def in_another_draft(shopper: Shopper, *, email: str = "mara@example.org") -> Shopper:
    """The same cart, begun anew in another window."""
    return replace(shopper, draft_id=a_draft(email=email))


@pytest.mark.parametrize("need", NEEDS)
def test_of_one_cart_in_two_drafts_the_later_order_has_what_the_earlier_held(
    inside: Flask, sandbox: StripeStandIn, need: str
) -> None:
    shopper = NEEDS[need]()
    shown = quoted(shopper)
    first = place(shopper)
    open_page(first)

    again = quoted(in_another_draft(shopper))
    second = place(in_another_draft(shopper))

    assert (again.total, again.tender.rest) == (shown.total, shown.tender.rest)
    assert [order(each).state for each in (first, second)] == [
        OrderState.CANCELLED,
        OrderState.AWAITING_PAYMENT,
    ]
    assert order(second).credit_minor == shown.tender.paid.minor
    assert attempt(first.attempt_id).state == AttemptState.EXPIRED
    assert gateway.session_by_id(the_session(first.attempt_id)).status == "expired"
    assert prove() == []


@pytest.mark.parametrize("need", NEEDS)
def test_what_was_paid_meanwhile_is_shown_and_never_cancelled(
    inside: Flask, sandbox: StripeStandIn, need: str
) -> None:
    shopper = NEEDS[need]()
    first = place(shopper)
    open_page(first)
    pay(sandbox, first)

    with pytest.raises(AlreadyPaid) as refused:
        place(in_another_draft(shopper))

    assert refused.value.order_id == first.order_id
    assert order(first).state == OrderState.PAID


@pytest.mark.parametrize("need", NEEDS)
def test_a_payment_that_a_person_looks_at_is_not_cancelled(
    inside: Flask, sandbox: StripeStandIn, need: str
) -> None:
    shopper = NEEDS[need]()
    first = a_payment_in_review(sandbox, minor=9900, shopper=shopper)

    with pytest.raises(Refused, match="A person is looking at your payment"):
        place(in_another_draft(shopper))

    assert order(first).state == OrderState.AWAITING_PAYMENT


def test_while_stripe_cannot_be_asked_the_earlier_order_stands(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper = with_a_card()
    first = place(shopper)
    open_page(first)
    sandbox.control("answer", status=500, on="GET /v1/checkout/sessions")

    with pytest.raises(PaymentUnavailable):
        place(in_another_draft(shopper))

    assert order(first).state == OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize("need", NEEDS)
def test_what_another_cart_holds_is_never_let_go(inside: Flask, need: str) -> None:
    shopper = NEEDS[need]()
    form = quoted(shopper)
    first = place(shopper)
    strange = replace(in_another_draft(shopper), cart=replace(shopper.cart, id="cart-2"))

    with pytest.raises(TotalChanged):
        place(strange, shown_minor=form.total.minor, shown_credit=form.tender.paid.minor)

    assert order(first).state == OrderState.AWAITING_PAYMENT


def test_an_order_that_holds_nothing_that_is_needed_stands(inside: Flask) -> None:
    a_discount(total_limit=1)
    card = a_gift_card(9900)
    shopper = coded(a_shopper(on_hand=2)).with_cards(card.id)
    holds_the_code = place(shopper)
    without_code = in_another_draft(replace(shopper, cart=replace(shopper.cart, code="")))
    enough_on_the_card = place(without_code)

    placed = place(in_another_draft(shopper))

    assert order(holds_the_code).state == OrderState.CANCELLED
    assert order(enough_on_the_card).state == OrderState.AWAITING_PAYMENT
    assert order(placed).total_minor == 2160
    assert on_hand(shopper.variant_id) == 0


def test_a_discount_that_ends_at_the_last_moment_cancels_nothing(
    inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_discount(total_limit=5)
    shopper = coded(a_shopper(on_hand=9))
    first = place(shopper)
    reckoned = checkout.orderable

    def end_after(*args: object) -> object:
        quote = reckoned(*args)  # type: ignore[arg-type]
        session().get_one(Discount, quote.given[0].id).ended_at = quote.policy.published_at
        session().flush()
        return quote

    monkeypatch.setattr(checkout, "orderable", end_after)

    with pytest.raises(DiscountOver):
        place(in_another_draft(shopper))

    assert order(first).state == OrderState.AWAITING_PAYMENT


def test_a_code_had_too_often_by_one_person_cancels_only_their_order(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    a_discount(person_limit=1)
    shopper = coded(a_shopper(on_hand=9))
    by_another = place(in_another_draft(shopper, email="lene@example.org"))
    before = place(shopper)

    place(in_another_draft(shopper))

    assert order(by_another).state == OrderState.AWAITING_PAYMENT
    assert order(before).state == OrderState.CANCELLED


def test_an_order_stands_whose_pieces_would_not_be_enough(
    inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper = a_shopper(on_hand=1)
    first = place(shopper)
    more = replace(shopper, cart=shopper.cart.change(shopper.variant_id, 2))
    # The quote says so first; here it does not look.
    monkeypatch.setattr(Quote, "is_orderable", True)

    with pytest.raises(SoldOut):
        place(in_another_draft(more))

    assert order(first).state == OrderState.AWAITING_PAYMENT


def test_what_another_customer_ordered_from_the_cart_is_not_cancelled_and_is_told(inside: Flask) -> None:
    first, second = a_customer(), a_customer()
    shopper = with_a_card()
    theirs = place(replace(shopper, customer_id=first.id))

    with pytest.raises(Refused, match="from this cart with another account"):
        place(in_another_draft(replace(shopper, customer_id=second.id)))

    assert order(theirs).state == OrderState.AWAITING_PAYMENT


def test_a_guest_who_signs_in_meanwhile_takes_their_order_along(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper = with_a_card()
    first = place(shopper)

    placed = place(in_another_draft(replace(shopper, customer_id=a_customer().id)))

    assert order(first).state == OrderState.CANCELLED
    assert order(placed).credit_minor == 2000


def test_a_card_taken_out_and_typed_again_is_there_while_its_own_order_waits(inside: Flask) -> None:
    card = a_gift_card(2000)
    shopper = a_shopper(on_hand=9).with_cards(card.id)
    place(shopper)
    without = replace(shopper.cart, cards=())

    taken = take_typed(without, card.code)

    assert taken.change(without).cards == (card.id,)
    with pytest.raises(Refused, match="Nothing is left"):
        take_typed(replace(without, id="cart-2"), card.code)
