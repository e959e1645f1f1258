"""Gift cards and store credit on an order: held with it, in the books once it is paid, given back when it is not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout import actions as checkout
from storefront.checkout.actions import EmptyCart, TotalChanged, settle_payment
from storefront.checkout.giving_up import cancel_unpaid, expire_order
from storefront.checkout.payment_review import accept_payment, return_payment
from storefront.credit.models import CreditAccount, CreditCause
from storefront.credit.steps import CreditGone, Why, take_out
from storefront.database import session, transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.books import LedgerEntry
from storefront.orders.models import Order, OrderState
from storefront.payments.models import AttemptState
from storefront.pricing.actions import end_discount
from tests.books import ledger
from tests.builders.accounts import a_customer
from tests.builders.credit import Given, a_gift_card, a_store_credit, balance, close
from tests.builders.discounts import BY, a_discount
from tests.builders.orders import the_refunds
from tests.builders.payments import (
    Shopper,
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
from tests.counting import Counted
from tests.servers.stripe import StripeStandIn

Drain = Callable[[], int]


def with_card(minor: int = 2000, *, on_hand: int = 3) -> tuple[Shopper, Given]:
    """Somebody with goods for €24.00 and a gift card."""
    card = a_gift_card(minor)
    return a_shopper(on_hand=on_hand).with_cards(card.id), card


def spend_elsewhere(account_id: str, minor: int) -> None:
    with transaction():
        assert take_out(account_id, Money(minor, "EUR"), Why(CreditCause.ADJUSTED))


def test_credit_pays_a_part_and_stripe_is_asked_for_the_rest(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper, card = with_card(2000)

    placed = place(shopper)
    open_page(placed)

    kept = order(placed)
    assert (kept.total_minor, kept.credit_minor, kept.by_card) == (2400, 2000, Money(400, "EUR"))
    items = attempt(placed.attempt_id).params["line_items"]
    assert [item["price_data"]["unit_amount"] for item in items] == [400]
    assert items[0]["price_data"]["product_data"]["name"] == f"Order {kept.number}, rest to pay"
    assert (attempt(placed.attempt_id).amount_minor, balance(card.id)) == (400, 0)
    assert ledger(placed.order_id) == []

    pay(sandbox, placed)
    for _twice in range(2):
        settle_payment(placed.attempt_id)

    kept = order(placed)
    assert (kept.state, kept.captured_minor) == (OrderState.PAID, 2400)
    assert sorted(ledger(placed.order_id)) == [("capture", 400), ("credit_spent", 2000)]


def test_an_order_paid_by_credit_never_asks_stripe(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper, card = with_card(5000)

    placed = place(shopper)

    assert open_page(placed) == ""
    assert settle_payment(placed.attempt_id).is_paid
    assert sandbox.state()["totals"] == {}
    assert (order(placed).captured_minor, balance(card.id)) == (2400, 2600)
    assert ledger(placed.order_id) == [("credit_spent", 2400)]


def test_stripe_is_left_what_it_charges_at_the_least(inside: Flask) -> None:
    shopper, card = with_card(2399)

    placed = place(shopper)

    assert (order(placed).credit_minor, attempt(placed.attempt_id).amount_minor) == (2350, 50)
    assert balance(card.id) == 49


def test_several_cards_and_store_credit_pay_one_after_the_other(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    customer = a_customer()
    cards, own = [a_gift_card(1000), a_gift_card(500)], a_store_credit(customer.id, 700)
    shopper = replace(a_shopper().with_cards(*(card.id for card in cards)), customer_id=customer.id)

    placed = place(shopper)
    open_page(placed)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)

    assert order(placed).credit_minor == 2200
    entered = session().scalars(sa.select(LedgerEntry.stripe_id).where(LedgerEntry.kind == "credit_spent"))
    assert set(entered) == {f"credit:{placed.order_id}:{each}" for each in (*(c.id for c in cards), own)}
    assert [balance(each) for each in (cards[0].id, cards[1].id, own)] == [0, 0, 0]
    assert order(placed).captured_minor == 2400


def test_store_credit_is_spent_by_its_own_customer_alone_and_only_if_it_is_wanted(inside: Flask) -> None:
    customer, other = a_customer(), a_customer()
    own = a_store_credit(customer.id, 700)
    shopper = replace(a_shopper(), customer_id=customer.id)

    paid = quoted(shopper).tender.paid.minor
    saved = quoted(replace(shopper, cart=replace(shopper.cart, saves_credit=True))).tender
    strange = quoted(replace(shopper, customer_id=other.id).with_cards(own)).tender

    assert (paid, saved.paid.minor, [each.balance.minor for each in saved.funds]) == (700, 0, [700])
    assert (strange.paid.minor, strange.funds) == (0, ())


def test_the_same_form_again_is_the_same_order_and_one_spend(inside: Flask) -> None:
    shopper, card = with_card(2000)

    first = place(shopper)
    again = place(shopper, shown_minor=2400, shown_credit=2000)

    assert again == first
    assert balance(card.id) == 0


def test_the_order_that_waits_leaves_its_credit_to_its_own_shopper(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper, card = with_card(2000)
    first = place(shopper)
    open_page(first)

    shown = quoted(shopper.with_pieces(2)).tender
    changed = place(shopper.with_pieces(2))

    assert (shown.paid.minor, shown.rest.minor) == (2000, 2800)
    assert order(first).state == OrderState.CANCELLED
    assert (order(changed).credit_minor, balance(card.id)) == (2000, 0)


def test_another_card_code_or_wish_for_the_same_amounts_is_another_order(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    a_discount("SPRING10")
    a_discount("FALL10")
    shopper, card = with_card(500)
    other = a_gift_card(500)
    spring = replace(shopper, cart=replace(shopper.cart, code="SPRING10"))

    first = place(spring)
    open_page(first)
    by_code = place(replace(spring, cart=replace(spring.cart, code="FALL10")))
    open_page(by_code)
    by_card = place(replace(spring, cart=replace(spring.cart, code="FALL10")).with_cards(other.id))

    assert len({first.order_id, by_code.order_id, by_card.order_id}) == 3
    assert {order(each).credit_minor for each in (first, by_code, by_card)} == {500}
    assert (balance(card.id), balance(other.id)) == (500, 0)
    assert [each["code"] for each in order(by_card).discounts] == ["FALL10"]


def test_what_credit_pays_is_shown_again_before_anything_else_is_paid(inside: Flask) -> None:
    shopper, card = with_card(2000)
    spend_elsewhere(card.id, 1500)

    with pytest.raises(TotalChanged) as changed:
        place(shopper, shown_minor=2400, shown_credit=2000)

    assert (changed.value.quote.total.minor, changed.value.quote.tender.rest.minor) == (2400, 1900)
    assert session().scalar(sa.select(sa.func.count(Order.id))) == 0
    assert balance(card.id) == 500


def test_a_card_closed_between_review_and_order_is_shown_again(inside: Flask) -> None:
    shopper, card = with_card(2000)
    close(card.id)

    with pytest.raises(TotalChanged) as changed:
        place(shopper, shown_minor=2400, shown_credit=2000)

    assert changed.value.quote.tender.rest.minor == 2400
    assert balance(card.id) == 2000


@pytest.mark.parametrize("how", ["spent", "closed"])
def test_what_goes_between_the_look_and_the_write_is_not_taken_and_nothing_is_written(
    inside: Flask, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    shopper, card = with_card(2000)
    reckoned = checkout.orderable

    def take_after(*args: object) -> object:
        quote = reckoned(*args)  # type: ignore[arg-type]
        values = {"balance_minor": 1999} if how == "spent" else {"closed_at": quote.policy.published_at}
        session().execute(sa.update(CreditAccount).values(**values))
        return quote

    monkeypatch.setattr(checkout, "orderable", take_after)

    with pytest.raises(CreditGone, match="no longer has this amount"):
        place(shopper)

    assert session().scalar(sa.select(sa.func.count(Order.id))) == 0
    assert balance(card.id) == 2000


def test_an_order_cancelled_unpaid_gives_its_credit_back_once(inside: Flask, sandbox: StripeStandIn) -> None:
    shopper, card = with_card(2000)
    placed = place(shopper)
    open_page(placed)

    for _twice in range(2):
        assert cancel_unpaid(placed.order_id, code="expired")

    assert balance(card.id) == 2000
    assert ledger(placed.order_id) == []


@pytest.mark.parametrize("minor", [2000, 5000])
def test_an_order_that_was_never_gone_on_with_expires_and_gives_its_credit_back(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, minor: int
) -> None:
    """A crash between the order and Stripe: nobody came back."""
    shopper, card = with_card(minor)
    placed = place(shopper)

    frozen.advance(timedelta(hours=2))
    expire_order(placed.order_id)

    assert order(placed).state == OrderState.CANCELLED
    assert balance(card.id) == minor


def test_while_stripe_is_unavailable_the_credit_stays_held_and_a_retry_goes_on(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    shopper, card = with_card(2000)
    placed = place(shopper)
    sandbox.control("answer", status=429, on="POST /v1/checkout/sessions")

    with pytest.raises(Refused):
        open_page(placed)

    assert balance(card.id) == 0
    assert place(shopper) == placed
    assert open_page(placed)


def late(sandbox: StripeStandIn, frozen: ModuleType, shopper: Shopper) -> checkout.Placed:
    """An order given up because its payment took longer than 14 days."""
    placed = place(shopper)
    open_page(placed)
    pay(sandbox, placed, later="succeeded", after=60 * 86400)
    settle_payment(placed.attempt_id)
    frozen.advance(timedelta(days=14, minutes=1))
    expire_order(placed.order_id)
    assert order(placed).state == OrderState.CANCELLED
    return placed


def test_a_late_payment_takes_its_credit_again(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType
) -> None:
    shopper, card = with_card(2000)
    placed = late(sandbox, frozen, shopper)
    assert balance(card.id) == 2000

    sandbox.control("settle", session=the_session(placed.attempt_id), outcome="succeeded")
    for _twice in range(2):
        settle_payment(placed.attempt_id)

    assert (order(placed).state, order(placed).captured_minor) == (OrderState.PAID, 2400)
    assert balance(card.id) == 0


@pytest.mark.parametrize("how", ["spent", "closed"])
def test_a_late_payment_whose_credit_is_gone_is_given_back(
    inside: Flask, sandbox: StripeStandIn, frozen: ModuleType, how: str
) -> None:
    shopper, card = with_card(2000)
    shopper = shopper.with_cards(card.id, (second := a_gift_card(100)).id)
    placed = late(sandbox, frozen, shopper)
    spend_elsewhere(card.id, 1) if how == "spent" else close(card.id)

    sandbox.control("settle", session=the_session(placed.attempt_id), outcome="succeeded")
    settle_payment(placed.attempt_id)

    assert order(placed).state == OrderState.CANCELLED
    assert [(each.amount_minor, each.reason) for each in the_refunds(placed.order_id)] == [
        (300, "late_payment")
    ]
    # Nothing of it was taken: the goods are on the shelf, and the other card has what it had.
    assert (balance(second.id), balance(card.id)) == (100, 1999 if how == "spent" else 2000)


def in_review(sandbox: StripeStandIn, *, came: int) -> tuple[checkout.Placed, Given]:
    """An order of €24.00, paid with €20.00 of a card, for the rest of which another amount came."""
    shopper, card = with_card(2000)
    placed = a_payment_in_review(sandbox, minor=came, shopper=shopper)
    assert attempt(placed.attempt_id).state == AttemptState.REVIEW
    return placed, card


def test_a_surplus_is_accepted_and_the_credit_it_was_paid_with_is_entered(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed, card = in_review(sandbox, came=900)

    for _twice in range(2):
        accept_payment(placed.attempt_id, why="A tip.", by=BY)

    assert order(placed).state == OrderState.PAID
    assert (order(placed).captured_minor, order(placed).refunded_minor, balance(card.id)) == (2900, 500, 0)


def test_a_payment_that_is_returned_gives_the_credit_back(inside: Flask, sandbox: StripeStandIn) -> None:
    placed, card = in_review(sandbox, came=100)
    with pytest.raises(Refused, match="Less came"):
        accept_payment(placed.attempt_id, why="Never mind.", by=BY)

    return_payment(placed.attempt_id, why="Too little.", by=BY)

    assert order(placed).state == OrderState.CANCELLED
    assert (order(placed).refunded_minor, balance(card.id)) == (100, 2000)


def test_credit_changes_no_total_tax_or_threshold(inside: Flask) -> None:
    shopper, _card = with_card(2000)
    without = replace(shopper, cart=replace(shopper.cart, cards=()))

    paid, plain = quoted(shopper), quoted(without)

    names = ("goods", "discount", "shipping", "net", "tax", "total", "options", "progress", "problems")
    assert all(getattr(paid, name) == getattr(plain, name) for name in names)


def test_a_discount_that_ends_is_told_beside_what_credit_pays(inside: Flask) -> None:
    discount_id = a_discount(percent=50)
    shopper, card = with_card(2000)
    shopper = replace(shopper, cart=replace(shopper.cart, code="SPRING10"))
    assert quoted(shopper).tender.paid.minor == 1200
    end_discount(discount_id, by=BY)

    with pytest.raises(TotalChanged):
        place(shopper, shown_minor=1200, shown_credit=1200)

    assert balance(card.id) == 2000


def test_a_cart_without_credit_asks_nothing_of_it(
    engine: str, inside: Flask, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    customer = a_customer()
    a_store_credit(customer.id, 700)
    shopper = a_shopper(on_hand=9)

    with count_queries() as counted:
        place(replace(shopper, customer_id=customer.id), shown_minor=2400, shown_credit=0)

    assert counted.selects == (7 if engine == "postgresql" else 6), str(counted)
    assert not any("credit_use" in each or "balance_minor" in each for each in counted.statements)


def test_a_cart_with_a_card_asks_once_and_writes_what_it_spends(
    inside: Flask, engine: str, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    shopper, _card = with_card(2000)

    with count_queries() as counted:
        place(shopper, shown_minor=2400, shown_credit=2000)

    assert counted.selects == (8 if engine == "postgresql" else 7), str(counted)
    # The balance, its entry, and what the order holds.
    assert counted.writes == 8 + 3, str(counted)


def test_an_empty_cart_spends_nothing(inside: Flask) -> None:
    shopper, card = with_card(2000)
    empty = replace(shopper, cart=replace(shopper.cart, lines=()))

    with pytest.raises(EmptyCart):
        place(empty, shown_minor=0, shown_credit=0)

    assert balance(card.id) == 2000


def test_who_signs_in_next_at_the_same_device_never_orders_with_anothers_credit(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    first, second = a_customer(), a_customer()
    theirs, own = a_store_credit(first.id, 700), a_store_credit(second.id, 700)
    shopper = a_shopper()
    before = place(replace(shopper, customer_id=first.id))

    placed = place(replace(shopper, customer_id=second.id))

    assert (order(before).state, order(before).cancel_code) == (OrderState.CANCELLED, "changed")
    assert (order(placed).customer_id, order(placed).credit_minor) == (second.id, 700)
    assert (balance(theirs), balance(own)) == (700, 0)
