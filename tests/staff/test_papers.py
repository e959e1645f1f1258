"""Slips, invoices and credit notes as they print: the numbers they have, tax by rate, one sheet each."""

import re

import pytest
from flask import Flask

from storefront.money import Money
from storefront.orders.queries import order_record
from storefront.refunds.actions import send_refund
from storefront.refunds.deciding import refund_order
from storefront.refunds.reckoning import Wanted
from storefront.shop.papers import credit_note, invoice, packing_slip, taxes_of
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import words
from tests.builders.orders import LEIPZIG, an_order
from tests.builders.payments import a_paid_order, a_refund
from tests.builders.refunds import a_paid_basket, line_ids
from tests.builders.shipments import BY, a_shipment
from tests.client import ShopClient
from tests.counting import Counting
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def desk(app: Flask) -> ShopClient:
    """Somebody who reads orders."""
    with app.app_context():
        iris = a_staff_member(role="orders").id
    return signed_in(app, iris)


def test_an_invoice_has_its_number_its_addresses_and_its_tax(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        order_id = an_order(paid=True, pieces=2)
        document = order_record(order_id).documents[0].id

    said = words(desk.get(f"/staff/orders/{1000 + order_id}/documents/{document}"))

    for each in (
        "Invoice 2026-00001",
        "Bill to",
        "Mara Lindt",
        "€48.00",
        "19%",
        "€40.34",
        "€7.66",
        f"{1000 + order_id}",
    ):
        assert each in said, each


def test_taxes_add_up_to_the_total_with_shipping(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (999, 3), (1, 1), (2400, 1), shipping_minor=495)
    record = order_record(placed.order_id)

    rows = taxes_of(record)

    order = record.order
    assert sum(row.total.minor for row in rows) == order.total_minor
    assert sum(row.tax.minor for row in rows) == order.tax_minor
    assert invoice(record, record.documents[0]).total == order.total


def test_a_credit_note_says_what_went_back(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_basket(sandbox, (1000, 2), (500, 1))
    first = line_ids(placed)[0]
    refund_id = refund_order(
        placed.order_id, Wanted(pieces={first: 1}), reason="damaged", note="", form_key="1" * 32, by=BY
    )
    send_refund(refund_id)
    record = order_record(placed.order_id)

    paper = credit_note(record, record.documents[-1])

    assert paper.title.startswith("Credit note C2026-")
    assert [(row.title, row.quantity, row.total) for row in paper.rows] == [("Good 1", 1, Money(1000, "EUR"))]
    assert [row.total for row in paper.taxes] == [Money(1000, "EUR")]
    assert dict(paper.facts)["For invoice"] == "2026-00001"


def test_a_credit_note_by_amount_shares_its_tax(inside: Flask, sandbox: StripeStandIn) -> None:
    placed = a_paid_order(sandbox)
    send_refund(a_refund(placed, minor=1190))
    record = order_record(placed.order_id)

    paper = credit_note(record, record.documents[-1])

    assert [(row.net.minor, row.tax.minor) for row in paper.taxes] == [(1000, 190)]
    assert sum(row.total.minor for row in paper.rows if row.total) == 1190


def test_a_slip_names_what_is_left_and_no_price(inside: Flask) -> None:
    order_id = an_order(paid=True, pieces=3)
    a_shipment(order_id, pieces=1)

    left = packing_slip(order_record(order_id))
    a_shipment(order_id)
    all_of_it = packing_slip(order_record(order_id))

    assert [row.quantity for row in left.rows] == [2]
    assert [row.quantity for row in all_of_it.rows] == [3]
    assert (left.total, left.taxes) == (None, ())


def test_many_print_one_sheet_each(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        numbers = [1000 + an_order(paid=True, cart_id=f"cart-{n}") for n in range(3)]
        unpaid = 1000 + an_order(cart_id="cart-9")

    slips = desk.get("/staff/packing-slips", query_string={"n": [*numbers, numbers[0]]})
    invoices = desk.get("/staff/invoices", query_string={"n": [*numbers, unpaid]})

    assert slips.text.count('<article class="paper">') == 3
    assert invoices.text.count('<article class="paper">') == 3
    assert "€" not in slips.text.split("<main")[1]


def test_more_papers_take_no_more_statements(app: Flask, desk: ShopClient, count_queries: Counting) -> None:
    with app.app_context():
        numbers = [1000 + an_order(paid=True, cart_id=f"cart-{n}") for n in range(5)]
        a_shipment(numbers[0] - 1000)

    asked = {}
    for page in ("packing-slips", "invoices"):
        for few in (1, 5):
            with count_queries() as counted:
                assert desk.get(f"/staff/{page}", query_string={"n": numbers[:few]}).status_code == 200
            asked[page, few] = counted.selects

    assert asked["packing-slips", 1] == asked["packing-slips", 5]
    assert asked["invoices", 1] == asked["invoices", 5]


def test_papers_come_in_the_order_they_were_asked_for(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        numbers = [1000 + an_order(paid=True, cart_id=f"cart-{n}", title=f"Good {n}") for n in range(3)]

    text = desk.get("/staff/packing-slips", query_string={"n": numbers[::-1]}).text

    assert [f"Good {n}" for n in (2, 1, 0)] == re.findall(r'<th scope="row">(Good \d)', text)


@pytest.mark.parametrize(
    "query", ["", "?n=", "?n=x", "?n=99999", "?n=-1", "?n=9223372036854775808", "?n=1.5"]
)
def test_nonsense_prints_nothing(desk: ShopClient, query: str) -> None:
    assert desk.get(f"/staff/packing-slips{query}").status_code == 404


def test_a_document_of_another_order_is_not_found_at_this_one(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        first, second = an_order(paid=True), an_order(paid=True, cart_id="cart-2")
        document = order_record(second).documents[0].id

    assert desk.get(f"/staff/orders/{1000 + first}/documents/{document}").status_code == 404


def test_a_script_in_a_name_prints_as_a_name(app: Flask, desk: ShopClient) -> None:
    with app.app_context():
        name = "<script>alert(1)</script>"
        order_id = an_order(paid=True, title=name, delivery={**LEIPZIG, "name": name})

    page = desk.get("/staff/packing-slips", query_string={"n": 1000 + order_id})

    assert "<script>alert" not in page.text
    assert words(page).count(name) == 2
