"""What is said when a payment takes days, does not come, or is disputed; and what is not said to whom."""

from types import ModuleType

import pytest
from flask import Flask

from storefront import mail
from storefront.database import session, transaction
from storefront.mail.models import OutgoingMail
from storefront.orders.access import order_link
from storefront.orders.models import number_of_id
from storefront.payments.models import Dispute, DisputeState
from tests.builders import orders
from tests.builders.cart import words
from tests.builders.mail import the_newest_mail
from tests.builders.orders import a_dispute, an_order, the_attempt
from tests.client import browser


def written(kind: str, **facts: object) -> OutgoingMail:
    with transaction():
        mail.owe(kind, subject="event:1", recipient="mara@example.org", facts=facts)
    mail.send_mail(mail=the_newest_mail().id)
    return the_newest_mail()


def said(letter: OutgoingMail) -> str:
    return " ".join((letter.text or "").split())


def test_a_payment_under_way_is_answered_with_when_we_send(inside: Flask, frozen: ModuleType) -> None:
    order_id = an_order()
    orders.pay_later(order_id)

    letter = written("payment_under_way", order_id=order_id)

    assert "your payment is under way" in (letter.title or "")
    assert "We send your order when it is confirmed." in said(letter)
    assert "Until Wednesday, July 1, 2026 at the latest" in said(letter)
    assert f"/orders/{number_of_id(order_id)}?key=" in said(letter)


@pytest.mark.parametrize(
    ("code", "says", "not_said"),
    [
        ("payment_failed", "Nothing has been charged.", "If it still comes"),
        ("expired", "If it still comes, you get your goods", "Nothing has been charged."),
    ],
)
def test_a_payment_that_did_not_come_is_told_plainly(
    inside: Flask, code: str, says: str, not_said: str
) -> None:
    order_id = an_order()
    orders.pay_later(order_id)
    orders.cancel(order_id, code=code)

    letter = written("payment_failed", order_id=order_id)

    assert "did not go through" in (letter.title or "")
    assert f"So order {number_of_id(order_id)} is cancelled, and nothing will be sent." in said(letter)
    assert says in said(letter)
    assert not_said not in said(letter)


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("dispute_opened_staff", "needs_response", "takes the money back"),
        ("dispute_opened_staff", "warning_needs_response", "No money has been taken."),
        ("dispute_closed_staff", "won", "was won: the money comes back"),
        ("dispute_closed_staff", "lost", "Nothing of this order can be refunded any more."),
        ("dispute_closed_staff", "warning_closed", "No money has moved."),
    ],
)
def test_staff_are_told_how_a_dispute_stands(inside: Flask, kind: str, status: str, says: str) -> None:
    order_id = an_order(paid=True)
    dispute_id = a_dispute(order_id, status=status)

    letter = written(kind, order_id=order_id, dispute_id=dispute_id)

    assert says in said(letter)
    assert "€24.00" in said(letter)
    assert "dp_1" in said(letter)
    assert str(number_of_id(order_id)) in (letter.title or "")


def test_staff_are_told_what_the_bank_may_not_know_of_a_refund(inside: Flask) -> None:
    order_id = an_order(paid=True)
    orders.give_back(order_id, minor=900)
    dispute_id = a_dispute(order_id)

    letter = written("dispute_opened_staff", order_id=order_id, dispute_id=dispute_id)

    assert "€9.00 of this order is refunded, and the bank may not know of it." in said(letter)


def test_of_a_refund_on_its_way_the_bank_is_told_nothing(inside: Flask) -> None:
    order_id = an_order(paid=True)
    orders.approve_refund(order_id, minor=900)
    dispute_id = a_dispute(order_id)

    letter = written("dispute_opened_staff", order_id=order_id, dispute_id=dispute_id)

    assert "refunded, and the bank" not in said(letter)


def test_an_inquiry_that_was_lost_before_its_money_went_says_nothing_of_a_part(inside: Flask) -> None:
    order_id = an_order(paid=True)
    dispute_id = a_dispute(order_id, status="warning_needs_response")
    with transaction():
        session().get_one(Dispute, dispute_id).state = DisputeState.LOST

    letter = written("dispute_closed_staff", order_id=order_id, dispute_id=dispute_id)

    assert "was lost: the money stays with the cardholder." in said(letter)


def test_staff_are_told_what_comes_back_of_a_dispute_that_was_lost(inside: Flask) -> None:
    order_id = an_order(paid=True)
    dispute_id = a_dispute(order_id, status="lost", reinstated_minor=900)

    letter = written("dispute_closed_staff", order_id=order_id, dispute_id=dispute_id)

    assert "was lost in part: €9.00 comes back, the rest stays with the cardholder." in said(letter)


def test_staff_are_told_why_and_until_when_to_answer(inside: Flask, frozen: ModuleType) -> None:
    order_id = an_order(paid=True)
    dispute_id = a_dispute(order_id, status="needs_response", reason="product_not_received")

    letter = written("dispute_opened_staff", order_id=order_id, dispute_id=dispute_id)

    assert "the goods did not arrive" in said(letter)
    assert "The bank takes evidence until Wednesday, June 24, 2026." in said(letter)


def test_a_payment_that_cannot_go_back_is_explained_to_staff(inside: Flask) -> None:
    order_id = an_order()
    orders.pay_wrongly(order_id, minor=2400)
    attempt = the_attempt(order_id)
    with transaction():
        the_attempt(order_id).problem = "disputed"

    letter = written("payment_review", order_id=order_id, attempt_id=attempt.id)

    assert "It did not go back by itself, because the order is disputed" in said(letter)


@pytest.mark.parametrize("status", ["needs_response", "won", "lost"])
def test_the_order_page_says_nothing_of_a_dispute(app: Flask, status: str) -> None:
    with app.app_context():
        order_id = an_order(paid=True)
        a_dispute(order_id, status=status)
    with app.test_request_context():
        link = order_link(order_id, origin="http://localhost")

    page = browser(app).get(link, follow_redirects=True)

    assert page.status_code == 200
    assert "Paid. Thank you." in words(page)
    assert not any(word in words(page).lower() for word in ("disput", "fraud", "bank", "evidence"))
