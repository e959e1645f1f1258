"""The pages on which staff decide about returns: the queue, one request, goods that came, and money that goes."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from storefront.checkout.actions import Placed
from storefront.database import release
from storefront.orders.models import number_of_id
from storefront.policies.rules import Rule
from storefront.reports.prove import prove
from storefront.staff.return_words import cover_said
from tests.books import changed_tables, on_hand, whole_database
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import token, words
from tests.builders.orders import the_refunds
from tests.builders.refunds import a_paid_basket, line_ids
from tests.builders.returns import a_return, delivered, the_return, the_state
from tests.client import ShopClient
from tests.servers.stripe import StripeStandIn

Make = Callable[..., Flask]


class Desk:
    """A shop with a delivered order of 3 × 24.00, of which two are asked back, and somebody of the staff."""

    def __init__(self, app: Flask, sandbox: StripeStandIn, *, price_minor: int = 2400) -> None:
        self.app = app
        with app.app_context():
            self.placed: Placed = a_paid_basket(sandbox, (price_minor, 3))
            delivered(self.placed.order_id)
            self.return_id = a_return(self.placed.order_id, 2, note="Too <b>large</b>.")
            (self.line,) = line_ids(self.placed)
            release()
        self.client = self.somebody()

    def somebody(self, role: str = "refunds", *, fresh: bool = True) -> ShopClient:
        with self.app.app_context():
            person = a_staff_member(role=role)
        return signed_in(self.app, person, fresh=fresh)

    @property
    def url(self) -> str:
        return f"/staff/returns/{self.return_id}"

    def press(
        self,
        way: str,
        lines: dict[str, str] | None = None,
        *,
        client: ShopClient | None = None,
        **fields: str,
    ) -> TestResponse:
        who = client or self.client
        return who.post(
            f"{self.url}/{way}", data={"csrf_token": token(who.get(self.url)), **(lines or {}), **fields}
        )

    def state(self) -> str:
        with self.app.app_context():
            return the_state(self.return_id)

    def refunds(self) -> list[tuple[str, int]]:
        with self.app.app_context():
            return [(str(each.state), each.amount_minor) for each in the_refunds(self.placed.order_id)]

    def before(self) -> Any:
        with self.app.app_context():
            return whole_database()

    def changes(self, before: Any) -> Any:
        with self.app.app_context():
            return changed_tables(before, whole_database())


@pytest.fixture
def desk(app: Flask, sandbox: StripeStandIn) -> Desk:
    return Desk(app, sandbox)


@pytest.fixture
def costly(app: Flask, sandbox: StripeStandIn) -> Desk:
    """Two pieces of 60.00 are more than goes by itself."""
    return Desk(app, sandbox, price_minor=6000)


def test_the_queue_names_what_is_to_be_done_next(costly: Desk) -> None:
    page = costly.client.get("/staff/returns")

    assert "R1 To decide Decide" in words(page)
    assert "Returns 1" in words(page)
    assert "1 return to decide or pay back" in words(costly.client.get("/staff"))


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("?pile=coming", True),
        ("?pile=to_do", False),
        ("?pile=all&q=R1", True),
        ("?pile=all&q=1001", True),
        ("?pile=all&q=MARA@example.org", True),
        ("?pile=all&q=other@example.org", False),
        ("?pile=all&reason=changed_mind", True),
        ("?pile=all&reason=damaged", False),
        ("?pile=all&past=1", False),
        ("?pile=nonsense&q=%00&reason=x&past=-1", False),
    ],
)
def test_the_queue_is_looked_through(desk: Desk, query: str, is_there: bool) -> None:
    page = desk.client.get(f"/staff/returns{query}")

    assert page.status_code == 200
    assert ('<a href="/staff/returns/1">' in page.text) == is_there


def test_a_search_that_finds_none_does_not_say_that_nothing_waits(desk: Desk) -> None:
    assert "Nothing waits here." in words(desk.client.get("/staff/returns"))

    page = words(desk.client.get("/staff/returns?q=other@example.org"))

    assert "No return fits." in page
    assert "Nothing waits here." not in page


@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_of_the_guarantee_has_words(inside: Flask, rule: Rule) -> None:
    assert " " in cover_said(str(rule), date(2026, 12, 1))


def test_one_shows_what_was_decided_on_and_escapes_what_was_written(desk: Desk) -> None:
    page = desk.client.get(desk.url)

    said = words(page)
    assert "covered, and within the policy’s limit (policy 1)" in said
    assert "Covered Covered" not in said
    assert "Comes to €48.00, with €0.00 asked before; by itself up to €100.00." in said
    assert "2 × Good 1: Covered until" in said
    assert "Too &lt;b&gt;large&lt;/b&gt;." in page.text


def test_goods_are_recorded_and_then_its_money_goes_with_the_exact_amount_on_the_button(
    desk: Desk, drain: Callable[[], int]
) -> None:
    packer = desk.somebody("support")
    fields = {f"came-{desk.line}": "2", f"restock-{desk.line}": "1"}

    assert desk.press("goods", fields, client=packer).status_code == 303
    with desk.app.app_context():
        assert on_hand(1) == 8
    question = desk.press("refund/preview", amount="48.00", why="")
    assert "Refund €48.00" in words(question)
    assert desk.refunds() == []
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', question.text))
    answer = desk.client.post(f"{desk.url}/refund", data=hidden)
    drain()

    assert (answer.status_code, desk.state(), desk.refunds()) == (303, "closed", [("settled", 4800)])
    with desk.app.app_context():
        assert prove() == []


def test_where_it_goes_is_held_to_what_the_question_and_the_button_said(desk: Desk) -> None:
    desk.press("goods", {f"came-{desk.line}": "2", f"restock-{desk.line}": "0"})
    question = desk.press("refund/preview", amount="48.00", why="")
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', question.text))

    answer = desk.client.post(f"{desk.url}/refund", data={**hidden, "by-stripe": "20.00"})

    assert answer.status_code == 409
    assert "you were shown €20.00 by card and €28.00 as credit, now it would be €48.00 by card" in words(
        answer
    )
    assert desk.refunds() == []


def test_an_approval_is_held_to_where_its_page_said_that_the_money_goes(costly: Desk) -> None:
    page = costly.client.get(costly.url)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))

    answer = costly.press("approval-without-goods", {"by-stripe": "0.00"}, shown=hidden["shown"], why="")

    assert hidden["by-stripe"] == "120.00"
    assert answer.status_code == 409
    assert "you were shown €120.00 as credit, now it would be €120.00 by card" in words(answer)
    assert costly.refunds() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"came": "0"}, "Say what has come back"),
        ({"came": "3"}, "2 pieces were to come back"),
        ({"came": "-1"}, "a whole number"),
        ({"came": "1", "restock": "2"}, "1 can go on the shelf"),
    ],
)
def test_goods_that_cannot_be_are_refused_in_words(desk: Desk, fields: dict[str, str], sentence: str) -> None:
    before = desk.before()

    page = desk.press("goods", {f"{name}-{desk.line}": value for name, value in fields.items()})

    assert page.status_code == 409
    assert sentence in words(page)
    assert desk.changes(before) == {}


def test_lines_of_another_return_are_refused_in_words(desk: Desk) -> None:
    before = desk.before()

    page = desk.press("goods", {f"came-{desk.line + 7}": "1"})

    assert page.status_code == 409
    assert "not of this return" in words(page)
    assert desk.changes(before) == {}


def test_declining_needs_words_that_the_shopper_reads(costly: Desk) -> None:
    before = costly.before()
    refused = costly.press("refusal", why="")
    assert (refused.status_code, costly.changes(before)) == (409, {})
    assert "Say why" in words(refused)

    assert costly.press("refusal", why="It was opened.").status_code == 303

    assert costly.state() == "declined"
    assert "It was opened." in words(costly.client.get(costly.url))


def test_it_is_approved_goods_first_or_without_them(costly: Desk, drain: Callable[[], int]) -> None:
    page = words(costly.client.get(costly.url))
    assert "Approve, goods first" in page
    assert "Refund €120.00 without the goods" in page

    assert costly.press("approval-without-goods", why="").status_code == 303
    drain()

    assert (costly.state(), costly.refunds()) == ("closed", [("settled", 12_000)])


def test_less_than_all_needs_words_and_more_is_refused(desk: Desk) -> None:
    desk.press("goods", {f"came-{desk.line}": "2"})
    before = desk.before()

    for amount, sentence in (("40.00", "Say why it is less"), ("48.01", "at most"), ("-1", ""), ("x", "")):
        page = desk.press("refund/preview", amount=amount, why="")
        assert page.status_code == 409
        assert sentence in words(page)
        assert desk.press("refund", amount=amount, why="").status_code == 409
    assert desk.changes(before) == {}


def test_what_has_ended_offers_nothing_to_press(desk: Desk) -> None:
    assert desk.press("end", why="It never came.").status_code == 303

    page = desk.client.get(desk.url)
    assert "Ended without money" in words(page)
    assert "Next:" not in words(page)
    assert desk.refunds() == []


def test_who_may_not_decide_sees_it_and_records_goods_alone(costly: Desk) -> None:
    support = costly.somebody("support")

    page = support.get(costly.url)
    assert "Somebody with the role Refunds decides" in words(page)
    assert "Approve" not in words(page)
    for way in ("approval", "approval-without-goods", "refusal", "end", "refund"):
        assert support.post(f"{costly.url}/{way}").status_code == 404
    assert costly.state() == "open"


def test_deciding_wants_a_fresh_sign_in(costly: Desk) -> None:
    stale = costly.somebody(fresh=False)

    answer = costly.press("approval", client=stale, why="")

    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]
    assert costly.state() == "open"


def test_the_orders_page_leads_to_its_returns_and_tells_their_story(desk: Desk) -> None:
    page = desk.client.get(f"/staff/orders/{number_of_id(desk.placed.order_id)}")

    assert '<a href="/staff/returns/1">R1</a>' in page.text
    assert "Return asked for" in words(page)
    with desk.app.app_context():
        assert the_return(1).pieces == 2
