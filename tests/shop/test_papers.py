"""Invoices and credit notes as the shopper reads them: for whom the order is open, and for nobody else."""

import re
from html import unescape

import pytest
from flask import Flask

from storefront.money import Money
from storefront.orders.access import order_link
from storefront.orders.models import number_of_id
from storefront.orders.owners import attach_orders
from storefront.orders.queries import order_record
from storefront.orders.tenders import Way
from storefront.refunds.actions import send_refund
from storefront.shop.papers import paper_of
from storefront.webhooks.actions import reconcile
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import words
from tests.builders.orders import an_order
from tests.builders.payments import a_paid_order, a_refund, the_intent
from tests.builders.refunds import a_paid_basket, ask_back, some_pieces
from tests.client import ShopClient, browser
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def papers(app: Flask, client: ShopClient, sandbox: StripeStandIn) -> list[str]:
    """The addresses of invoice and credit note on the page of an order, which its signed link opens."""
    with app.app_context():
        placed = a_paid_order(sandbox)
        send_refund(a_refund(placed, minor=1190))
    with app.test_request_context():
        link = order_link(placed.order_id)
    text = client.get(link, follow_redirects=True).text
    return [unescape(each) for each in re.findall(r'href="([^"]+/documents/[^"]+)"', text)]


def test_the_signed_link_opens_invoice_and_credit_note(client: ShopClient, papers: list[str]) -> None:
    invoice, credit_note = (client.get(each) for each in papers)

    assert "Invoice 2026-00001" in words(invoice)
    assert "Credit note C2026-00001" in words(credit_note)
    for page in (invoice, credit_note):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.text.count("<h1") == 1
        assert '<article class="paper">' in page.text


def test_nobody_else_finds_them(app: Flask, papers: list[str]) -> None:
    with app.app_context():
        stranger = a_customer(email="stranger@example.org")
    others = [browser(app), signed_in(app, stranger)]

    assert {other.get(each).status_code for other in others for each in papers} == {404}


def test_an_account_opens_those_of_its_own_orders(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        owner = a_customer(email="mara@example.org")
        order_id = a_paid_order(sandbox).order_id
        attach_orders(owner.id)
    theirs = signed_in(app, owner)
    page = theirs.get(f"/orders/{number_of_id(order_id)}").text
    (invoice,) = re.findall(r'href="([^"]+/documents/[^"]+)"', page)

    assert theirs.get(invoice).status_code == 200


def test_a_paper_is_not_found_at_another_order(app: Flask, client: ShopClient, papers: list[str]) -> None:
    with app.app_context():
        other = an_order(paid=True, cart_id="cart-9")
    with app.test_request_context():
        client.get(order_link(other))

    moved = re.sub(r"/orders/\d+/", f"/orders/{number_of_id(other)}/", papers[0])

    assert client.get(moved).status_code == 404
    assert client.get(re.sub(r"\d+$", str(2**63), papers[0])).status_code == 404


def test_a_refund_leads_staff_to_its_credit_note(app: Flask, papers: list[str]) -> None:
    with app.app_context():
        person = a_staff_member(role="owner")
    desk = signed_in(app, person)

    page = desk.get("/staff/orders/1001/refunds")
    (link,) = re.findall(r'href="([^"]+/documents/[^"]+)"', page.text)

    assert "Credit note C2026-00001" in words(desk.get(link))


@pytest.mark.parametrize(
    ("at_stripe", "rows"),
    [
        (8000, [("Good 1", 5000), ("Credited before", -2500)]),
        (5100, [("Good 1", 5000), ("Shipping", 400)]),
        (5300, [("Good 1", 5000), ("Shipping", 200)]),
        (4000, [("Good 1", 5000), ("Shipping", 500), ("Given back of the order", 100)]),
    ],
)
def test_a_credit_note_names_what_another_had_credited_before(
    inside: Flask, sandbox: StripeStandIn, at_stripe: int, rows: list[tuple[str, int]]
) -> None:
    """Of 105.00, goods of 50.00 and shipping of 5.00 become credit after so much went back at Stripe."""
    placed = a_paid_basket(sandbox, (5000, 2), shipping_minor=500)
    extra = Money(100, "EUR") if at_stripe == 4000 else Money.zero("EUR")
    wanted = some_pieces(
        placed, 1, shipping=Money(500, "EUR"), amount=Money(5500, "EUR") + extra, way=Way.CREDIT
    )
    ours = ask_back(placed, wanted)
    sandbox.control("refund", payment_intent=the_intent(placed.attempt_id), amount=at_stripe)
    reconcile()

    send_refund(ours)

    record = order_record(placed.order_id)
    paper = paper_of(record, record.documents[-1])
    assert [(row.title, row.total.minor) for row in paper.rows if row.total] == rows
    assert paper.total == Money(sum(minor for _title, minor in rows), "EUR")
    assert [(row.total, row.net + row.tax) for row in paper.taxes] == [(paper.total, paper.total)]
