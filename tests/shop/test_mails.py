"""What the mails about orders say, and that one is owed for each event."""

from collections.abc import Callable

import pytest
from flask import Flask

from storefront import jobs, mail
from storefront.database import session, transaction
from storefront.mail.models import MailState, OutgoingMail
from storefront.orders.models import number_of_id
from tests.builders import orders
from tests.builders.mail import the_newest_mail
from tests.builders.orders import an_order, the_attempt
from tests.client import browser
from tests.servers.smtp import SmtpServer


def _written(kind: str, **facts: object) -> OutgoingMail:
    with transaction():
        mail.owe(kind, subject="event:1", recipient="mara@example.org", facts=facts)
    mail.send_mail(mail=the_newest_mail().id)
    return the_newest_mail()


def test_a_paid_order_is_confirmed_with_its_terms_over_smtp(
    make_app: Callable[..., Flask], smtp: SmtpServer
) -> None:
    app = make_app(smtp_url=smtp.url, shop_name="Cap & Kettle")
    with app.app_context():
        order_id = an_order(paid=True, pieces=2)

    jobs.drain(app)

    (sent,) = smtp.messages
    number = number_of_id(order_id)
    assert (sent["To"], sent["Subject"]) == ("mara@example.org", f"Your order {number} is paid")
    for kind in ("plain", "html"):
        body = sent.get_body((kind,))
        assert body is not None
        said = body.get_content()
        for each in ("Lion’s mane kit", "€48.00", "Invoice 2026-00001", "60 days money back", "Gartenweg 8"):
            assert each in said, (kind, each)
        assert f"http://localhost/orders/{number}?key=" in said


def test_the_link_in_the_mail_opens_the_order(app: Flask) -> None:
    with app.app_context():
        order_id = an_order(paid=True)
    jobs.drain(app)
    with app.app_context():
        text = the_newest_mail().text or ""

    link = next(word for word in text.split() if "?key=" in word)

    assert browser(app).get(link, follow_redirects=True).status_code == 200
    assert f"/orders/{number_of_id(order_id)}?" in link


def test_an_order_is_confirmed_once(app: Flask) -> None:
    with app.app_context():
        an_order(paid=True)
    jobs.drain(app)
    jobs.drain(app)

    with app.app_context():
        kinds = list(session().scalars(OutgoingMail.__table__.select().with_only_columns(OutgoingMail.kind)))
    assert kinds == ["order_confirmation"]


def test_a_confirmation_never_shows_a_script(app: Flask) -> None:
    with app.app_context():
        an_order(paid=True, title="<script>alert(1)</script>\r\nBcc: all@example.org")
    jobs.drain(app)

    with app.app_context():
        confirmation = the_newest_mail()
    assert confirmation.state == MailState.KEPT
    assert "<script>" not in (confirmation.html or "")
    assert "\n" not in (confirmation.title or "\n")


def test_a_mail_carries_its_styles_itself(app: Flask) -> None:
    with app.app_context():
        an_order(paid=True)
    jobs.drain(app)

    with app.app_context():
        html = the_newest_mail().html or ""
    assert "<link" not in html
    assert 'style="' in html


def test_amounts_are_written_as_the_shops_language_writes_them(make_app: Callable[..., Flask]) -> None:
    app = make_app(locale="de")
    with app.app_context():
        an_order(paid=True)
    jobs.drain(app)

    with app.app_context():
        assert "24,00\xa0€" in (the_newest_mail().text or "")


def test_a_late_payment_is_explained_to_the_shopper(inside: Flask) -> None:
    order_id = an_order()
    orders.pay_too_late(order_id)

    said = _written("late_payment_refunded", order_id=order_id).text or ""

    assert "came too late" in said
    assert "We refund it in full" in said


def test_a_second_payment_is_explained_to_the_shopper(inside: Flask) -> None:
    order_id = an_order(paid=True)

    said = _written("late_payment_refunded", order_id=order_id).text or ""

    assert "a second payment" in said


@pytest.mark.parametrize(
    ("kind", "says"),
    [("payment_review", "What differs: the amount."), ("late_payment_staff", "goes back in full by itself")],
)
def test_staff_are_told_what_happened_and_where(inside: Flask, kind: str, says: str) -> None:
    order_id = an_order()
    orders.pay_wrongly(order_id, minor=2300)
    attempt = the_attempt(order_id)

    written = _written(kind, order_id=order_id, attempt_id=attempt.id)

    said = " ".join((written.text or "").split())
    assert says in said
    assert f"pi_{attempt.id}" in said
    assert str(number_of_id(order_id)) in (written.title or "")


def test_staff_are_told_of_a_refund_that_failed(inside: Flask) -> None:
    order_id = an_order()
    orders.pay_too_late(order_id)
    refund_id = orders.the_refunds(order_id)[0].id

    written = _written("refund_failed_staff", order_id=order_id, refund_id=refund_id)

    assert "A refund of €24.00 did not go through" in (written.text or "")
