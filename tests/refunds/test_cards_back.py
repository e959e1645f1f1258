"""Gift cards whose price goes back: taken back whole, or nothing happens."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed, settle_payment
from storefront.checkout.cancelling import cancel_order
from storefront.credit.models import CreditAccount, CreditCause
from storefront.credit.steps import Why, take_out
from storefront.database import release, session, transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.models import OrderLine
from storefront.orders.steps import lock_order, mark_cancelled
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import approve_refund, refund_order, retry_refund
from storefront.refunds.reckoning import Wanted
from storefront.reports.prove import prove
from tests.books import changed_tables, whole_database
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_gift_card_product
from tests.builders.orders import the_refunds
from tests.builders.payments import Shopper, a_draft, open_page, order, pay, place, refund
from tests.servers.stripe import StripeStandIn

STAFF = ("staff", "1")


@pytest.fixture
def sold(inside: Flask, sandbox: StripeStandIn) -> Placed:
    """A paid order of two cards at 25.00."""
    return two_cards(sandbox)


def two_cards(sandbox: StripeStandIn) -> Placed:
    """The same in another shop than `inside`."""
    a_policy()
    (card,) = a_gift_card_product(2500)
    placed = place(Shopper(a_draft(), a_cart((card.id, 2)), "none"))
    open_page(placed)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    return placed


def cards() -> list[tuple[int, bool]]:
    """What is on each card, and whether it is closed."""
    found = sa.select(CreditAccount).order_by(CreditAccount.piece)
    rows = list(session().scalars(found, execution_options={"populate_existing": True}))
    release()
    return [(each.balance_minor, each.closed_at is not None) for each in rows]


def ask_back(placed: Placed, pieces: int, *, key: str = "0" * 32) -> str:
    line_id = session().scalars(sa.select(OrderLine.id).where(OrderLine.order_id == placed.order_id)).one()
    release()
    wanted = Wanted(pieces={line_id: pieces})
    return refund_order(placed.order_id, wanted, reason="goodwill", note="", form_key=key, by=STAFF)


def spend(piece: int, minor: int) -> None:
    mine = sa.select(CreditAccount.id).where(CreditAccount.piece == piece)
    account_id = session().scalars(mine).one()
    release()
    with transaction():
        assert take_out(account_id, Money(minor, "EUR"), Why(CreditCause.ADJUSTED))


def test_a_card_whose_price_goes_back_is_taken_back_and_closed(sold: Placed) -> None:
    send_refund(ask_back(sold, 1))

    assert cards() == [(0, True), (2500, False)]
    assert prove() == []


def test_a_form_sent_again_takes_one_card_back(sold: Placed) -> None:
    for _twice in range(2):
        send_refund(ask_back(sold, 1))

    assert cards() == [(0, True), (2500, False)]


def test_the_unspent_one_of_two_is_taken_back(sold: Placed) -> None:
    spend(1, 1)

    ask_back(sold, 1)

    assert cards() == [(2499, False), (0, True)]


def test_a_card_of_which_somebody_spent_refuses_and_changes_nothing(sold: Placed) -> None:
    spend(2, 1)
    before = whole_database()

    with pytest.raises(Refused, match="was spent"):
        ask_back(sold, 2)

    assert changed_tables(before, whole_database()) == {}


def test_an_order_that_is_cancelled_gives_all_its_cards_back(sold: Placed) -> None:
    cancel_order(sold.order_id, by=STAFF)

    assert cards() == [(0, True), (0, True)]
    assert prove() == []


def test_an_order_whose_card_was_spent_is_not_cancelled(sold: Placed) -> None:
    spend(1, 2500)

    with pytest.raises(Refused, match="was spent"):
        cancel_order(sold.order_id, by=STAFF)

    assert order(sold).is_paid
    assert cards() == [(0, False), (2500, False)]


def test_a_failed_refund_that_is_tried_again_takes_no_further_card(
    sold: Placed, sandbox: StripeStandIn
) -> None:
    refund_id = ask_back(sold, 1)
    sandbox.control("refunds", status="failed")
    send_refund(refund_id)

    again = retry_refund(refund_id, by=STAFF)
    send_refund(again)

    assert refund(again).state == "settled"
    assert cards() == [(0, True), (2500, False)]
    assert prove() == []


def test_cards_wait_closed_for_the_second_person_who_lets_their_price_go(
    make_app: Callable[..., Flask], sandbox: StripeStandIn
) -> None:
    shop = make_app(refund_alone_up_to="10", **sandbox.settings)
    with shop.app_context():
        placed = two_cards(sandbox)

        cancel_order(placed.order_id, by=STAFF)

        assert cards() == [(0, True), (0, True)]
        (waiting,) = the_refunds(placed.order_id)
        approve_refund(waiting.id, by=("staff", "2"))
        send_refund(waiting.id)
        assert refund(waiting.id).state == "settled"
        assert prove() == []


@pytest.mark.usefixtures("inside")
def test_money_that_came_too_late_for_cards_goes_back_however_often_it_is_tried(
    sandbox: StripeStandIn,
) -> None:
    a_policy()
    (card,) = a_gift_card_product(2500)
    placed = place(Shopper(a_draft(), a_cart((card.id, 1)), "none"))
    open_page(placed)
    pay(sandbox, placed)
    with transaction():
        current = lock_order(placed.order_id)
        mark_cancelled(current, code="customer_asked")
    settle_payment(placed.attempt_id)
    (late,) = the_refunds(placed.order_id)
    sandbox.control("refunds", status="failed")
    send_refund(late.id)

    again = retry_refund(late.id, by=STAFF)
    send_refund(again)

    assert refund(again).state == "settled"
    assert cards() == []
    assert prove() == []
