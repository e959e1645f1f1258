"""The proof sees it where credit, or what returns took back, is not what the books say."""

import pytest
from flask import Flask

from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import refund_order
from storefront.refunds.reckoning import Wanted
from storefront.reports.credit_parts import (
    balances_are_their_entries,
    cards_are_what_was_sold,
    credit_is_what_orders_say,
)
from storefront.reports.prove import prove
from storefront.reports.return_parts import (
    goods_came_back_as_returns_say,
    pieces_are_asked_back_as_returns_say,
)
from tests.books import beside_the_triggers
from tests.builders.orders import an_order_of_gift_cards, the_order
from tests.builders.refunds import a_paid_basket
from tests.builders.returns import a_return, all_came, delivered
from tests.builders.tenders import an_order_paid_by
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def paid(inside: Flask, sandbox: StripeStandIn) -> None:
    """An order of 24.00, of which a card paid 10.00, and 20.00 of it went back."""
    order = an_order_paid_by(sandbox, 1000)
    amount = the_order(order.order_id).total.share(5, 6)
    wanted = Wanted(amount=amount)
    send_refund(
        refund_order(order.order_id, wanted, reason="goodwill", note="", form_key="0" * 32, by=("staff", 1))
    )
    assert prove() == []


@pytest.fixture
def returned(inside: Flask, sandbox: StripeStandIn) -> None:
    """An order of which a piece came back and went on the shelf."""
    placed = a_paid_basket(sandbox, (2400, 3))
    delivered(placed.order_id)
    all_came(a_return(placed.order_id, 1))
    assert prove() == []


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE credit_account SET balance_minor = balance_minor + 1", "Credit "),
        ("DELETE FROM credit_entry WHERE cause = 'refunded'", "Credit "),
    ],
)
def test_a_balance_that_is_not_its_entries_is_found(change: str, said: str) -> None:
    beside_the_triggers(change)

    assert [each[: len(said)] for each in balances_are_their_entries()] == [said]


@pytest.mark.usefixtures("paid")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE credit_use SET amount_minor = 999", "holds 999 of credit"),
        ("UPDATE orders SET credit_minor = 999", "is paid by credit of 999"),
        ("DELETE FROM ledger_entry WHERE kind = 'credit_spent'", "its ledger says 0"),
        ("DELETE FROM credit_entry WHERE cause = 'refunded'", "its accounts got 0"),
        ("DELETE FROM ledger_entry WHERE kind = 'credit_given'", "gave 0 back as credit"),
    ],
)
def test_credit_that_is_not_what_its_order_says_is_found(change: str, said: str) -> None:
    beside_the_triggers(change)

    assert said in " ".join(credit_is_what_orders_say())


@pytest.mark.usefixtures("returned")
def test_goods_that_a_return_did_not_bring_are_found() -> None:
    beside_the_triggers("UPDATE return_line SET restocked = 0")

    (said,) = goods_came_back_as_returns_say()
    assert said.startswith("Return R1 puts 0 of variant")


@pytest.mark.usefixtures("returned")
def test_pieces_that_no_return_asks_back_are_found() -> None:
    beside_the_triggers("UPDATE order_line SET asked_back = 2")

    (said,) = pieces_are_asked_back_as_returns_say()
    assert "has 2 pieces of line" in said


def test_cards_that_are_not_what_was_sold_are_found(inside: Flask, sandbox: StripeStandIn) -> None:
    an_order_of_gift_cards(2500, 1000)
    assert list(cards_are_what_was_sold()) == []

    beside_the_triggers("UPDATE credit_entry SET amount_minor = amount_minor + 1 WHERE amount_minor = 1000")

    assert "sold gift cards of 3500, but 3501 was put" in " ".join(cards_are_what_was_sold())
