"""Gift cards whose price goes back: so much is taken off them, or nothing happens."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.checkout.actions import Placed, settle_payment
from storefront.checkout.cancelling import cancel_order
from storefront.credit.actions import Said, send_anew
from storefront.credit.models import CreditAccount, CreditCause
from storefront.credit.steps import Why, pay_in, take_out
from storefront.database import release, session, transaction
from storefront.errors import Refused
from storefront.money import Money
from storefront.orders.models import OrderLine
from storefront.orders.steps import lock_order, mark_cancelled
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import approve_refund, refund_order, retry_as_credit, retry_refund
from storefront.refunds.excess import accept_excess, take_excess_back
from storefront.refunds.reckoning import Wanted
from storefront.reports.prove import prove
from storefront.webhooks.actions import reconcile
from tests.books import changed_tables, whole_database
from tests.builders.cart import a_cart, a_policy
from tests.builders.catalogue import a_gift_card_product, a_variant
from tests.builders.orders import the_refunds
from tests.builders.payments import Shopper, a_draft, open_page, order, pay, place, refund, the_intent
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


def ask_back(placed: Placed, pieces: int, *, minor: int | None = None, key: str = "0" * 32) -> str:
    mine = sa.select(OrderLine.id).where(OrderLine.order_id == placed.order_id, OrderLine.is_gift_card)
    line_id = session().scalars(mine).one()
    release()
    amount = None if minor is None else Money(minor, "EUR")
    wanted = Wanted(pieces={line_id: pieces} if pieces else {}, amount=amount)
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

    with pytest.raises(Refused, match="goes back the way it came"):
        retry_as_credit(late.id, by=STAFF)
    again = retry_refund(late.id, by=STAFF)
    send_refund(again)

    assert refund(again).state == "settled"
    assert cards() == []
    assert prove() == []


def test_an_amount_by_hand_is_taken_off_the_cards_that_the_order_sold(sold: Placed) -> None:
    ask_back(sold, 0, minor=3000)

    assert cards() == [(0, True), (2000, False)]


def test_a_piece_for_less_takes_no_more_than_goes_back_off_its_card(sold: Placed) -> None:
    ask_back(sold, 1, minor=2000)

    assert cards() == [(500, False), (2500, False)]


def test_amounts_and_pieces_together_take_what_goes_back_and_no_more(sold: Placed) -> None:
    ask_back(sold, 0, minor=2000)
    ask_back(sold, 1, key="1" * 32)
    assert sum(balance for balance, _closed in cards()) == 500

    ask_back(sold, 0, minor=500, key="2" * 32)

    assert cards() == [(0, True), (0, True)]


def test_an_amount_of_which_the_cards_have_been_spent_is_refused(sold: Placed) -> None:
    spend(1, 2500)
    spend(2, 500)
    before = whole_database()

    with pytest.raises(Refused, match="was spent"):
        ask_back(sold, 0, minor=2001)

    assert changed_tables(before, whole_database()) == {}
    ask_back(sold, 0, minor=2000)
    assert cards() == [(0, False), (0, True)]


@pytest.fixture
def beside_a_scarf(inside: Flask, sandbox: StripeStandIn) -> Placed:
    """A paid order of a card at 25.00 and a scarf at 24.00."""
    a_policy()
    (card,) = a_gift_card_product(2500)
    scarf = a_variant(price_minor=2400, on_hand=3)
    placed = place(Shopper(a_draft(), a_cart((card.id, 1), (scarf.id, 1))))
    open_page(placed)
    pay(sandbox, placed)
    settle_payment(placed.attempt_id)
    return placed


def the_scarf(placed: Placed, *, key: str) -> str:
    mine = sa.select(OrderLine.id).where(OrderLine.order_id == placed.order_id, ~OrderLine.is_gift_card)
    line_id = session().scalars(mine).one()
    release()
    wanted = Wanted(pieces={line_id: 1})
    return refund_order(placed.order_id, wanted, reason="goodwill", note="", form_key=key, by=STAFF)


def test_an_amount_by_hand_is_for_the_other_goods_as_long_as_it_can_be(beside_a_scarf: Placed) -> None:
    ask_back(beside_a_scarf, 0, minor=2400)
    assert cards() == [(2500, False)]

    the_scarf(beside_a_scarf, key="1" * 32)

    assert cards() == [(100, False)]


def test_a_card_whose_code_was_sent_anew_gives_its_rest_and_no_more(sold: Placed) -> None:
    ask_back(sold, 1, minor=2000)
    mine = sa.select(CreditAccount.id).where(CreditAccount.piece == 1)
    account_id = session().scalars(mine).one()
    release()
    send_anew(account_id, to="mara@example.org", said=Said("Lost.", "3" * 32), by=STAFF)

    ask_back(sold, 1, key="1" * 32)

    open_ones = sa.select(CreditAccount.balance_minor).where(CreditAccount.closed_at.is_(None))
    assert list(session().scalars(open_ones)) == [500]


def in_the_dashboard(sandbox: StripeStandIn, placed: Placed, minor: int) -> list[str]:
    sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=minor)
    release()
    return reconcile().problems


def test_a_dashboard_refund_is_taken_off_the_cards(sold: Placed, sandbox: StripeStandIn) -> None:
    assert in_the_dashboard(sandbox, sold, 3000) == []

    assert cards() == [(0, True), (2000, False)]
    assert prove() == []


def test_a_dashboard_refund_of_cards_that_were_spent_is_named_until_somebody_has_seen_to_it(
    sold: Placed, sandbox: StripeStandIn
) -> None:
    spend(1, 2500)

    (problem,) = in_the_dashboard(sandbox, sold, 5000)

    assert "€25.00 went back at Stripe for gift cards of which it is spent" in problem
    assert cards() == [(0, False), (0, True)]
    (refund_id,) = (each.id for each in the_refunds(sold.order_id))
    release()
    before = whole_database()
    assert reconcile().total == 0
    assert changed_tables(before, whole_database()) == {}
    accept_excess(refund_id, why="It was spent here.", by=STAFF)
    assert prove() == reconcile().problems == []


def test_what_is_on_the_cards_again_is_taken_off_them_afterwards(
    sold: Placed, sandbox: StripeStandIn
) -> None:
    spend(1, 2500)
    in_the_dashboard(sandbox, sold, 5000)
    mine = sa.select(CreditAccount.id).where(CreditAccount.piece == 1)
    account_id = session().scalars(mine).one()
    (refund_id,) = (each.id for each in the_refunds(sold.order_id))
    release()
    with transaction():
        pay_in(account_id, Money(2500, "EUR"), Why(CreditCause.ADJUSTED))

    take_excess_back(refund_id, why="It came back.", by=STAFF)

    assert cards() == [(0, False), (0, True)]
    assert prove() == reconcile().problems == []


def test_what_was_spent_is_named_once_however_often_somebody_refunds_at_stripe(
    beside_a_scarf: Placed, sandbox: StripeStandIn
) -> None:
    spend(1, 2500)
    in_the_dashboard(sandbox, beside_a_scarf, 4000)

    in_the_dashboard(sandbox, beside_a_scarf, 900)

    assert [each.spent_minor for each in the_refunds(beside_a_scarf.order_id)] == [1600, 900]
