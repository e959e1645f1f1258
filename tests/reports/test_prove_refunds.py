"""The proof of refunds: silent while parts and shelves are right, and naming every difference that is planted."""

import pytest
from flask import Flask

from storefront.refunds.actions import send_refund
from storefront.reports.prove import prove
from tests.books import beside_the_triggers
from tests.builders.refunds import a_paid_basket, ask_back, some_pieces
from tests.servers.stripe import StripeStandIn


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (
            ["UPDATE refund_line SET amount_minor = 1001"],
            "Refund {refund} is of 1000, but its parts add up to 1001.",
        ),
        (
            ["UPDATE refund_line SET quantity = 4"],
            "Order 1001 has 3 pieces on line 1, but 4 are refunded.",
        ),
        (
            ["UPDATE refund_line SET restocked = 0"],
            "Refund {refund} puts 0 of variant 1 into stock, but 1 came.",
        ),
        (
            [
                "UPDATE variant SET on_hand = on_hand - 1",
                "DELETE FROM stock_movement WHERE cause = 'restock'",
            ],
            "Refund {refund} puts 1 of variant 1 into stock, but 0 came.",
        ),
    ],
)
def test_a_part_that_is_not_what_happened_is_named(
    inside: Flask, sandbox: StripeStandIn, statements: list[str], sentence: str
) -> None:
    placed = a_paid_basket(sandbox, (1000, 3))
    refund_id = ask_back(placed, some_pieces(placed, 1, restock=True))
    send_refund(refund_id)
    assert prove() == []

    beside_the_triggers(*statements)

    assert sentence.format(refund=refund_id) in prove()
