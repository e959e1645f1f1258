"""The pages on which staff see withdrawals, with their dates, and decide about them."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from storefront.database import release, session
from storefront.orders.models import number_of_id
from storefront.refunds.returns import ReturnRequest
from storefront.refunds.withdrawal_records import withdrawal_record
from storefront.refunds.withdrawing import Statement, declare_withdrawal
from tests.books import changed_tables, whole_database
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.refunds import a_paid_basket
from tests.builders.returns import delivered
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn


class Desk:
    """A shop with a delivered order and a statement about it, or about nothing that is known."""

    def __init__(self, app: Flask, sandbox: StripeStandIn, *, number: str = "") -> None:
        self.app = app
        with app.app_context():
            placed = a_paid_basket(sandbox, (2400, 2))
            delivered(placed.order_id)
            self.number = number_of_id(placed.order_id)
            typed = Statement(
                "Mara <b>Lindt</b>", number or str(self.number), "mara@example.org", "", "a" * 32
            )
            self.id = declare_withdrawal(typed)
            release()
        self.client = self.somebody("refunds")

    def somebody(self, role: str) -> ShopClient:
        with self.app.app_context():
            person = a_staff_member(role=role)
        return signed_in(self.app, person)

    @property
    def url(self) -> str:
        return f"/staff/withdrawals/{self.id}"

    def press(self, way: str, *, client: ShopClient | None = None, **fields: str) -> TestResponse:
        who = client or self.client
        page = who.get(self.url)
        typed = dict(re.findall(r'name="(pieces-\d+)" value="(\d+)"', page.text))
        return who.post(f"{self.url}/{way}", data={"csrf_token": token(page), **typed, **fields})

    def state(self) -> str:
        with self.app.app_context():
            found = str(withdrawal_record(self.id).statement.state)
            release()
            return found

    def everything(self) -> Any:
        with self.app.app_context():
            return whole_database()


@pytest.fixture
def desk(app: Flask, sandbox: StripeStandIn) -> Desk:
    return Desk(app, sandbox)


@pytest.fixture
def unmatched(app: Flask, sandbox: StripeStandIn) -> Desk:
    return Desk(app, sandbox, number="my kit")


def test_the_list_says_until_when_money_is_due(desk: Desk) -> None:
    page = desk.client.get("/staff/withdrawals")

    assert "W1 To decide" in words(page)
    assert "in 14 days" in words(page)
    assert "Withdrawals 1" in words(page)
    assert "Nothing is here" in words(desk.client.get("/staff/withdrawals?tray=done"))
    assert desk.client.get("/staff/withdrawals?tray=x&past=-1").status_code == 200


def test_one_says_whether_it_is_in_time_and_escapes_what_was_typed(desk: Desk) -> None:
    page = desk.client.get(desk.url)

    assert "In time: the right of withdrawal lasts until" in words(page)
    assert "In time In time" not in words(page)
    assert "none claimed" in words(page)
    assert "Mara &lt;b&gt;Lindt&lt;/b&gt;" in page.text


def test_a_refusal_without_an_explanation_is_told_beside_its_field(desk: Desk) -> None:
    page = desk.press("refusal", why="").text

    assert '<a href="#why">Say why.</a>' in page
    assert re.search(r'id="why-wrong">.*?Say why\.</p>', page)
    assert 'aria-describedby="why-hint why-wrong" aria-invalid="true"' in page


@pytest.mark.parametrize("fields", [{}, {"to-credit": "1"}])
def test_staff_choose_credit_where_the_customer_has_agreed(desk: Desk, fields: dict[str, Any]) -> None:
    assert "As credit, which the customer has expressly agreed to" in words(desk.client.get(desk.url))

    desk.press("acceptance", **fields)

    with desk.app.app_context():
        (found,) = session().scalars(sa.select(ReturnRequest.to_credit))
    assert found is ("to-credit" in fields)


def test_the_order_says_that_it_was_withdrawn_from_until_that_is_decided(desk: Desk) -> None:
    page = desk.client.get(f"/staff/orders/{desk.number}")

    assert words(page).index("The customer withdrew from this order on") < words(page).index("Nothing to do")
    assert f'href="{desk.url}">Look at withdrawal W1' in page.text
    desk.press("refusal", why="It was made to your order.")
    assert "The customer withdrew" not in words(desk.client.get(f"/staff/orders/{desk.number}"))


def test_accepted_it_leads_to_its_return(desk: Desk) -> None:
    assert desk.press("acceptance", why="").status_code == 303

    assert desk.state() == "accepted"
    page = desk.client.get(desk.url)
    assert 'href="/staff/returns/1"' in page.text
    back = words(desk.client.get("/staff/returns/1"))
    assert "Withdrawal from the contract" in back
    assert "Money is due" in back


def test_refused_it_needs_words(desk: Desk) -> None:
    before = desk.everything()
    assert desk.press("refusal", why="").status_code == 409
    with desk.app.app_context():
        assert changed_tables(before, whole_database()) == {}

    assert desk.press("refusal", why="It was made to your order.").status_code == 303

    assert desk.state() == "refused"
    assert "It was made to your order." in words(desk.client.get(desk.url))


def test_one_that_matches_nothing_is_matched_first(unmatched: Desk) -> None:
    support = unmatched.somebody("support")
    assert "matches no order" in words(unmatched.client.get(unmatched.url))
    assert unmatched.press("order", client=support, number="x").status_code == 409
    assert unmatched.press("acceptance", why="").status_code == 409

    assert unmatched.press("order", client=support, number=str(unmatched.number)).status_code == 303

    assert unmatched.press("acceptance", why="").status_code == 303
    assert unmatched.state() == "accepted"


def test_who_may_not_decide_sees_it_alone(desk: Desk) -> None:
    support = desk.somebody("support")

    assert "Somebody with the role Refunds decides" in words(support.get(desk.url))
    for way in ("acceptance", "refusal"):
        assert support.post(f"{desk.url}/{way}").status_code == 404
    assert desk.state() == "open"
