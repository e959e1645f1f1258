"""The ledger's entries: once per object at Stripe and kind, whoever enters them."""

from flask import Flask

from storefront.database import transaction
from storefront.money import Money
from storefront.orders.steps import lock_order, record_capture
from tests.books import ledger
from tests.builders.orders import an_order, the_order


def capture(order_id: int, amount: Money, intent: str) -> bool:
    with transaction():
        return record_capture(lock_order(order_id), amount=amount, payment_intent_id=intent)


def test_a_payment_entered_twice_counts_once(inside: Flask) -> None:
    order_id = an_order()

    entered = [capture(order_id, Money(2400, "EUR"), "pi_1") for _ in range(2)]

    assert entered == [True, False]
    assert ledger(order_id) == [("capture", 2400)]
    assert the_order(order_id).captured_minor == 2400


def test_two_payments_count_both(inside: Flask) -> None:
    order_id = an_order()

    for intent in ("pi_1", "pi_2"):
        capture(order_id, Money(2400, "EUR"), intent)

    assert the_order(order_id).captured_minor == 4800


def test_money_of_another_currency_is_entered_and_does_not_count(inside: Flask) -> None:
    order_id = an_order()

    capture(order_id, Money(2400, "USD"), "pi_1")

    assert ledger(order_id) == [("capture", 2400)]
    assert the_order(order_id).captured_minor == 0
