"""What customers are told when money goes back: how much, why, and by which document."""

from flask import Flask

from storefront import mail
from storefront.checkout.payment_review import accept_payment, return_payment
from storefront.database import session
from storefront.mail.models import OutgoingMail
from storefront.refunds.actions import send_refund
from tests.builders.orders import the_refunds
from tests.builders.refunds import INES, a_paid_basket, a_payment_in_review, ask_back, some_pieces
from tests.servers.stripe import StripeStandIn


def the_mail(kind: str) -> OutgoingMail:
    """The one mail of that kind, sent."""
    (owed,) = session().query(OutgoingMail).filter_by(kind=kind).all()
    mail_id = owed.id
    session().rollback()
    mail.send_mail(mail=mail_id)
    return session().get_one(OutgoingMail, mail_id, populate_existing=True)


def said(letter: OutgoingMail) -> str:
    return " ".join((letter.text or "").split())


def test_a_refund_is_told_with_its_amount_and_credit_note(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (585, 3))
    send_refund(ask_back(placed, some_pieces(placed, 3), note="Nobody else reads this."))

    letter = the_mail("refund_paid")

    assert "We have paid €17.55 of your order 1001 back, the way it came." in said(letter)
    assert "Credit note: C" in said(letter)
    assert "Nobody else" not in said(letter) + (letter.html or "")


def test_a_surplus_is_told_as_such_and_has_no_credit_note(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_payment_in_review(sandbox, minor=3000)
    accept_payment(placed.attempt_id, why="It is a tip.", by=INES)
    send_refund(the_refunds(placed.order_id)[0].id)

    letter = the_mail("refund_paid")

    assert "We have paid €6.00" in said(letter)
    assert "this is what was too much" in said(letter)
    assert "Credit note" not in said(letter)


def test_a_payment_that_was_not_accepted_is_told_with_both_amounts(
    inside: Flask, sandbox: StripeStandIn
) -> None:
    placed = a_payment_in_review(sandbox, minor=100)
    return_payment(placed.attempt_id, why="Nobody knows.", by=INES)

    letter = the_mail("payment_returned")

    assert "For order 1001, €1.00 came and €24.00 was asked." in said(letter)
    assert "We refund all of it" in said(letter)
    assert "The order is cancelled." in said(letter)
    assert "Nobody knows" not in said(letter)
